"""Each page asks the database as often for a hundred rows as for two, and never often."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import Customer, ReservationProduct, Resource, RoleAssignment, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.buying import bought
from tests.customers.pages import rows
from tests.customers.pricing import set_own_price
from tests.customers.serving import moved, ran
from tests.factories import CustomerFactory, ReservationProductFactory, RoleAssignmentFactory

AT_MOST = 10
Address = Callable[[Customer], str]


def first_subscription(customer: Customer) -> Subscription:
    return customer.subscriptions.earliest("created_at")


PAGES: dict[str, Address] = {
    "home": lambda customer: "/",
    "customers": lambda customer: "/customers/?size=100",
    "can purchase": lambda customer: "/customers/?size=100&purchase=on&q=company",
    "subscriptions": lambda customer: reverse("customers:subscriptions", args=[customer.pk]),
    "users": lambda customer: reverse("customers:users", args=[customer.pk]) + "?size=100",
    "access control": lambda customer: reverse(
        "customers:access_control", args=[customer.pk, first_subscription(customer).pk]
    ),
    "buy an Azure plan": lambda customer: reverse("customers:buy_azure_plan", args=[customer.pk]),
    "remove relationship": lambda customer: reverse(
        "customers:remove_relationship", args=[customer.pk]
    ),
    "account": lambda customer: reverse("customers:account", args=[customer.pk]),
    "reservations": lambda customer: (
        reverse("customers:reservations", args=[customer.pk]) + "?size=100"
    ),
    "reservation": lambda customer: reverse(
        "customers:reservation", args=[customer.pk, customer.reservations.earliest("starts_at").pk]
    ),
    "activity": lambda customer: reverse("customers:activity", args=[customer.pk]) + "?size=100",
    "record": lambda customer: reverse("customers:record", args=[customer.pk, 1]),
    "prices": lambda customer: "/prices/?size=100",
    "refund terms": lambda customer: "/prices/refund-terms/",
    "import price list": lambda customer: "/prices/import/",
    "customer's prices": lambda customer: (
        reverse("customers:prices", args=[customer.pk]) + "?size=100&own=yes"
    ),
    "customer's price": lambda customer: reverse(
        "customers:customer_price",
        args=[customer.pk, ReservationProduct.objects.earliest("pk").pk],
    ),
    "activity log": lambda customer: "/activity-log/?size=100",
    "record of the log": lambda customer: "/activity-log/1/",
}


def move(customer: Customer, by: Agent, *, times: int) -> None:
    for number in range(times):
        set_purchase_permission(
            customer=customer,
            resource=Resource.AZURE_RESERVATIONS,
            allowed=number % 2 == 0,
            by=by,
        )


def grow(customer: Customer, by: Agent, *, rows: int) -> None:
    """So many customers, subscriptions, Owners and records more; the customer's records first."""
    RoleAssignmentFactory.create_batch(rows, subscription__customer=customer)
    azure = first_subscription(customer)
    for user in customer.users.all():
        RoleAssignment.objects.get_or_create(subscription=azure, user=user, role="Owner")
    _reserve(customer, by, rows=rows)
    move(customer, by, times=rows)
    for number in range(rows):
        other = CustomerFactory.create(company_name=f"Company {number}")
        RoleAssignmentFactory.create(subscription__customer=other)
        move(other, by, times=1)
        product = ReservationProductFactory.create()
        set_own_price(product, customer, by, "450.00")


def _reserve(customer: Customer, by: Agent, *, rows: int) -> None:
    """Reservations that serve since some days, and usage of each on the first subscription."""
    for number in range(rows):
        product = ReservationProductFactory.create()
        moved(bought(product, customer, by), -10)
        ran(first_subscription(customer), "5", days_ago=number + 1, sku=product.sku)


def numbers_of_queries(agent: Agent, customer: Customer) -> dict[str, int]:
    """For each page that is open to the agent."""
    numbers = {}
    for page, address_of in PAGES.items():
        client, address = signed_in(agent), address_of(customer)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        if response.status_code != 403:
            assert response.status_code == 200, page
            numbers[page] = len(captured)
    return numbers


def test_pages_with_a_hundred_rows_ask_no_more_often_than_pages_with_two(ada: Agent) -> None:
    customer = CustomerFactory.create(company_name="Company X")
    grow(customer, ada, rows=2)
    few = numbers_of_queries(ada, customer)
    grow(customer, ada, rows=98)

    assert numbers_of_queries(ada, customer) == few
    for page in (
        "customers",
        "subscriptions",
        "users",
        "reservations",
        "access control",
        "activity",
        "activity log",
        "prices",
        "customer's prices",
    ):
        assert len(rows(signed_in(ada).get(PAGES[page](customer)))) == 100, page


@pytest.mark.parametrize("name", ["ada", "sam"])
def test_no_page_asks_more_than_ten_times(
    request: pytest.FixtureRequest, ada: Agent, name: str
) -> None:
    agent: Agent = request.getfixturevalue(name)
    customer = CustomerFactory.create(company_name="Company X")
    grow(customer, ada, rows=2)
    numbers = numbers_of_queries(agent, customer)

    assert {page: number for page, number in numbers.items() if number > AT_MOST} == {}
    assert len(numbers) == (len(PAGES) if name == "ada" else len(PAGES) - 4)


def test_looking_at_pages_records_nothing(ada: Agent) -> None:
    customer = CustomerFactory.create()
    grow(customer, ada, rows=2)
    before = ActivityRecord.objects.count()
    numbers_of_queries(ada, customer)

    assert ActivityRecord.objects.count() == before
