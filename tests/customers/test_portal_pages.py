"""Inside the portal: my reservations, my subscriptions, and what goes through the partner."""

import sys
import uuid
from types import ModuleType

import pytest
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from pytest_django import Settings

from activitylog.origin import Channel, current_origin
from customers.models import (
    Customer,
    CustomerUser,
    Reservation,
    ReservationProduct,
    Resource,
    RoleAssignment,
    Scope,
    Subscription,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from customers.portal.access import PortalRequest, for_customer_users
from partnercenter import errors
from partnercenter.access import View
from partnercenter.agents.models import Agent
from tests.customers.buying import allowed, bought
from tests.customers.pages import Part, error, pager, read, rows, words
from tests.customers.portal import HOME, portal_browser
from tests.factories import (
    CustomerUserFactory,
    ReservationProductFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)

pytestmark = pytest.mark.usefixtures("sound_log")

ABOUT = "/portal/about-reservations/"
CAN_BUY = "You can buy"


@pytest.fixture
def owner(fabrikam: Customer, ada: Agent) -> CustomerUser:
    """Who holds Owner at Fabrikam, which may purchase."""
    return allowed(fabrikam, ada)


@pytest.fixture
def reservation(product: ReservationProduct, fabrikam: Customer, ada: Agent) -> Reservation:
    """Fabrikam's, bought by the partner."""
    return bought(product, fabrikam, ada)


def address_of(reservation: Reservation) -> str:
    return f"/portal/reservations/{reservation.pk}/"


def open_home(user: CustomerUser) -> Part:
    return read(portal_browser(user).get(HOME))


def buying(user: CustomerUser) -> dict[str, tuple[str, str]]:
    """Role and what is said of buying, by the subscription's name."""
    tables = open_home(user).all("table")
    return {row[0].rpartition(" ")[0]: (row[2], row[3]) for row in tables[-1].rows}


# My reservations


def test_my_reservations_stand_with_their_facts_the_latest_first(
    owner: CustomerUser, product: ReservationProduct, fabrikam: Customer, ada: Agent,
    settings: Settings,
) -> None:  # fmt: skip
    settings.PARTNER_NAME = "Adatum"
    first = bought(product, fabrikam, ada)
    second = bought(product, fabrikam, owner, quantity=1, scope=Scope.SINGLE)
    table, _ = open_home(owner).all("table")

    assert table.rows == [
        [
            second.label,
            "Standard_D2s_v5 westeurope, 1 year",
            "1",
            "Single subscription",
            f"{second.ends_at:%Y-%m-%d}",
            "Active",
            owner.user_principal_name,
        ],
        [
            first.label,
            "Standard_D2s_v5 westeurope, 1 year",
            "2",
            "Shared",
            f"{first.ends_at:%Y-%m-%d}",
            "Active",
            "Adatum",
        ],
    ]
    assert [link["href"] for link in table.all("a")] == [address_of(second), address_of(first)]


def test_which_agent_bought_is_not_shown(reservation: Reservation, owner: CustomerUser) -> None:
    for address in (HOME, address_of(reservation)):
        assert "ada@partner.example" not in words(portal_browser(owner).get(address))


def test_without_reservations_the_page_says_what_to_do(owner: CustomerUser) -> None:
    assert "Your company has no reservations yet." in open_home(owner).words


def test_many_reservations_stand_on_several_pages(
    owner: CustomerUser, product: ReservationProduct, fabrikam: Customer, ada: Agent
) -> None:
    for _ in range(26):
        bought(product, fabrikam, ada)
    client = portal_browser(owner)
    first = client.get(HOME)
    second = client.get(HOME + pager(first)["Next"])

    names = [read(page).all("table")[0].rows for page in (first, second)]
    assert [len(each) for each in names] == [25, 1]
    assert set(pager(second)) == {"First", "Previous"}


@pytest.mark.parametrize("query", ["?cursor=x", "?size=7", "?shoe=4", "?size=%00"])
def test_a_filter_that_is_not_understood_is_explained(owner: CustomerUser, query: str) -> None:
    answer = portal_browser(owner).get(HOME + query)

    assert answer.status_code == 400
    assert error(answer)


def test_a_reservation_shows_its_facts_and_that_changes_go_through_the_partner(
    reservation: Reservation, owner: CustomerUser, settings: Settings
) -> None:
    settings.PARTNER_NAME, settings.PARTNER_CONTACT_EMAIL = "Adatum", "help@adatum.example"
    page = read(portal_browser(owner).get(address_of(reservation)))

    facts = dict(
        zip(
            [part.words for part in page.all("dt")],
            [part.words for part in page.all("dd")],
            strict=True,
        )
    )
    assert facts["Price"] == "1,000.00 USD For the whole term · One-time"
    assert facts["Quantity"] == "2"
    assert facts["Purchased by"] == "Adatum"
    assert facts["Order number"] == str(reservation.item.order.number)
    assert facts["Scope"].startswith("Shared It covers matching usage of all subscriptions")
    through = page.the("section", aria_labelledby="through-partner").words
    assert "exchange, cancel or renew" in through
    assert "change its scope" in through
    assert "help@adatum.example" in through
    assert not page.the("main").has("form")


# A user of one customer never sees another's


def test_another_customer_s_reservation_is_not_found(
    reservation: Reservation, nils: CustomerUser
) -> None:
    client = portal_browser(nils)
    answers = [
        client.get(address)
        for address in (address_of(reservation), f"/portal/reservations/{uuid.uuid4()}/")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert words(answers[0]) == words(answers[1])


def test_another_customer_s_reservations_and_subscriptions_are_not_listed(
    reservation: Reservation, fabrikam_azure: Subscription, nils: CustomerUser
) -> None:
    page = open_home(nils).words

    assert reservation.name not in page
    assert str(fabrikam_azure.pk) not in page
    assert "Fabrikam" not in page


# My subscriptions


def test_an_owner_of_an_active_subscription_can_buy_while_it_is_allowed(
    owner: CustomerUser,
) -> None:
    assert buying(owner) == {"Azure plan": ("Owner", CAN_BUY)}


def test_without_the_permission_the_page_says_so_and_what_is_ready(
    fabrikam: Customer, ada: Agent, owner: CustomerUser
) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=False, by=ada
    )
    sentence = "Your partner has not allowed your company to purchase Azure reservations."
    assert sentence in open_home(owner).words
    ready = "You can buy on it once your partner allows your company to purchase."
    assert buying(owner) == {"Azure plan": ("Owner", ready)}


def test_on_a_suspended_subscription_nobody_can_buy(
    owner: CustomerUser, fabrikam_azure: Subscription, ada: Agent
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    [(role, sentence)] = buying(owner).values()

    assert role == "Owner"
    assert sentence.startswith("The subscription is not active.")


@pytest.mark.parametrize("role", ["Contributor", "Reader", ""])
def test_who_is_not_owner_is_told_whom_to_ask(
    owner: CustomerUser, fabrikam_azure: Subscription, role: str
) -> None:
    user = CustomerUserFactory.create(customer=fabrikam_azure.customer)
    if role:
        RoleAssignment.objects.create(subscription=fabrikam_azure, user=user, role=role)
    [(shown, sentence)] = buying(user).values()

    assert shown == (role or "No role")
    assert sentence.startswith(
        "Purchases need the role Owner on the subscription, which you do not hold."
    )
    assert "there is no subscription on which you can buy" in open_home(user).words


def test_other_subscriptions_stand_below_those_of_azure(
    owner: CustomerUser, fabrikam: Customer
) -> None:
    SubscriptionFactory.create(customer=fabrikam, product="license", friendly_name="Office")
    SubscriptionFactory.create(customer=fabrikam, friendly_name="Second plan")

    assert list(buying(owner)) == ["Azure plan", "Second plan Azure plan", "Office License-based"]
    assert buying(owner)["Office License-based"] == (
        "–",
        "Reservations are for Azure subscriptions only.",
    )


def test_without_subscriptions_the_page_says_whom_to_ask(contoso: Customer) -> None:
    user = CustomerUserFactory.create(customer=contoso)
    assert "Ask your partner for an Azure plan" in open_home(user).words


def test_pages_of_a_hundred_rows_need_no_more_queries_than_those_of_two(
    owner: CustomerUser, fabrikam: Customer, ada: Agent
) -> None:
    azure = fabrikam.subscriptions.get()
    client = portal_browser(owner)

    def queries(more: int) -> list[int]:
        for _ in range(more):
            product = ReservationProductFactory.create()
            reservation = bought(product, fabrikam, ada, subscription_id=azure.pk)
            RoleAssignmentFactory.create(subscription__customer=fabrikam, user=owner)
        numbers = []
        for address in (f"{HOME}?size=100", address_of(reservation), ABOUT):
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            numbers.append(len(captured))
        return numbers

    few = queries(2)
    assert queries(98) == few
    assert max(few) <= 10
    assert len(rows(client.get(f"{HOME}?size=100"))) == 100 + 101


# What the partner hands out


def test_the_hand_out_says_what_customers_ask(owner: CustomerUser, settings: Settings) -> None:
    settings.PARTNER_NAME, settings.PARTNER_CONTACT_PHONE = "Adatum", "+46 46 000 00"
    page = words(portal_browser(owner).get(ABOUT))

    for sentence in (
        "the price is set by Adatum. It may differ from the Web Direct price",
        "The scope decides whose usage the reservation covers.",
        "all subscriptions that your partner bought for your company",
        "Ask Adatum to exchange, cancel or renew a reservation, or to change its scope later.",
        "+46 46 000 00",
    ):
        assert sentence in page


def test_without_a_contact_the_partner_s_name_stands_alone(
    owner: CustomerUser, settings: Settings
) -> None:
    settings.PARTNER_NAME, settings.PARTNER_CONTACT_EMAIL = "Adatum", ""
    assert read(portal_browser(owner).get(ABOUT)).the("address").words == "Adatum"


# Errors


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/portal/nowhere/", 404),
        ("/portal/reservations/x/", 404),
        ("/portal/?q=%00", 400),
        ("/portal/sign-in/?token=x", 404),
    ],
)
def test_error_pages_show_nothing_of_the_dashboard(
    owner: CustomerUser, ada: Agent, address: str, status: int
) -> None:
    for client in (portal_browser(owner), Client()):
        client.force_login(ada)
        answer = client.get(address)
        page = read(answer)

        assert answer.status_code == status
        assert not page.has("form", role="search")
        assert {link["href"] for link in page.all("a")} <= {"#main", HOME, ABOUT}
        assert "Ada" not in page.words
        assert "customer" not in error(answer)


