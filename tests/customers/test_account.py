"""The Account page and its switch, as a plain browser and as htmx press it."""

import datetime as dt
import re
import uuid

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import Customer, PurchasePermission, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import reactivate_subscription, suspend_subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.conftest import SignIn, signed_in
from tests.customers.pages import Answer, Part, error, read, words
from tests.factories import (
    AgentFactory,
    CustomerFactory,
    CustomerUserFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

RESERVATIONS, SAVINGS = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN
CAN = "Fabrikam can now purchase Azure reservations."
CAN_NO_LONGER = "Fabrikam can no longer purchase Azure reservations."
REASON = (
    "This customer has no active Azure plan or Azure Global subscription. Buy or reactivate one "
    "first; then the permission can be turned on."
)
HTMX = {"HX-Request": "true"}


@pytest.fixture
def eve(db: None) -> Agent:
    """Another Admin agent, who comes in between."""
    return AgentFactory.create(username="eve@partner.example", display_name="Eve", role=Role.ADMIN)


def account(customer: Customer) -> str:
    return reverse("customers:account", args=[customer.pk])


def post_address(customer: Customer, resource: str = RESERVATIONS) -> str:
    return reverse("customers:purchase_permission", args=[customer.pk, resource])


def turn(customer: Customer, by: Agent, *, on: bool, resource: Resource = RESERVATIONS) -> None:
    """Somebody moves the switch elsewhere."""
    set_purchase_permission(customer=customer, resource=resource, allowed=on, by=by)


def press(
    client: Client, customer: Customer, *, on: bool, resource: Resource = RESERVATIONS
) -> Answer:
    """Sends the switch's form; what comes back is the page after the redirect, or the fragment."""
    fields = {"allowed": "true" if on else "false"}
    return client.post(post_address(customer, resource), fields, follow=True)


def open_page(client: Client, customer: Customer) -> Part:
    return read(client.get(account(customer)))


def switch(page: Part, resource: Resource = RESERVATIONS) -> Part:
    return page.the("button", id=f"switch-{resource}", role="switch")


def section(page: Part, resource: Resource = RESERVATIONS) -> Part:
    return page.the("section", id=f"purchase-permission-{resource}")


def is_on(page: Part, resource: Resource = RESERVATIONS) -> bool:
    button = switch(page, resource)
    on = {"true": True, "false": False}[button["aria-checked"]]
    assert button.words == ("On" if on else "Off")
    return on


def said(page: Part) -> str:
    """The sentence in the status region."""
    return " ".join(part.words for part in page.the(id="status").all("p"))


def offers_undo(page: Part) -> bool:
    return page.the(id="status").has("form")


def press_undo(client: Client, page: Part) -> Part:
    form = page.the(id="status").the("form", method="post")
    assert form.the("button").words == "Undo"
    return read(client.post(form["action"], form.fields, follow=True))


def stored_on(customer: Customer, resource: Resource = RESERVATIONS) -> bool:
    return customer.purchase_permissions.filter(resource=resource, allowed=True).exists()


def number_of_records() -> int:
    return ActivityRecord.objects.count()


# Pressing


def test_an_admin_agent_turns_it_on(sign_in: SignIn, ada: Agent, fabrikam: Customer) -> None:
    page = read(press(sign_in(ada), fabrikam, on=True))

    assert is_on(page)
    assert said(page) == CAN
    assert stored_on(fabrikam)


def test_an_admin_agent_turns_it_off(sign_in: SignIn, ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada, on=True)
    page = read(press(sign_in(ada), fabrikam, on=False))

    assert not is_on(page)
    assert said(page) == CAN_NO_LONGER
    assert not stored_on(fabrikam)


def test_the_form_carries_the_state_that_is_wanted(ada: Agent, fabrikam: Customer) -> None:
    client = signed_in(ada)
    assert section(open_page(client, fabrikam)).the("form").fields == {"allowed": "true"}

    press(client, fabrikam, on=True)
    assert section(open_page(client, fabrikam)).the("form").fields == {"allowed": "false"}


def test_the_fragment_carries_the_state_that_is_wanted_next(ada: Agent, fabrikam: Customer) -> None:
    page = read(press(signed_in(ada, headers=HTMX), fabrikam, on=True))
    assert section(page).the("form").fields == {"allowed": "false"}


def test_the_form_posts_to_one_address_with_and_without_htmx(
    ada: Agent, fabrikam: Customer
) -> None:
    form = section(open_page(signed_in(ada), fabrikam)).the("form", method="post")

    assert form["action"] == form["hx-post"] == post_address(fabrikam)
    assert form["hx-target"] == f"#purchase-permission-{RESERVATIONS}"
    assert form["hx-sync"] == "this:drop"


def test_the_switch_bears_the_name_of_its_resource_and_label(
    ada: Agent, fabrikam: Customer
) -> None:
    page = open_page(signed_in(ada), fabrikam)
    names = [page.the(id=name).words for name in switch(page)["aria-labelledby"].split()]

    assert names == ["Azure reservations", "Allow customer to purchase"]


def test_a_plain_press_leads_back_to_the_switch_on_the_account_page(
    ada: Agent, fabrikam: Customer
) -> None:
    response = signed_in(ada).post(post_address(fabrikam), {"allowed": "true"})

    assert response.status_code == 302
    assert response["Location"] == f"{account(fabrikam)}#purchase-permission-{RESERVATIONS}"


def test_after_the_redirect_undo_is_offered_once(ada: Agent, fabrikam: Customer) -> None:
    client = signed_in(ada)
    first = read(press(client, fabrikam, on=True))
    again = open_page(client, fabrikam)

    assert (said(first), offers_undo(first)) == (CAN, True)
    assert (said(again), offers_undo(again)) == ("", False)


def test_htmx_is_answered_with_the_section_alone(ada: Agent, fabrikam: Customer) -> None:
    response = signed_in(ada, headers=HTMX).post(post_address(fabrikam), {"allowed": "true"})
    page = read(response)

    assert response.status_code == 200
    assert section(page).has("button", role="switch", aria_checked="true")
    assert not page.has("html", "main", "h1")


def test_the_fragment_holds_no_other_resource(ada: Agent, fabrikam: Customer) -> None:
    answer = press(signed_in(ada, headers=HTMX), fabrikam, on=True)
    assert str(SAVINGS) not in answer.content.decode()


def test_the_fragment_brings_the_sentence_and_the_count_out_of_band(
    ada: Agent, fabrikam: Customer
) -> None:
    page = read(press(signed_in(ada, headers=HTMX), fabrikam, on=True))

    assert page.the(id="status", hx_swap_oob="innerHTML").the("p").words == CAN
    assert page.the(id="able-to-purchase", hx_swap_oob="innerHTML").words == "1"


def test_the_count_is_one_for_a_customer_with_both_switches_on(
    ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True, resource=SAVINGS)
    page = read(press(signed_in(ada, headers=HTMX), fabrikam, on=True))

    assert page.the(id="able-to-purchase").words == "1"


def test_the_record_says_who_did_it_and_from_where(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    response = sign_in(ada).post(post_address(fabrikam), {"allowed": "true"})

    record = ActivityRecord.objects.get()
    assert (record.action, record.customer_name) == (
        "create_customer_purchase_permissions",
        "Fabrikam",
    )
    assert (record.channel, record.address) == ("dashboard", "127.0.0.1")
    assert (record.actor_name, record.actor_roles) == ("ada@partner.example", ["Admin agent"])
    assert record.request_id == response["X-Request-ID"]


def test_each_resource_has_a_switch_of_its_own(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    client = sign_in(ada)
    page = read(press(client, fabrikam, on=True, resource=SAVINGS))
    assert said(page) == "Fabrikam can now purchase Azure savings plan."

    whole = open_page(client, fabrikam)
    assert is_on(whole, SAVINGS)
    assert not is_on(whole, RESERVATIONS)
    assert (stored_on(fabrikam, SAVINGS), stored_on(fabrikam, RESERVATIONS)) == (True, False)


# Wanting what is already so


def test_wanting_what_is_already_so_names_who_set_it_and_when(
    sign_in: SignIn, ada: Agent, eve: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, eve, on=True)
    at = PurchasePermission.objects.get().changed_at.astimezone(dt.UTC)
    page = read(press(sign_in(ada), fabrikam, on=True))

    assert said(page) == (
        "Nothing was changed. The switch is on, turned on by eve@partner.example at "
        f"{at:%Y-%m-%d %H:%M:%S} UTC."
    )
    assert is_on(page)
    assert not offers_undo(page)
    assert number_of_records() == 1


def test_wanting_off_what_is_already_off_names_who_turned_it_off(
    sign_in: SignIn, ada: Agent, eve: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, eve, on=False)
    page = read(press(sign_in(ada), fabrikam, on=False))

    assert "The switch is off, turned off by eve@partner.example at" in said(page)
    assert number_of_records() == 2


def test_wanting_off_what_was_never_on_says_so(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    page = read(press(sign_in(ada), fabrikam, on=False))

    assert said(page) == "Nothing was changed. The switch is off and was never turned on."
    assert number_of_records() == 0


def test_wanting_what_is_already_so_is_no_failure(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada, on=True)
    wanted = {"allowed": "true"}

    plain = signed_in(ada).post(post_address(fabrikam), wanted)
    htmx = signed_in(ada, headers=HTMX).post(post_address(fabrikam), wanted)
    assert (plain.status_code, htmx.status_code) == (302, 200)


# Undo


def test_undo_takes_the_move_back_and_is_recorded(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    client = sign_in(ada)
    page = press_undo(client, read(press(client, fabrikam, on=True)))

    assert not is_on(page)
    assert said(page) == CAN_NO_LONGER
    assert not stored_on(fabrikam)
    assert number_of_records() == 2


def test_turning_off_can_be_undone(sign_in: SignIn, ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada, on=True)
    client = sign_in(ada)
    page = press_undo(client, read(press(client, fabrikam, on=False)))

    assert is_on(page)
    assert stored_on(fabrikam)


def test_undo_changes_nothing_once_somebody_moved_the_switch_again(
    sign_in: SignIn, ada: Agent, eve: Agent, fabrikam: Customer
) -> None:
    client = sign_in(ada)
    before = read(press(client, fabrikam, on=True))
    turn(fabrikam, eve, on=False)
    turn(fabrikam, eve, on=True)
    page = press_undo(client, before)

    assert is_on(page)
    assert "Nothing was changed. The switch is on, turned on by eve@partner.example" in said(page)
    assert not offers_undo(page)
    assert number_of_records() == 3


def test_what_is_said_after_the_redirect_waits_for_the_customer_it_speaks_of(
    ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    client = signed_in(ada)
    client.post(post_address(fabrikam), {"allowed": "true"})

    assert said(open_page(client, northwind)) == ""
    assert said(open_page(client, fabrikam)) == CAN


def test_a_move_that_was_followed_by_another_is_not_called_unchanged(
    ada: Agent, eve: Agent, fabrikam: Customer
) -> None:
    client = signed_in(ada)
    client.post(post_address(fabrikam), {"allowed": "true"})
    turn(fabrikam, eve, on=False)
    page = open_page(client, fabrikam)

    assert said(page).startswith(
        "Your change was made, and then the switch was moved again. "
        "The switch is off, turned off by eve@partner.example"
    )
    assert not offers_undo(page)


def test_undo_is_not_offered_where_turning_on_again_would_be_refused(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn(fabrikam, ada, on=True)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    page = read(press(sign_in(ada), fabrikam, on=False))

    assert said(page) == CAN_NO_LONGER
    assert not offers_undo(page)


def test_an_undo_that_became_impossible_is_refused_with_the_reason(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn(fabrikam, ada, on=True)
    client = sign_in(ada)
    before = read(press(client, fabrikam, on=False))
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    page = press_undo(client, before)

    assert said(page) == f"{REASON} Nothing was changed."
    assert not stored_on(fabrikam)


def test_undo_of_one_resource_does_not_move_the_other(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True, resource=SAVINGS)
    client = sign_in(ada)
    page = read(press(client, fabrikam, on=True))
    fields = page.the(id="status").the("form").fields
    client.post(post_address(fabrikam, SAVINGS), fields)

    assert stored_on(fabrikam, SAVINGS)


# Refusals


def test_turning_on_without_an_azure_subscription_is_refused_with_the_reason(
    sign_in: SignIn, ada: Agent, contoso: Customer
) -> None:
    response = sign_in(ada).post(post_address(contoso), {"allowed": "true"})
    page = read(response)

    assert response.status_code == 422
    assert said(page) == f"{REASON} Nothing was changed."
    assert not is_on(page)
    assert not stored_on(contoso)
    assert number_of_records() == 0


def test_a_refusal_answers_htmx_with_the_section_and_a_plain_browser_with_the_page(
    ada: Agent, contoso: Customer
) -> None:
    fragment = read(press(signed_in(ada, headers=HTMX), contoso, on=True))
    whole = read(press(signed_in(ada), contoso, on=True))

    assert not fragment.has("html")
    assert whole.the("h1").words == "Contoso | Account"


def test_where_turning_on_is_not_allowed_the_switch_is_disabled_with_the_reason(
    ada: Agent, contoso: Customer
) -> None:
    page = open_page(signed_in(ada), contoso)

    assert "disabled" in switch(page)
    assert REASON in section(page).words


def test_the_way_out_of_a_refusal_leads_to_buying_an_azure_plan(
    ada: Agent, hana: Agent, contoso: Customer
) -> None:
    address = reverse("customers:buy_azure_plan", args=[contoso.pk])

    assert section(open_page(signed_in(ada), contoso)).has("a", href=address)
    assert not open_page(signed_in(hana), contoso).has("a", href=address)


def test_turning_off_stays_possible_without_a_subscription(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn(fabrikam, ada, on=True)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    client = sign_in(ada)
    assert "disabled" not in switch(open_page(client, fabrikam))

    assert not is_on(read(press(client, fabrikam, on=False)))


def test_after_the_subscription_is_active_again_it_can_be_turned_on(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    reactivate_subscription(subscription=fabrikam_azure, by=ada)

    assert is_on(read(press(sign_in(ada), fabrikam, on=True)))


# Who may


@pytest.fixture(params=["sam", "hana"], ids=["Sales agent", "Helpdesk agent"])
def reader(request: pytest.FixtureRequest) -> Agent:
    """An agent who may only read."""
    agent: Agent = request.getfixturevalue(request.param)
    return agent


def test_readers_see_the_state_and_who_may_move_the_switch(
    reader: Agent, ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True)
    page = open_page(signed_in(reader), fabrikam)

    assert is_on(page)
    assert "disabled" in switch(page)
    assert "You can read this. Moving the switch needs the role Admin agent." in page.words


def test_readers_get_no_token_and_no_wanted_state(reader: Agent, fabrikam: Customer) -> None:
    page = open_page(signed_in(reader), fabrikam)
    assert not section(page).has("input")


def test_readers_cannot_move_the_switch(sign_in: SignIn, reader: Agent, fabrikam: Customer) -> None:
    response = sign_in(reader).post(post_address(fabrikam), {"allowed": "true"})

    assert response.status_code == 403
    assert error(response) == (
        "This needs the role Admin agent, which you do not have. Nothing was changed."
    )
    assert not stored_on(fabrikam)
    assert number_of_records() == 0


def test_an_agent_without_a_role_sees_nothing(fabrikam: Customer) -> None:
    response = signed_in(AgentFactory.create()).get(account(fabrikam))

    assert response.status_code == 403
    assert "Fabrikam" not in words(response)


def test_strangers_are_led_to_sign_in_and_change_nothing(fabrikam: Customer) -> None:
    response = Client().post(
        post_address(fabrikam),
        {"allowed": "true"},
        headers={"Referer": f"http://testserver{account(fabrikam)}"},
    )

    assert (response.status_code, response["Location"]) == (
        302,
        f"/sign-in/?next={account(fabrikam)}",
    )
    assert not stored_on(fabrikam)


def test_strangers_behind_htmx_are_led_to_sign_in_as_a_whole_page(fabrikam: Customer) -> None:
    response = Client(headers=HTMX).post(
        post_address(fabrikam),
        {"allowed": "true"},
        headers={"HX-Current-URL": f"http://testserver{account(fabrikam)}"},
    )

    assert response["HX-Redirect"] == f"/sign-in/?next={account(fabrikam)}"
    assert response.content == b""
    assert not stored_on(fabrikam)


def test_a_press_without_the_token_of_the_form_is_refused(ada: Agent, fabrikam: Customer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    response = client.post(post_address(fabrikam), {"allowed": "true"})

    assert response.status_code == 403
    assert not stored_on(fabrikam)


def test_a_press_with_the_token_of_the_form_is_accepted(ada: Agent, fabrikam: Customer) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    form = section(open_page(client, fabrikam)).the("form")
    token = form.the("input", name="csrfmiddlewaretoken")["value"]
    client.post(form["action"], {**form.fields, "csrfmiddlewaretoken": token})

    assert stored_on(fabrikam)


# Malformed requests


def test_a_switch_cannot_be_moved_by_opening_its_address(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    response = sign_in(ada).get(post_address(fabrikam), {"allowed": "true"})

    assert response.status_code == 405
    assert not stored_on(fabrikam)


@pytest.mark.parametrize("resource", ["Office365", "azurereservedinstances", "%20", "None"])
def test_an_unknown_resource_is_not_found(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, resource: str
) -> None:
    known = post_address(fabrikam)
    response = sign_in(ada).post(known.replace(RESERVATIONS, resource), {"allowed": "true"})

    assert response.status_code == 404
    assert number_of_records() == 0


def test_an_unknown_customer_is_not_found(sign_in: SignIn, ada: Agent) -> None:
    nobody = Customer(pk=uuid.uuid4())
    client = sign_in(ada)

    assert client.get(account(nobody)).status_code == 404
    assert client.post(post_address(nobody), {"allowed": "true"}).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"allowed": ""},
        {"allowed": "on"},
        {"allowed": "True"},
        {"allowed": "toggle"},
        {"undoes": "1"},
        {"allowed": "true", "undoes": "the last one"},
        {"allowed": "true", "undoes": "0"},
        {"allowed": "true", "undoes": "-1"},
        {"allowed": "true", "undoes": str(2**63)},
    ],
    ids=str,
)
def test_a_malformed_form_changes_nothing(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, fields: dict[str, str]
) -> None:
    response = sign_in(ada).post(post_address(fabrikam), fields)

    assert response.status_code == 400
    assert "Nothing was changed." in words(response)
    assert not stored_on(fabrikam)


# What stands beside the switch


def test_a_switch_that_nobody_moved_says_so(ada: Agent, fabrikam: Customer) -> None:
    page = open_page(signed_in(ada), fabrikam)

    assert not is_on(page)
    assert "Nobody has turned it on." in section(page).words


def test_beside_the_switch_stands_who_moved_it_and_when_with_the_record(
    ada: Agent, fabrikam: Customer
) -> None:
    turn(fabrikam, ada, on=True)
    record = ActivityRecord.objects.get()
    part = section(open_page(signed_in(ada), fabrikam))

    assert "Turned on by ada@partner.example, just now" in part.words
    assert part.the("time")["title"] == f"{record.at:%Y-%m-%d %H:%M:%S} UTC"
    assert part.has("a", href=reverse("customers:record", args=[fabrikam.pk, record.number]))


def test_after_turning_off_it_says_who_turned_it_off(ada: Agent, fabrikam: Customer) -> None:
    turn(fabrikam, ada, on=True)
    turn(fabrikam, ada, on=False)

    part = section(open_page(signed_in(ada), fabrikam))
    assert "Turned off by ada@partner.example, just now" in part.words


def test_consequences_are_told_before_it_is_turned_on(ada: Agent, fabrikam: Customer) -> None:
    told = section(open_page(signed_in(ada), fabrikam)).words

    assert "You pay for everything that the customer then purchases." in told
    assert "You are not notified of these purchases." in told
    assert "Exchange, cancel, renew and change of scope stay with you" in told


def checklist(client: Client, customer: Customer) -> list[str]:
    part = section(open_page(client, customer)).the("ul", class_="checklist")
    return [f"{line['class']}: {line.words}" for line in part.all("li")]


def test_the_checklist_names_the_subscription_and_the_owner(ada: Agent, contoso: Customer) -> None:
    olga = CustomerUserFactory.create(customer=contoso, display_name="Olga Owner")
    azure = SubscriptionFactory.create(customer=contoso, friendly_name="Azure plan for Lund")
    RoleAssignmentFactory.create(subscription=azure, user=olga)

    assert checklist(signed_in(ada), contoso) == [
        f"done: Active Azure plan or Azure Global subscription: {azure.label}",
        f"done: Users with the Owner role: {olga}",
    ]


def test_the_checklist_says_what_is_missing(ada: Agent, contoso: Customer) -> None:
    subscription, owner = checklist(signed_in(ada), contoso)

    assert subscription.startswith("open: No active Azure plan or Azure Global subscription.")
    assert owner.startswith("open: No user holds the Owner role on it.")


def test_a_missing_owner_is_a_warning_and_the_switch_still_moves(
    sign_in: SignIn, ada: Agent, northwind: Customer
) -> None:
    client = sign_in(ada)
    subscription, owner = checklist(client, northwind)
    assert subscription.startswith("done:")
    assert owner.startswith(
        "open: No user holds the Owner role on it. Whoever tries to purchase is refused."
    )

    assert is_on(read(press(client, northwind, on=True)))


def test_the_way_to_an_owner_leads_to_access_control(
    ada: Agent, sam: Agent, northwind: Customer
) -> None:
    azure = northwind.subscriptions.get()
    address = reverse("customers:access_control", args=[northwind.pk, azure.pk])

    def words(agent: Agent) -> list[str]:
        page = section(open_page(signed_in(agent), northwind))
        return [link.words for link in page.all("a", href=address)]

    assert "Assign the Owner role" in words(ada)
    assert "Access control (IAM)" in words(sam)


@pytest.mark.parametrize(
    "details",
    [
        {"role": "Contributor"},
        {"role": "Reader"},
        {"user__is_active": False},
        {"subscription__status": "suspended"},
        {"subscription__product": "license"},
    ],
    ids=str,
)
def test_only_active_users_who_hold_owner_on_an_active_azure_subscription_are_owners(
    ada: Agent, northwind: Customer, details: dict[str, object]
) -> None:
    RoleAssignmentFactory.create(subscription__customer=northwind, **details)

    _subscription, owner = checklist(signed_in(ada), northwind)
    assert owner.startswith("open:")


def test_on_without_an_active_subscription_is_said_to_be_refused(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn(fabrikam, ada, on=True)
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    page = open_page(signed_in(ada), fabrikam)

    assert is_on(page)
    assert "On, purchases refused: no active subscription" in section(page).words


def test_on_without_an_owner_is_said_to_be_refused(ada: Agent, northwind: Customer) -> None:
    turn(northwind, ada, on=True)
    assert "On, purchases refused: no Owner" in section(open_page(signed_in(ada), northwind)).words


def test_off_is_never_said_to_be_refused(ada: Agent, northwind: Customer) -> None:
    assert "purchases refused" not in open_page(signed_in(ada), northwind).words


# The rest of the page


def test_the_page_shows_the_company_the_bill_to_and_the_account(ada: Agent) -> None:
    customer = CustomerFactory.create(
        company_name="Fabrikam",
        domain="fabrikam.example",
        phone_number="+46 46 000 00",
        account_status="under_review",
        billing_profile__company_name="Fabrikam Finance",
    )
    page = open_page(signed_in(ada), customer)
    company, bill_to, info = (
        page.the("section", aria_labelledby=name).words
        for name in ("company-details", "bill-to", "account-info")
    )

    assert company.startswith("Company details Company Fabrikam Storgatan 1 Lund SE")
    assert company.endswith("+46 46 000 00 Primary contact Kim Berg kim@company.example")
    assert "Company Fabrikam Finance Storgatan 1" in bill_to
    assert re.search(
        f"Microsoft ID {customer.pk} .*Domain name fabrikam.example "
        "Relationship Cloud Reseller Account status Under review",
        info,
    )


def test_the_page_is_titled_as_partner_center_writes_it(ada: Agent, fabrikam: Customer) -> None:
    page = open_page(signed_in(ada), fabrikam)

    assert page.the("h1").words == "Fabrikam | Account"
    assert page.the("title").words.startswith("Account – Fabrikam – Customers")
    assert page.the("nav", aria_label="Breadcrumb").words == "Home Customers Fabrikam Account"
    assert page.the("nav", id="left-column").the("a", aria_current="page").words == "Account"


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(sign_in: SignIn, ada: Agent) -> None:
    name = "<b>Fabrikam</b> & <script>Söner</script>"
    azure = SubscriptionFactory.create(customer__company_name=name)
    page = read(press(sign_in(ada), azure.customer, on=True))

    assert said(page) == f"{name} can now purchase Azure reservations."
    assert not page.has("b")
