"""The least that each thing needs to exist. Acts under test go through the operations instead."""

import datetime as dt
from decimal import Decimal
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.utils import timezone
from factory.declarations import (
    LazyAttribute,
    LazyFunction,
    RelatedFactory,
    SelfAttribute,
    Sequence,
    SubFactory,
)
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from customers.models import (
    BillingProfile,
    Customer,
    CustomerUser,
    Product,
    ReservationProduct,
    RoleAssignment,
    Subscription,
    WebDirectPrice,
)
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.sealing import seal
from partnercenter.webhooks.messages import SEALED_FOR
from partnercenter.webhooks.models import Delivery, Webhook
from partnercenter.webhooks.signatures import new_secret

PASSWORD = "correct-horse-battery"


class AgentFactory(DjangoModelFactory[Agent]):
    class Meta:
        model = Agent
        skip_postgeneration_save = True

    username = Sequence(lambda n: f"agent{n}@partner.example")
    display_name = Sequence(lambda n: f"Agent {n}")

    @post_generation
    def role(self: Agent, create: bool, extracted: Role | None, **kwargs: Any) -> None:
        if extracted:
            self.groups.set([Group.objects.get(name=extracted.value)])

    @post_generation
    def password(self: Agent, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted:
            self.set_password(extracted)
            self.save(update_fields=["password"])


class CustomerFactory(DjangoModelFactory[Customer]):
    class Meta:
        model = Customer
        skip_postgeneration_save = True

    company_name = Sequence(lambda n: f"Company {n:04}")
    domain = Sequence(lambda n: f"company{n}.example")
    country = "SE"
    city = "Lund"
    address_line1 = "Storgatan 1"
    contact_first_name = "Kim"
    contact_last_name = "Berg"
    contact_email = "kim@company.example"
    created_at = LazyFunction(timezone.now)

    billing_profile = RelatedFactory(
        "tests.factories.BillingProfileFactory", factory_related_name="customer"
    )


class BillingProfileFactory(DjangoModelFactory[BillingProfile]):
    class Meta:
        model = BillingProfile

    customer = SubFactory(CustomerFactory, billing_profile=None)
    company_name = SelfAttribute("customer.company_name")
    country = "SE"
    city = "Lund"
    address_line1 = "Storgatan 1"
    first_name = "Kim"
    last_name = "Berg"
    email = "kim@company.example"


class CustomerUserFactory(DjangoModelFactory[CustomerUser]):
    class Meta:
        model = CustomerUser

    customer = SubFactory(CustomerFactory)
    user_principal_name = Sequence(lambda n: f"user{n}@company.example")
    first_name = "Olle"
    last_name = Sequence(lambda n: f"Owner {n}")
    display_name = LazyAttribute(lambda user: f"{user.first_name} {user.last_name}")
    created_at = LazyFunction(timezone.now)


class SubscriptionFactory(DjangoModelFactory[Subscription]):
    class Meta:
        model = Subscription

    customer = SubFactory(CustomerFactory)
    product = Product.AZURE_PLAN
    offer_name = "Azure plan"
    friendly_name = "Azure plan"
    created_at = LazyFunction(timezone.now)


class RoleAssignmentFactory(DjangoModelFactory[RoleAssignment]):
    """A user of the subscription's customer who holds Owner on it."""

    class Meta:
        model = RoleAssignment

    subscription = SubFactory(SubscriptionFactory)
    user = SubFactory(CustomerUserFactory, customer=SelfAttribute("..subscription.customer"))
    role = "Owner"


class ReservationProductFactory(DjangoModelFactory[ReservationProduct]):
    """A reserved instance that costs 500.00 USD a year; `price` is its Web Direct price."""

    class Meta:
        model = ReservationProduct
        skip_postgeneration_save = True

    sku = Sequence(lambda n: f"Standard_D{n}s_v5")
    region = "westeurope"
    term = "P1Y"
    currency = "USD"

    @post_generation
    def price(self: ReservationProduct, create: bool, extracted: str | None, **kwargs: Any) -> None:
        WebDirectPrice.objects.create(
            product=self,
            amount=Decimal(extracted or "500.00"),
            valid_from=dt.date(2020, 1, 1),
            record_number=0,
        )


class AuthenticatorFactory(DjangoModelFactory[Authenticator]):
    """A second factor; its secret fits no code."""

    class Meta:
        model = Authenticator

    user = SubFactory(AgentFactory)
    type = "totp"
    data = LazyFunction(lambda: {"secret": "", "name": "Telephone", "credential": {}})


class WebhookFactory(DjangoModelFactory[Webhook]):
    """A webhook that listens to what is done to customers' permissions, from the first record."""

    class Meta:
        model = Webhook

    name = Sequence(lambda n: f"Webhook {n}")
    url = "https://receiver.example/webhooks"
    events = LazyFunction(lambda: ["self-serve-policy-created", "self-serve-policy-deleted"])
    sealed_secret = LazyFunction(lambda: seal(new_secret(), purpose=SEALED_FOR))
    after = 0
    created_at = LazyFunction(timezone.now)


class DeliveryFactory(DjangoModelFactory[Delivery]):
    """What a webhook waits to be told of the first record."""

    class Meta:
        model = Delivery

    webhook = SubFactory(WebhookFactory)
    record_number = Sequence(lambda n: n + 1)
    event = "self-serve-policy-created"
    next_attempt_at = LazyFunction(timezone.now)
