"""A customer's chapter: who works there, what they have, and what can happen to them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from customers.demonstration.acts import DAY, PAST, Diary
from customers.demonstration.catalogue import CURRENCY_OF, REGION_OF
from customers.demonstration.companies import COMPANIES, Company, Person
from customers.models import (
    AccountStatus,
    AzureRole,
    BillingCycle,
    Customer,
    CustomerUser,
    Product,
    Resource,
    RoleAssignment,
    Subscription,
    SubscriptionTerm,
)
from customers.operations.customers import add_customer
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import add_subscription
from customers.operations.users import add_customer_user
from partnercenter.agents.models import Agent
from partnercenter.names import full_name

LICENSES = (
    "Microsoft 365 Business Premium",
    "Microsoft 365 E3",
    "Microsoft 365 E5",
    "Office 365 E1",
    "Exchange Online (Plan 1)",
    "Power BI Pro",
    "Visio Plan 2",
    "Dynamics 365 Sales Professional",
)
RESERVATIONS, SAVINGS_PLAN = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN


@dataclass
class Chapter:
    """One customer, and what other chapters build on.

    `allowed` is when the customer's Owners can buy; `refused` why they cannot, and from when on.
    `served` is when agents can buy for them. `needed` are the moments at which the subscription
    has to be active; a customer who is at rest has time for detours between them.
    """

    customer: Customer
    company: Company
    users: list[CustomerUser]
    start: datetime
    subscription: Subscription | None = None
    owners: list[CustomerUser] = field(default_factory=list)
    served: tuple[datetime, datetime] | None = None
    allowed: tuple[datetime, datetime] | None = None
    refused: tuple[datetime, str] | None = None
    needed: list[datetime] = field(default_factory=list)
    at_rest: bool = False

    @property
    def currency(self) -> str:
        return currency_of(self.company)

    @property
    def region(self) -> str:
        """The nearest one of the catalogue."""
        return REGION_OF.get(self.company.country, "westeurope")

    @property
    def azure(self) -> Subscription:
        """The subscription on which reservations are bought."""
        if self.subscription is None:
            raise LookupError(f"{self.customer} has no Azure subscription.")
        return self.subscription

    def is_served_at(self, moment: datetime) -> bool:
        return self.served is not None and self.served[0] <= moment <= self.served[1]


def currency_of(company: Company) -> str:
    return CURRENCY_OF.get(company.country, "USD")


def cast(diary: Diary) -> list[Chapter]:
    """Every company, with its users and licenses, two days after the one before."""
    return [_introduced(diary, index, company) for index, company in enumerate(COMPANIES)]


def _introduced(diary: Diary, index: int, company: Company) -> Chapter:
    start = diary.working_hour(diary.now - PAST + DAY * (1 + index * 2))
    customer = _customer(diary, company, start, under_review=index % 29 == 11)
    users = [
        _user(diary, customer, company, person, start + timedelta(hours=1 + number))
        for number, person in enumerate(company.people)
    ]
    for number in range(diary.chance.randrange(0, 4)):
        add_license(diary, customer, diary.working_hour(start + DAY * (number + 1)))
    return Chapter(customer, company, users, start + DAY * 2)


def _customer(diary: Diary, company: Company, at: datetime, *, under_review: bool) -> Customer:
    contact = company.people[0]
    customer = Customer(
        id=diary.uuid(),
        company_name=company.name,
        domain=company.domain,
        account_status=AccountStatus.UNDER_REVIEW if under_review else AccountStatus.APPROVED,
        country=company.country,
        region=company.region,
        city=company.city,
        address_line1=company.address_line1,
        postal_code=company.postal_code,
        phone_number=company.phone_number,
        contact_first_name=contact.first_name,
        contact_last_name=contact.last_name,
        contact_email=f"{contact.mailbox}@{company.domain}",
    )
    diary.sells(
        at,
        lambda by: add_customer(
            customer=customer, culture=company.culture, currency=currency_of(company), by=by
        ),
    )
    return customer


def _user(
    diary: Diary, customer: Customer, company: Company, person: Person, at: datetime
) -> CustomerUser:
    user = CustomerUser(
        id=diary.uuid(),
        customer=customer,
        user_principal_name=company.user_principal_name(person),
        first_name=person.first_name,
        last_name=person.last_name,
        display_name=full_name(person.first_name, person.last_name, language=company.language),
    )
    diary.does(at, lambda by: add_customer_user(user=user, by=by))
    return user


# What can happen to a customer


def add_license(diary: Diary, customer: Customer, at: datetime) -> None:
    offer = diary.chance.choice(LICENSES)
    subscription = Subscription(
        id=diary.uuid(),
        customer=customer,
        product=Product.LICENSE,
        offer_name=offer,
        friendly_name=offer,
        quantity=diary.chance.choice((5, 10, 25, 40, 75, 120)),
        billing_cycle=diary.chance.choice((BillingCycle.MONTHLY, BillingCycle.ANNUAL)),
        term=SubscriptionTerm.ONE_YEAR,
    )
    diary.sells(at, lambda by: add_subscription(subscription=subscription, by=by))


def add_azure(
    diary: Diary, customer: Customer, at: datetime, product: Product, name: str = ""
) -> Subscription:
    """A subscription under the name, or under that of its product."""
    name = name or str(Product(product).label)
    subscription = Subscription(
        id=diary.uuid(),
        customer=customer,
        product=product,
        offer_name=name,
        friendly_name=name,
    )
    diary.sells(at, lambda by: add_subscription(subscription=subscription, by=by))
    return subscription


def give_role(
    diary: Diary, subscription: Subscription, user: CustomerUser, role: AzureRole, at: datetime
) -> RoleAssignment:
    assignment = RoleAssignment(subscription=subscription, user=user, role=role)
    diary.does(at, lambda by: assign_role(assignment=assignment, by=by))
    return assignment


def take_role(diary: Diary, assignment: RoleAssignment, at: datetime) -> None:
    diary.does(at, lambda by: remove_role(assignment=assignment, by=by))


def turn(
    diary: Diary,
    customer: Customer,
    at: datetime,
    *,
    on: bool,
    resource: Resource = RESERVATIONS,
    by: Agent | None = None,
) -> None:
    """Moves the switch."""
    diary.does(
        at,
        lambda by: set_purchase_permission(customer=customer, resource=resource, allowed=on, by=by),
        by=by,
    )
