"""Whoever calls in the tests of the API's resources of customers."""

import pytest

from customers.models import Customer
from tests.factories import CustomerFactory, RoleAssignmentFactory, SubscriptionFactory
from tests.partnercenter.api import conftest as callers

FABRIKAM = "0431a72c-7d8a-4393-b25e-ef91f57b9b68"
AZURE = "83ef9d05-4169-4ef9-9657-0e86b1eab1de"

for_ada, alone = callers.for_ada, callers.alone


@pytest.fixture
def fabrikam(db: None) -> Customer:
    """Ready to purchase, with ids that tests can write down."""
    customer = CustomerFactory.create(
        pk=FABRIKAM, company_name="Fabrikam", domain="fabrikam.example"
    )
    plan = SubscriptionFactory.create(pk=AZURE, customer=customer)
    RoleAssignmentFactory.create(subscription=plan)
    return customer
