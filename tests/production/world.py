"""Printed by `manage.py shell`: an agent, a customer and two applications, made by the operations.

It runs inside the installation, as an administrator's own script would.
"""

import json
from uuid import UUID

from django.conf import settings

from activitylog.recording import System
from customers.models import BillingCycle, Customer, Product, Subscription
from customers.operations.customers import add_customer
from customers.operations.subscriptions import add_subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import create_agent
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import register_application

NAME, PASSWORD = "ada@partner.example", "correct-horse-battery"
CUSTOMER = UUID("ffded540-216f-41f4-9542-a119544fe195")  # whom the README's lines name
LICENSE = "CFQ7TTC0LF8S:0002"


def make_agent() -> Agent:
    """The Admin agent of the test, once."""
    found = Agent.objects.filter(username=NAME).first()
    return found or create_agent(
        username=NAME, display_name="Ada", password=PASSWORD, roles=[Role.ADMIN], by=System()
    )


def make_world() -> None:
    """Prints what programs have to know, as JSON."""
    agent = make_agent()
    service, secret = register_application(
        name="Service", roles=[Role.ADMIN], redirect_uris=["https://tools.example/"], by=agent
    )
    desktop, _none = register_application(
        name="Desktop", redirect_uris=["http://localhost"], public=True, by=agent
    )
    facts = {
        "tenant": settings.TENANT_ID,
        "service": str(service.pk),
        "secret": secret,
        "desktop": str(desktop.pk),
        "subscription": _customer_with_subscription(agent),
    }
    print(json.dumps(facts))


def _customer_with_subscription(agent: Agent) -> str:
    """The ID of a license of the customer, who has an Azure plan too."""
    customer = add_customer(
        customer=Customer(
            pk=CUSTOMER,
            company_name="Proseware",
            domain="proseware.example",
            country="US",
            address_line1="1 Main Street",
            city="Redmond",
            postal_code="98052",
            region="WA",
            contact_first_name="Nils",
            contact_last_name="Berg",
            contact_email="nils@proseware.example",
        ),
        by=agent,
    )
    subscription = Subscription(
        customer=customer,
        product=Product.LICENSE,
        offer_name="Microsoft 365 Business Premium",
        friendly_name="Premium",
        offer_id=LICENSE,
        quantity=5,
        billing_cycle=BillingCycle.MONTHLY,
    )
    add_subscription(subscription=_azure_plan(customer), by=agent)
    return str(add_subscription(subscription=subscription, by=agent).pk)


def _azure_plan(customer: Customer) -> Subscription:
    """What a customer needs before they may purchase reservations."""
    return Subscription(
        customer=customer,
        product=Product.AZURE_PLAN,
        offer_name="Azure plan",
        friendly_name="Azure plan",
    )
