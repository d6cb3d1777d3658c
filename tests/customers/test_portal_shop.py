"""Buying in the portal: the whole way, and every no with its reason."""

import uuid
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerUser,
    Order,
    ReservationProduct,
    Resource,
    Subscription,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.role_assignments import remove_role
from customers.operations.sign_in_links import send_sign_in_link
from customers.operations.users import remove_customer_user
from partnercenter.agents.models import Agent
from tests.customers.buying import allowed
from tests.customers.pages import Part, error, read, rows, words
from tests.factories import RoleAssignmentFactory
from tests.partnercenter.site import Answer

pytestmark = pytest.mark.usefixtures("sound_log")


@pytest.fixture(autouse=True)
def _links_can_be_sent(settings: object) -> None:
    settings.DEMONSTRATION = True  # type: ignore[attr-defined]


@pytest.fixture
def olle(fabrikam: Customer, ada: Agent) -> CustomerUser:
    """Fabrikam's Owner, while the permission is on."""
    return allowed(fabrikam, ada)


@pytest.fixture
def portal(olle: CustomerUser, ada: Agent) -> Client:
    return at_the_portal(olle, ada)


def at_the_portal(user: CustomerUser, by: Agent) -> Client:
    """The user's browser, signed in by a link."""
    client = Client(raise_request_exception=False)
    _link, token = send_sign_in_link(user=user, by=by)
    assert client.post(reverse("portal:sign_in"), {"token": token}).status_code == 302
    return client


def reviewed(client: Client, product: ReservationProduct, subscription: Subscription) -> Part:
    wanted = {
        "quantity": 2,
        "billing_cycle": "one_time",
        "scope": "shared",
        "subscription": subscription.pk,
    }
    address = reverse("portal:review", args=[product.pk])
    return read(client.get(f"{address}?{urlencode(wanted)}")).the("main").the("form")


def confirm(client: Client, form: Part, **fields: str) -> Answer:
    return client.post(form["action"], {**form.fields, **fields})


def turn_off(customer: Customer, by: Agent) -> None:
    set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=False, by=by
    )


def purchases() -> list[ActivityRecord]:
    return list(ActivityRecord.objects.of_action("create_order").order_by("number"))


def test_an_owner_buys_and_sees_the_new_reservation(
    portal: Client,
    olle: CustomerUser,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    response = confirm(portal, reviewed(portal, product, fabrikam_azure))
    order = fabrikam.orders.get()
    page = words(portal.get(response["Location"]))

    assert f"Thank you: order {order.number} over 1,000.00 USD was placed." in page
    assert (order.purchased_by, order.buyer_name) == ("customer", olle.user_principal_name)


def test_a_purchase_in_the_portal_is_recorded_as_such(
    portal: Client, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    confirm(portal, reviewed(portal, product, fabrikam_azure))

    [record] = purchases()
    assert (record.channel, record.status) == ("portal", "succeeded")
    assert list(ActivityRecord.objects.purchased_by_customers()) == [record]


def test_the_web_direct_price_is_not_shown_to_customers(
    portal: Client, fabrikam: Customer, product: ReservationProduct
) -> None:
    fabrikam.prices.create(
        product=product, amount=Decimal("450.00"), valid_from="2020-01-01", record_number=0
    )
    [row] = rows(portal.get(reverse("portal:buy")))

    assert row[-1] == "450.00 USD"
    assert "500.00" not in words(portal.get(reverse("portal:buy")))


def test_buying_after_the_permission_was_turned_off_is_refused_with_the_reason(
    portal: Client,
    ada: Agent,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    form = reviewed(portal, product, fabrikam_azure)
    turn_off(fabrikam, ada)
    response = confirm(portal, form)

    assert response.status_code == 422
    assert error(response).startswith("Your partner has not allowed your company to purchase")
    assert not Order.objects.exists()
    [record] = purchases()
    assert (record.status, record.channel) == ("failed", "portal")
    assert not ActivityRecord.objects.purchased_by_customers().exists()


def test_a_refused_form_is_recorded_once_however_often_it_is_sent(
    portal: Client,
    ada: Agent,
    fabrikam: Customer,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    form = reviewed(portal, product, fabrikam_azure)
    turn_off(fabrikam, ada)
    for _ in range(3):
        assert confirm(portal, form).status_code == 422

    assert len(purchases()) == 1


@pytest.mark.parametrize("page", ["buy", "choices"])
def test_the_shop_says_from_the_start_that_purchases_are_refused(
    portal: Client, ada: Agent, fabrikam: Customer, product: ReservationProduct, page: str
) -> None:
    turn_off(fabrikam, ada)
    arguments = [product.pk] if page == "choices" else []

    assert "Purchases are refused now." in words(
        portal.get(reverse(f"portal:{page}", args=arguments))
    )


def test_an_owner_who_lost_the_role_is_refused(
    portal: Client,
    ada: Agent,
    olle: CustomerUser,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    form = reviewed(portal, product, fabrikam_azure)
    remove_role(assignment=olle.role_assignments.get(), by=ada)

    assert error(confirm(portal, form)).startswith("Purchases need the role Owner")


def test_a_removed_user_is_out_and_buys_nothing(
    portal: Client,
    ada: Agent,
    olle: CustomerUser,
    fabrikam_azure: Subscription,
    product: ReservationProduct,
) -> None:
    form = reviewed(portal, product, fabrikam_azure)
    remove_customer_user(user=olle, by=ada)
    response = confirm(portal, form)

    assert (response.status_code, response["Location"]) == (302, reverse("portal:sign_in"))
    assert not Order.objects.exists()
    assert purchases() == []


def test_a_subscription_of_another_company_is_refused_like_one_that_does_not_exist(
    portal: Client, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    other = RoleAssignmentFactory.create().subscription
    sentences = {
        error(confirm(portal, reviewed(portal, product, fabrikam_azure), subscription=str(key)))
        for key in (other.pk, uuid.uuid4())
    }
    assert sentences == {"The subscription is not one of this customer's. Choose another one."}
    assert not Order.objects.exists()


def test_pressing_buy_twice_buys_once(
    portal: Client, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    form = reviewed(portal, product, fabrikam_azure)

    assert confirm(portal, form)["Location"] == confirm(portal, form)["Location"]
    assert Order.objects.count() == 1


def test_a_form_without_its_token_is_403(
    olle: CustomerUser, ada: Agent, fabrikam_azure: Subscription, product: ReservationProduct
) -> None:
    client = at_the_portal(olle, ada)
    form = reviewed(client, product, fabrikam_azure)
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = client.cookies

    assert strict.post(form["action"], form.fields).status_code == 403
    assert not Order.objects.exists()
