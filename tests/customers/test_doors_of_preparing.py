"""What all forms that prepare a customer share: who may, from where, how often, and what not."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import Customer, Subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import error, read
from tests.customers.preparing import DOORS, Door, Stage, said
from tests.factories import AgentFactory, CustomerUserFactory

pytestmark = pytest.mark.usefixtures("sound_log")

NAMES = {"ada": "Ada", "sam": "Sam", "hana": "Hana"}
every_door = pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)


def doors_and_agents(*, open_: bool) -> list[Any]:
    return [
        pytest.param(door, name, id=f"{door.name}-{name}")
        for door in DOORS
        for name in NAMES
        if (name in door.agents) == open_
    ]


@pytest.fixture
def stage(fabrikam: Customer, fabrikam_azure: Subscription, contoso: Customer) -> Stage:
    nils = CustomerUserFactory.create(customer=fabrikam, display_name="Nils Nobody")
    held = fabrikam_azure.role_assignments.get()
    return Stage(fabrikam, fabrikam_azure, held, nils, contoso)


@pytest.fixture
def agent(request: pytest.FixtureRequest) -> Agent:
    found: Agent = request.getfixturevalue(request.param)
    return found


may = pytest.mark.parametrize(("door", "agent"), doors_and_agents(open_=True), indirect=["agent"])
may_not = pytest.mark.parametrize(
    ("door", "agent"), doors_and_agents(open_=False), indirect=["agent"]
)


@may
def test_who_has_the_role_does_it_and_is_recorded(
    sign_in: SignIn, agent: Agent, stage: Stage, door: Door
) -> None:
    answer = door.post(sign_in(agent), stage)

    record = the_record()
    assert answer.status_code == 200
    assert said(read(answer))
    assert (record.action, record.channel) == (door.action, "dashboard")
    assert (record.actor_name, record.address) == (agent.username, "127.0.0.1")


@may_not
def test_who_lacks_the_role_changes_nothing(
    sign_in: SignIn, agent: Agent, stage: Stage, door: Door
) -> None:
    response = sign_in(agent).post(door.address(stage), door.fields(stage))

    assert response.status_code == 403
    assert "Admin agent" in error(response)
    assert actions() == []


def test_who_has_no_role_changes_nothing(stage: Stage) -> None:
    client = signed_in(AgentFactory.create())
    answers = [client.post(door.address(stage), door.fields(stage)) for door in DOORS]

    assert {answer.status_code for answer in answers} == {403}
    assert actions() == []


@every_door
def test_strangers_are_led_to_sign_in_and_change_nothing(stage: Stage, door: Door) -> None:
    response = Client().post(door.address(stage), door.fields(stage))

    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")
    assert actions() == []


@every_door
def test_a_form_without_its_token_changes_nothing(ada: Agent, stage: Stage, door: Door) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    response = client.post(door.address(stage), door.fields(stage))

    assert response.status_code == 403
    assert actions() == []


@every_door
def test_sending_a_form_twice_records_once(ada: Agent, stage: Stage, door: Door) -> None:
    client = signed_in(ada)
    for _ in range(2):
        door.post(client, stage)

    assert actions() == [door.action]


@every_door
def test_looking_at_a_form_records_nothing(ada: Agent, stage: Stage, door: Door) -> None:
    response = signed_in(ada).get(door.address(stage))

    assert response.status_code == (200 if door.opens else 405)
    assert actions() == []


@every_door
@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_no_form_knows_other_methods(ada: Agent, stage: Stage, door: Door, method: str) -> None:
    assert getattr(signed_in(ada), method)(door.address(stage)).status_code == 405
    assert actions() == []


def strangers_to_each_other(stage: Stage) -> list[str]:
    """Addresses of Contoso with a subscription, a user and an assignment of Fabrikam."""
    azure, held, contoso = stage.azure.pk, stage.held.pk, stage.contoso.pk
    return [
        reverse("customers:subscription_status", args=[contoso, azure]),
        reverse("customers:assign_role", args=[contoso, azure]),
        reverse("customers:remove_role", args=[contoso, azure, held]),
        reverse("customers:remove_user", args=[contoso, stage.nils.pk]),
    ]


def of_nobody(stage: Stage) -> list[str]:
    """The same addresses and those above them, with ids that nothing has."""
    unknown, contoso = uuid.uuid4(), stage.contoso.pk
    names = ("bill_to", "remove_relationship", "buy_azure_plan", "add_user")
    return [
        *[reverse(f"customers:{name}", args=[unknown]) for name in names],
        reverse("customers:subscription_status", args=[contoso, unknown]),
        reverse("customers:assign_role", args=[contoso, unknown]),
        reverse("customers:remove_role", args=[contoso, unknown, 1]),
        reverse("customers:remove_user", args=[contoso, unknown]),
    ]


@pytest.mark.parametrize("addresses", [strangers_to_each_other, of_nobody])
def test_what_is_not_the_customers_own_is_not_found(
    sign_in: SignIn, ada: Agent, stage: Stage, addresses: Any
) -> None:
    client = sign_in(ada)
    fields = {"status": "suspended", "user": stage.nils.pk, "role": "Owner"}
    answers = {address: client.post(address, fields) for address in addresses(stage)}

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(
        answers, 404
    )
    assert actions() == []


@pytest.mark.parametrize("id_", ["nobody", "1", "%00", "00000000000000000000000000000000", "½"])
def test_an_address_with_what_is_no_id_is_not_found(ada: Agent, stage: Stage, id_: str) -> None:
    client, customer = signed_in(ada), f"/customers/{stage.fabrikam.pk}"
    addresses = [f"{customer}/users/{id_}/remove/", f"{customer}/subscriptions/{id_}/status/"]

    assert {client.post(address).status_code for address in addresses} <= {400, 404}
    assert actions() == []


# Every text of every form

with_fields = pytest.mark.parametrize(
    "door",
    [
        door
        for door in DOORS
        if door.name
        in {"new_customer", "bill_to", "subscription_status", "assign_role", "add_user"}
    ],
    ids=lambda door: door.name,
)


@with_fields
@pytest.mark.parametrize(
    "value", ["x" * 10_000, "\x00", "a\x1b[2J", "\u202egnp.exe", "\x85"], ids=ascii
)
def test_no_field_takes_what_is_too_long_or_holds_control_characters(
    ada: Agent, stage: Stage, door: Door, value: str
) -> None:
    client = signed_in(ada)
    answers = {name: door.post(client, stage, **{name: value}) for name in door.fields(stage)}

    assert {answer.status_code for answer in answers.values()} <= {400, 422}
    assert actions() == []


@with_fields
@pytest.mark.parametrize("bytes_", ["%ED%A0%80", "%FF", "%C0%80", "%F5%80%80%80"])
def test_bytes_that_are_no_text_break_nothing(
    ada: Agent, stage: Stage, door: Door, bytes_: str
) -> None:
    body = "&".join(f"{name}={bytes_}" for name in door.fields(stage))
    response = signed_in(ada).post(
        door.address(stage), body, content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code in {400, 422}
    assert actions() == []


@with_fields
@pytest.mark.parametrize("body", ["", "{}", "[]", "a" * 10_000])
def test_a_body_without_the_fields_changes_nothing(
    ada: Agent, stage: Stage, door: Door, body: str
) -> None:
    response = signed_in(ada).post(door.address(stage), body, content_type="application/json")

    assert response.status_code < 500
    assert actions() == []
