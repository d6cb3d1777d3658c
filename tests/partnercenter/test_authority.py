"""What a door has judged is judged again inside the act."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, System
from customers.models import Customer, CustomerUser, Resource
from customers.operations.portal_sessions import sign_out_customer_user
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.purchasing import buy_reservation
from customers.operations.users import remove_customer_user
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_roles,
    remove_second_factors,
    set_active,
    set_password,
    sign_out_everywhere,
)
from partnercenter.agents.roles import Role
from partnercenter.api.principals import Principal
from partnercenter.applications.operations import (
    revoke_tokens,
    set_application_active,
    update_application,
)
from partnercenter.authority import RoleNeeded, SignedOut
from tests.conftest import signed_in, text_of
from tests.customers.buying import purchase_of
from tests.factories import PASSWORD, AgentFactory, AuthenticatorFactory, CustomerUserFactory
from tests.partnercenter.api.calling import CALLBACK, Caller, a_token, an_application

pytestmark = pytest.mark.django_db


def turn_on(customer: Customer, by: Actor) -> None:
    set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=by
    )


def switch_was_moved() -> bool:
    return ActivityRecord.objects.filter(resource_type="purchase_permission").exists()


# Agents, who were read before something was taken from them


@pytest.fixture
def erik(ada: Agent) -> Agent:
    """Another Admin agent, so that one is left."""
    return AgentFactory.create(display_name="Erik", role=Role.ADMIN)


Taking = Callable[[Agent], object]
TAKING: dict[str, tuple[Taking, type[Exception]]] = {
    "role": (lambda agent: change_roles(agent=agent, roles=[Role.SALES], by=System()), RoleNeeded),
    "account": (lambda agent: set_active(agent=agent, active=False, by=System()), SignedOut),
    "session": (lambda agent: sign_out_everywhere(agent=agent, by=System()), SignedOut),
    "password": (
        lambda agent: set_password(agent=agent, password=PASSWORD, by=System()),
        SignedOut,
    ),
}


@pytest.mark.parametrize("taken", TAKING)
def test_an_agent_does_nothing_with_what_was_taken_meanwhile(
    erik: Agent, fabrikam: Customer, taken: str
) -> None:
    take, refusal = TAKING[taken]
    take(Agent.objects.get(pk=erik.pk))

    with pytest.raises(refusal):
        turn_on(fabrikam, erik)
    assert not switch_was_moved()


def test_nothing_is_done_once_a_demanded_second_factor_is_gone(
    erik: Agent, ada: Agent, fabrikam: Customer, settings: Settings
) -> None:
    settings.MULTI_FACTOR_REQUIRED = True
    AuthenticatorFactory.create(user=erik)
    turn_on(fabrikam, erik)
    remove_second_factors(agent=erik, by=System())

    with pytest.raises(SignedOut):
        turn_on(fabrikam, erik)


def test_a_record_bears_the_roles_of_the_moment(erik: Agent, fabrikam: Customer) -> None:
    assert erik.role_names == ["Admin agent"]
    roles = [Role.ADMIN, Role.SALES]
    change_roles(agent=Agent.objects.get(pk=erik.pk), roles=roles, by=System())

    turn_on(fabrikam, erik)

    assert ActivityRecord.objects.latest("number").actor_roles == ["Admin agent", "Sales agent"]


def test_what_is_ones_own_needs_no_role(db: None) -> None:
    nobody = AgentFactory.create()
    sign_out_everywhere(agent=nobody, by=nobody)
    assert Agent.objects.get(pk=nobody.pk).session_epoch == 1


def test_what_is_somebody_elses_needs_one(ada: Agent, sam: Agent) -> None:
    with pytest.raises(RoleNeeded):
        sign_out_everywhere(agent=ada, by=sam)


# Applications


def principal(agent: Agent | None, *roles: Role) -> Principal:
    application = an_application(*roles)
    a_token(application, agent)
    return Principal(application, agent, Token.objects.get(client=application.client))


ENDING: dict[str, Callable[[Principal], object]] = {
    "deactivated": lambda found: set_application_active(
        application=found.application, active=False, by=System()
    ),
    "its token revoked": lambda found: revoke_tokens(application=found.application, by=System()),
}


@pytest.mark.parametrize("for_an_agent", [True, False])
@pytest.mark.parametrize("ended", ENDING)
def test_an_application_does_nothing_once_it_is(
    ada: Agent, fabrikam: Customer, ended: str, for_an_agent: bool
) -> None:
    found = principal(ada if for_an_agent else None, Role.ADMIN)
    ENDING[ended](found)

    with pytest.raises(SignedOut):
        turn_on(fabrikam, found)
    assert not switch_was_moved()


def test_an_application_by_itself_needs_the_roles_of_the_moment(fabrikam: Customer) -> None:
    found = principal(None, Role.ADMIN)
    update_application(
        application=found.application,
        name="Contoso Tools",
        roles=[Role.SALES],
        redirect_uris=[CALLBACK],
        by=System(),
    )
    with pytest.raises(RoleNeeded):
        turn_on(fabrikam, found)


def test_an_application_does_for_an_agent_what_the_agent_may(
    erik: Agent, fabrikam: Customer
) -> None:
    found = principal(erik)
    turn_on(fabrikam, found)
    assert ActivityRecord.objects.latest("number").actor_name == erik.username

    TAKING["role"][0](Agent.objects.get(pk=erik.pk))
    with pytest.raises(RoleNeeded):
        turn_on(fabrikam, found)


# Customers' users


@pytest.mark.parametrize("take", [remove_customer_user, sign_out_customer_user])
def test_a_user_who_is_gone_buys_nothing_and_is_not_even_recorded(
    ada: Agent, fabrikam: Customer, product: Any, take: Callable[..., None]
) -> None:
    user = CustomerUserFactory.create(customer=fabrikam)
    take(user=CustomerUser.objects.get(pk=user.pk), by=ada)
    purchase = purchase_of(product, fabrikam, subscription_id=fabrikam.subscriptions.get().pk)

    with pytest.raises(SignedOut):
        buy_reservation(customer=fabrikam, purchase=purchase, by=user)
    assert not ActivityRecord.objects.of_action("create_order").exists()


# What doors answer, where it was taken while they were passed


@contextmanager
def meanwhile(taking: Callable[[], object]) -> Iterator[None]:
    """Takes something away once the request has passed the door: as its transaction begins."""
    waiting = [taking]

    def look(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SAVEPOINT") and waiting:
            waiting.pop()()
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(look):
        yield
    assert not waiting


def press(client: Client, customer: Customer) -> Any:
    resource = Resource.AZURE_RESERVATIONS
    where = reverse("customers:purchase_permission", args=[customer.pk, resource])
    return client.post(where, {"allowed": "true"})


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ("role", "This needs the role Admin agent, which you do not have."),
        ("account", "You were signed out in the meantime, so nothing was changed."),
    ],
)
def test_a_page_answers_403(erik: Agent, fabrikam: Customer, taken: str, sentence: str) -> None:
    client = signed_in(erik)
    with meanwhile(lambda: TAKING[taken][0](Agent.objects.get(pk=erik.pk))):
        answer = press(client, fabrikam)

    assert answer.status_code == 403
    assert sentence in text_of(answer)
    assert not switch_was_moved()


@pytest.mark.parametrize(("taken", "fault"), [("role", (403, "900308")), ("account", (401, "400"))])
def test_the_api_answers_as_its_door(
    erik: Agent, fabrikam: Customer, settings: Settings, taken: str, fault: tuple[int, str]
) -> None:
    caller = Caller(a_token(an_application(), erik))
    policy = {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(fabrikam.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
    }
    with meanwhile(lambda: TAKING[taken][0](Agent.objects.get(pk=erik.pk))):
        answer = caller.post("/v1/SelfServePolicy", policy)

    assert answer.fault == fault
    assert not switch_was_moved()
