"""How many queries an answer costs: as many for twenty as for two."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import order_subscriptions
from partnercenter.agents.models import Agent
from tests.customers.api.conftest import FABRIKAM
from tests.customers.buying import bought
from tests.factories import (
    CustomerUserFactory,
    ReservationProductFactory,
    SubscriptionFactory,
)
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

MOST = 10  # four of them for the token, the agent's permissions and the rate of calls
LISTS = [
    "/v1/customers",
    "/v1/SelfServePolicy",
    "/v1/auditrecords",
    f"/v1/customers/{FABRIKAM}/subscriptions",
    f"/v1/customers/{FABRIKAM}/orders",
    f"/v1/customers/{FABRIKAM}/users",
    f"/v1/customers/{FABRIKAM}/entitlements",
]


def add(number: int, fabrikam: Customer, by: Agent) -> None:
    """So many customers with a policy, and of Fabrikam so many subscriptions, orders, users and
    reservations.
    """
    for _each in range(number):
        bought(ReservationProductFactory.create(), fabrikam, by)
    CustomerUserFactory.create_batch(number, customer=fabrikam)
    for subscription in SubscriptionFactory.build_batch(number, customer=fabrikam):
        order_subscriptions(subscriptions=[subscription], by=by)
    for subscription in SubscriptionFactory.create_batch(number):
        set_purchase_permission(
            customer=subscription.customer,
            resource=Resource.AZURE_RESERVATIONS,
            allowed=True,
            by=by,
        )


def queries(caller: Caller, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert caller.get(path).status == 200
    return len(captured)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("size", ["", "?size=50"])
def test_twenty_cost_as_many_queries_as_two(
    for_ada: Caller, fabrikam: Customer, ada: Agent, path: str, size: str
) -> None:
    add(2, fabrikam, ada)
    queries(for_ada, path + size)  # the counter of calls is there from now on
    two = queries(for_ada, path + size)
    add(18, fabrikam, ada)

    assert queries(for_ada, path + size) == two <= MOST
