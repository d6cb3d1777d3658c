"""A year in the life of a partner, as a list of acts with their moments.

Every act is one of the real operations. They are planned here and played by `seed_demo` in the
order of their moments, so that the log looks as if agents had clicked all year.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

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
)
from customers.operations.customers import add_customer
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import (
    add_subscription,
    reactivate_subscription,
    suspend_subscription,
)
from customers.operations.users import add_customer_user
from partnercenter.agents.models import Agent

YEAR = timedelta(days=365)
DAY = timedelta(days=1)
RETIRED = DAY * 120  # ago: since then the former Admin agent is gone
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


@dataclass(frozen=True, slots=True)
class Act:
    """One click, by whom it was made, and when."""

    at: datetime
    by: Agent
    play: Callable[[], object]


@dataclass(frozen=True, slots=True)
class AtRest:
    """A customer whose state has been reached, so that detours disturb nothing."""

    customer: Customer
    subscription: Subscription
    owner: CustomerUser
    since: datetime


@dataclass
class Story:
    """Plans the acts for each company; `chance` is seeded, so that every demonstration is alike."""

    admin: Agent
    former_admin: Agent
    now: datetime
    acts: list[Act] = field(default_factory=list)
    at_rest: list[AtRest] = field(default_factory=list)
    chance: Random = field(default_factory=lambda: Random(20200901))  # noqa: S311 (no secret)

    def planned(self, number_of_acts: int) -> list[Act]:
        """The whole year in the order of its moments, `number_of_acts` long."""
        for index, company in enumerate(COMPANIES):
            self._company(index, company)
        self._fill(number_of_acts - len(self.acts))
        return sorted(self.acts, key=lambda act: act.at)

    # Who does what, when

    def _does(self, at: datetime, play: Callable[[Agent], object]) -> None:
        staff = (self.admin, self.former_admin) if at < self.now - RETIRED else (self.admin,)
        by = self.chance.choice(staff)
        self.acts.append(Act(at, by, lambda: play(by)))

    def _uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def _working_hour(self, at: datetime) -> datetime:
        second = self.chance.randrange(3600 * 7, 3600 * 18)
        return at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(seconds=second)

    # A customer's chapter

    def _company(self, index: int, company: Company) -> None:
        """Companies take turns at the states that a page can show (STATES, below)."""
        start = self._working_hour(self.now - YEAR + DAY * (1 + index * 2))
        customer = self._customer(company, start, under_review=index % 29 == 11)
        users = [
            self._user(customer, company, person, start + timedelta(hours=1 + number))
            for number, person in enumerate(company.people)
        ]
        for number in range(self.chance.randrange(0, 4)):
            self._license(customer, start + DAY * (number + 1))
        STATES[index % len(STATES)](self, customer, users, start + DAY * 2)

    def _customer(self, company: Company, at: datetime, *, under_review: bool) -> Customer:
        contact = company.people[0]
        customer = Customer(
            id=self._uuid(),
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
        self._does(at, lambda by: add_customer(customer=customer, culture=company.culture, by=by))
        return customer

    def _user(
        self, customer: Customer, company: Company, person: Person, at: datetime
    ) -> CustomerUser:
        family_first = company.language in ("ja", "ko", "zh")
        names = (person.first_name, person.last_name)
        user = CustomerUser(
            id=self._uuid(),
            customer=customer,
            user_principal_name=f"{person.mailbox}@{company.domain}",
            first_name=person.first_name,
            last_name=person.last_name,
            display_name=" ".join(reversed(names) if family_first else names),
        )
        self._does(at, lambda by: add_customer_user(user=user, by=by))
        return user

    def _license(self, customer: Customer, at: datetime) -> None:
        offer = self.chance.choice(LICENSES)
        subscription = Subscription(
            id=self._uuid(),
            customer=customer,
            product=Product.LICENSE,
            offer_name=offer,
            friendly_name=offer,
            quantity=self.chance.choice((5, 10, 25, 40, 75, 120)),
            billing_cycle=self.chance.choice((BillingCycle.MONTHLY, BillingCycle.ANNUAL)),
            commitment_end_date=(at + YEAR).date(),
        )
        self._does(at, lambda by: add_subscription(subscription=subscription, by=by))

    def _azure(self, customer: Customer, at: datetime, product: Product) -> Subscription:
        name = str(Product(product).label)
        subscription = Subscription(
            id=self._uuid(),
            customer=customer,
            product=product,
            offer_name=name,
            friendly_name=name,
        )
        self._does(at, lambda by: add_subscription(subscription=subscription, by=by))
        return subscription

    def _role(
        self, subscription: Subscription, user: CustomerUser, role: AzureRole, at: datetime
    ) -> RoleAssignment:
        assignment = RoleAssignment(subscription=subscription, user=user, role=role)
        self._does(at, lambda by: assign_role(assignment=assignment, by=by))
        return assignment

    def _turn(
        self, customer: Customer, at: datetime, *, on: bool, resource: Resource = RESERVATIONS
    ) -> None:
        self._does(
            at,
            lambda by: set_purchase_permission(
                customer=customer, resource=resource, allowed=on, by=by
            ),
        )

    def _suspend(self, subscription: Subscription, at: datetime) -> None:
        self._does(at, lambda by: suspend_subscription(subscription=subscription, by=by))

    def _reactivate(self, subscription: Subscription, at: datetime) -> None:
        self._does(at, lambda by: reactivate_subscription(subscription=subscription, by=by))

    # The states that a page can show

    def _ready(self, customer: Customer, users: list[CustomerUser], at: datetime) -> Subscription:
        product = self.chance.choice((Product.AZURE_PLAN, Product.AZURE_PLAN, Product.AZURE_GLOBAL))
        subscription = self._azure(customer, at, product)
        self._role(subscription, users[0], AzureRole.OWNER, at + timedelta(minutes=20))
        for user in users[1:]:
            role = self.chance.choice((AzureRole.CONTRIBUTOR, AzureRole.READER, AzureRole.OWNER))
            self._role(subscription, user, role, at + timedelta(minutes=40))
        return subscription

    def _rests(self, customer: Customer, subscription: Subscription, owner: CustomerUser) -> None:
        self.at_rest.append(AtRest(customer, subscription, owner, self.now - YEAR + DAY * 190))

    def on_for_long(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._rests(customer, self._ready(customer, users, at), users[0])
        self._turn(customer, at + DAY, on=True)

    def on_since_today(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._rests(customer, self._ready(customer, users, at), users[0])
        seconds = self.chance.randrange(300, 10_000)
        self._turn(customer, self.now - timedelta(seconds=seconds), on=True)

    def on_for_both(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._ready(customer, users, at)
        self._turn(customer, at + DAY * 3, on=True)
        self._turn(customer, at + DAY * 40, on=True, resource=SAVINGS_PLAN)

    def ready_but_off(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._rests(customer, self._ready(customer, users, at), users[0])

    def off_again(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._rests(customer, self._ready(customer, users, at), users[0])
        self._turn(customer, at + DAY * 5, on=True)
        self._turn(customer, at + DAY * 60, on=False)

    def no_subscription(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        """Nothing from Azure: the switch cannot be turned on."""

    def no_owner(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._azure(customer, at, Product.AZURE_PLAN)

    def suspended(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        self._suspend(self._ready(customer, users, at), at + DAY * 30)

    def on_but_suspended(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        subscription = self._ready(customer, users, at)
        self._turn(customer, at + DAY * 2, on=True)
        lately = self._working_hour(self.now - DAY * self.chance.randrange(2, 20))
        self._suspend(subscription, lately)

    def on_but_no_owner(self, customer: Customer, users: list[CustomerUser], at: datetime) -> None:
        subscription = self._azure(customer, at, Product.AZURE_PLAN)
        owner = self._role(subscription, users[0], AzureRole.OWNER, at + timedelta(hours=1))
        self._turn(customer, at + DAY * 2, on=True)
        left = self._working_hour(self.now - DAY * self.chance.randrange(2, 30))
        self._does(left, lambda by: remove_role(assignment=owner, by=by))

    # The rest of the year: detours that end where they began, one after the other

    def _fill(self, number: int) -> None:
        """`number` more acts, in pairs, spread over the customers who are at rest."""
        pairs, odd = divmod(number, 2)
        for turn in range(pairs):
            rest = self.at_rest[turn % len(self.at_rest)]
            slot = (self.now - DAY * 3 - rest.since) / (pairs // len(self.at_rest) + 1)
            start = rest.since + slot * (turn // len(self.at_rest))
            detour = self.chance.choice(
                (self._try_savings_plan, self._suspend_shortly, self._help_out)
            )
            first = self._working_hour(start + slot * (0.4 * self.chance.random()))
            detour(
                rest, first, self._working_hour(first + slot * (0.2 + 0.2 * self.chance.random()))
            )
        for _ in range(odd):
            self._license(self.at_rest[0].customer, self.now - DAY * 2)

    def _try_savings_plan(self, rest: AtRest, start: datetime, end: datetime) -> None:
        self._turn(rest.customer, start, on=True, resource=SAVINGS_PLAN)
        self._turn(rest.customer, end, on=False, resource=SAVINGS_PLAN)

    def _suspend_shortly(self, rest: AtRest, start: datetime, end: datetime) -> None:
        self._suspend(rest.subscription, start)
        self._reactivate(rest.subscription, end)

    def _help_out(self, rest: AtRest, start: datetime, end: datetime) -> None:
        """The Owner holds a second role for a while."""
        helper = self._role(rest.subscription, rest.owner, AzureRole.CONTRIBUTOR, start)
        self._does(end, lambda by: remove_role(assignment=helper, by=by))


# Companies take turns at these, so every page has something of each kind to show.
STATES: tuple[Callable[[Story, Customer, list[CustomerUser], datetime], None], ...] = (
    Story.on_for_long,
    Story.no_subscription,
    Story.ready_but_off,
    Story.on_since_today,
    Story.no_owner,
    Story.ready_but_off,
    Story.on_but_suspended,
    Story.off_again,
    Story.suspended,
    Story.on_but_no_owner,
    Story.on_for_both,
    Story.ready_but_off,
)