def test_a_page_that_is_out_of_date_shows_nothing_of_the_dashboard(owner: CustomerUser) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies = portal_browser(owner).cookies
    answer = client.post("/portal/sign-out/")

    assert answer.status_code == 403
    assert "Reload it and try again." in words(answer)
    assert not read(answer).has("a", href="/")


def forbidden(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def too_many(request: HttpRequest) -> HttpResponse:
    return errors.too_many_requests(request)


def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


def unreachable(request: HttpRequest) -> HttpResponse:
    raise OperationalError("connection refused")


@pytest.mark.parametrize(
    ("view", "status"), [(forbidden, 403), (too_many, 429), (broken, 500), (unreachable, 503)]
)
def test_pages_about_faults_show_nothing_of_the_dashboard(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, ada: Agent, view: View, status: int
) -> None:
    site = site_with(monkeypatch, settings, login_not_required(view))
    site.handler403 = "partnercenter.errors.permission_denied"  # type: ignore[attr-defined]
    site.handler500 = "partnercenter.errors.server_error"  # type: ignore[attr-defined]
    client = Client(raise_request_exception=False)
    client.force_login(ada)
    answer = client.get("/portal/act/")

    assert answer.status_code == status
    assert {link["href"] for link in read(answer).all("a")} <= {"#main", HOME}
    assert "Ada" not in words(answer)


# What other pages of the portal stand on


def site_with(monkeypatch: pytest.MonkeyPatch, settings: Settings, view: View) -> ModuleType:
    """The portal with one more page, at /portal/act/."""
    site = ModuleType("site_of_one_test")
    site.urlpatterns = [  # type: ignore[attr-defined]
        path("portal/act/", view),
        path("portal/", include("customers.portal.urls")),
    ]
    monkeypatch.setitem(sys.modules, site.__name__, site)
    settings.ROOT_URLCONF = site.__name__
    return site


def test_a_view_of_the_portal_knows_its_user_and_acts_through_its_channel(
    owner: CustomerUser, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    @for_customer_users(methods=("POST",))
    def act(request: PortalRequest) -> HttpResponse:
        seen.append((request.customer_user, current_origin().channel, request.user.is_anonymous))
        return HttpResponse()

    site_with(monkeypatch, settings, act)
    client = portal_browser(owner)

    assert client.get("/portal/act/").status_code == 405
    assert client.post("/portal/act/").status_code == 200
    assert seen == [(owner, Channel.PORTAL, True)]
