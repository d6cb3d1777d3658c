"""Each page asks the database as often for a hundred rows as for two, and never often."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import rows
from tests.factories import CustomerFactory, RoleAssignmentFactory

AT_MOST = 10
Address = Callable[[Customer], str]

PAGES: dict[str, Address] = {
    "home": lambda customer: "/",
    "customers": lambda customer: "/customers/?size=100",
    "can purchase": lambda customer: "/customers/?size=100&purchase=on&q=company",
    "subscriptions": lambda customer: reverse("customers:subscriptions", args=[customer.pk]),
    "account": lambda customer: reverse("customers:account", args=[customer.pk]),
    "activity": lambda customer: reverse("customers:activity", args=[customer.pk]) + "?size=100",
    "record": lambda customer: reverse("customers:record", args=[customer.pk, 1]),
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
    move(customer, by, times=rows)
    for number in range(rows):
        other = CustomerFactory.create(company_name=f"Company {number}")
        RoleAssignmentFactory.create(subscription__customer=other)
        move(other, by, times=1)


def queries(agent: Agent, address: str) -> list[str]:
    client = signed_in(agent)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_many_rows_asks_no_more_often_than_one_with_two(ada: Agent, page: str) -> None:
    customer = CustomerFactory.create(company_name="Company X")
    grow(customer, ada, rows=2)
    few = queries(ada, PAGES[page](customer))
    grow(customer, ada, rows=98)
    many = queries(ada, PAGES[page](customer))

    assert len(many) == len(few)
    assert len(many) <= AT_MOST


@pytest.mark.parametrize("page", ["customers", "subscriptions", "activity", "activity log"])
def test_the_many_rows_are_really_shown(ada: Agent, page: str) -> None:
    customer = CustomerFactory.create()
    grow(customer, ada, rows=100)

    assert len(rows(signed_in(ada).get(PAGES[page](customer)))) == 100


@pytest.mark.parametrize("page", [page for page in PAGES if "log" not in page])
def test_who_may_only_read_causes_no_more_queries(ada: Agent, sam: Agent, page: str) -> None:
    customer = CustomerFactory.create()
    grow(customer, ada, rows=2)

    assert len(queries(sam, PAGES[page](customer))) <= AT_MOST


def test_looking_at_pages_records_nothing(ada: Agent) -> None:
    customer = CustomerFactory.create()
    grow(customer, ada, rows=2)
    before = ActivityRecord.objects.count()
    for address in PAGES.values():
        signed_in(ada).get(address(customer))

    assert ActivityRecord.objects.count() == before
