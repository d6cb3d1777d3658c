"""Two things of one name are told apart wherever one of them is meant."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from customers.models import (
    Customer,
    CustomerUser,
    Reservation,
    ReservationProduct,
    Subscription,
)
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.buying import allowed, bought
from tests.customers.pages import Part, read
from tests.customers.portal import portal_browser
from tests.customers.reserving import refund_terms
from tests.factories import CustomerUserFactory, RoleAssignmentFactory, SubscriptionFactory

ENDING_ALIKE = UUID("99999999-2222-4333-8444-5555aaaabbbb")


@pytest.fixture
def twins(fabrikam: Customer) -> list[Subscription]:
    """The ID's end differs between the first two; the third's is the second's."""
    first = fabrikam.subscriptions.get()
    second = UUID("11111111-2222-4333-8444-5555aaaabbbb")
    more = [
        SubscriptionFactory.create(id=pk, customer=fabrikam, friendly_name=first.friendly_name)
        for pk in (second, ENDING_ALIKE)
    ]
    return [first, *more]


@pytest.fixture
def reservations(
    ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> tuple[Reservation, Reservation]:
    """Bought on one day, so that both have one name."""
    refund_terms()
    one, other = bought(product, fabrikam, ada), bought(product, fabrikam, ada)
    assert one.name == other.name
    return one, other


def expected(twins: list[Subscription]) -> set[str]:
    first, second, third = twins
    name = first.friendly_name
    return {
        f"{name} (…{str(first.pk)[-8:]})",
        f"{name} ({second.pk})",
        f"{name} ({third.pk})",
    }


def opened(client: Client, name: str, *parts: object) -> Part:
    return read(client.get(reverse(name, args=parts)))


def options(page: Part) -> set[str]:
    chooser = page.the("select", name="subscription")
    return {option.words for option in chooser.all("option")} - {"–"}


def test_the_shop_s_chooser(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, twins: list[Subscription]
) -> None:
    page = opened(signed_in(ada), "customers:choices", fabrikam.pk, product.pk)
    assert options(page) == expected(twins)


def test_the_portal_s_chooser(
    ada: Agent, fabrikam: Customer, product: ReservationProduct, twins: list[Subscription]
) -> None:
    browser = portal_browser(allowed(fabrikam, ada))
    assert options(opened(browser, "portal:choices", product.pk)) == expected(twins)


def test_the_choosers_of_acts_on_a_reservation(
    ada: Agent,
    fabrikam: Customer,
    product: ReservationProduct,
    reservations: tuple[Reservation, Reservation],
    twins: list[Subscription],
) -> None:
    client, (one, _) = signed_in(ada), reservations
    scope = opened(client, "customers:change_scope", fabrikam.pk, one.pk)
    exchange = opened(client, "customers:exchange_for", fabrikam.pk, one.pk, product.pk)

    assert options(scope) == options(exchange) == expected(twins)


def test_the_checklist(ada: Agent, fabrikam: Customer, twins: list[Subscription]) -> None:
    page = opened(signed_in(ada), "customers:account", fabrikam.pk)
    first = page.all("ul", class_="checklist")[0].all("li")[0]

    assert {link.words for link in first.all("a")} == expected(twins)


def test_the_buttons_of_subscriptions(
    ada: Agent, fabrikam: Customer, twins: list[Subscription]
) -> None:
    page = opened(signed_in(ada), "customers:subscriptions", fabrikam.pk)
    said = {part["aria-label"] for part in page.the("table").all("a", "button")}

    assert said == {f"{act} {label}" for act in ("Manage", "Suspend") for label in expected(twins)}


def test_where_users_hold_roles(ada: Agent, fabrikam: Customer, twins: list[Subscription]) -> None:
    [owner] = fabrikam.users.all()
    for each in twins[1:]:
        RoleAssignmentFactory.create(subscription=each, user=owner)
    page = opened(signed_in(ada), "customers:users", fabrikam.pk)

    assert {link.words for link in page.the("table").all("a")} == expected(twins)


def users_of_one_name(customer: Customer) -> list[CustomerUser]:
    users = CustomerUserFactory.create_batch(2, customer=customer, display_name="Kim Berg")
    for user in users:
        RoleAssignmentFactory.create(subscription=customer.subscriptions.get(), user=user)
    return users


def test_owners_in_the_checklist(ada: Agent, northwind: Customer) -> None:
    users = users_of_one_name(northwind)
    page = opened(signed_in(ada), "customers:account", northwind.pk)

    for user in users:
        assert f"Kim Berg ({user.user_principal_name})" in page.the("main").words


@pytest.mark.usefixtures("mail_is_set_up")
@pytest.mark.parametrize("page", ["users", "access_control"])
def test_the_buttons_of_users(ada: Agent, northwind: Customer, page: str) -> None:
    users_of_one_name(northwind)
    more = [northwind.subscriptions.get().pk] if page == "access_control" else []
    table = opened(signed_in(ada), f"customers:{page}", northwind.pk, *more).the("table")
    said = [part["aria-label"] for part in table.all("button", "summary") if "aria-label" in part]

    assert len(said) >= 2
    assert len(set(said)) == len(said)


def test_links_to_reservations(
    ada: Agent, fabrikam: Customer, reservations: tuple[Reservation, Reservation]
) -> None:
    page = opened(signed_in(ada), "customers:reservations", fabrikam.pk)
    links = {link.words for link in page.the("table").all("a")}

    assert links == {reservation.label for reservation in reservations}
    assert len(links) == 2


def test_links_to_reservations_in_the_portal(
    ada: Agent, fabrikam: Customer, reservations: tuple[Reservation, Reservation]
) -> None:
    page = opened(portal_browser(allowed(fabrikam, ada)), "portal:home")
    links = {link.words for link in page.all("table")[0].all("a")}

    assert links == {reservation.label for reservation in reservations}


@pytest.mark.parametrize("act", ["rename_reservation", "change_scope", "cancel_reservation"])
def test_the_review_of_an_act_shows_the_ids(
    ada: Agent, fabrikam: Customer, reservations: tuple[Reservation, Reservation], act: str
) -> None:
    one, _ = reservations
    words = opened(signed_in(ada), f"customers:{act}", fabrikam.pk, one.pk).words

    assert str(one.pk) in words
    assert str(one.subscription_id) in words
