"""One of everything, so that each address leads to something; and the people who ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.http import SimpleCookie
from django.test import Client, override_settings
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from activitylog.recording import System
from customers.models import (
    Customer,
    CustomerPrice,
    PriceAdjustment,
    PurchasePermission,
    RefundTerms,
    Reservation,
    Resource,
    RoleAssignment,
    SignInLink,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.sign_in_links import send_sign_in_link
from customers.portal.sessions import COOKIE, start
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.keys import signing_key
from partnercenter.applications.operations import register_application
from tests.conftest import signed_in
from tests.customers.buying import bought
from tests.customers.pricing import set_prices
from tests.factories import (
    PASSWORD,
    AgentFactory,
    AuthenticatorFactory,
    CustomerFactory,
    CustomerUserFactory,
    DeliveryFactory,
    ReservationProductFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)
from tests.partnercenter.site import SOMEBODY, Answer, address_of

KEY = ec.generate_private_key(ec.SECP256R1()).public_key()
OURS = (
    "activitylog",
    "admin",
    "agents",
    "allauth_idp_oidc",
    "api",
    "applications",
    "customers",
    "mfa",
    "webhooks",
)


class Person(Enum):
    STRANGER = "a stranger"
    CUSTOMER = "a customer's user"
    NEWCOMER = "an agent without a role"
    HELPDESK = Role.HELPDESK
    SALES = Role.SALES
    ADMIN = Role.ADMIN


def stored() -> dict[str, list[Any]]:
    """Every row of ours, the activity log among them; sessions are the requests' own affair."""
    models = [model for label in OURS for model in apps.get_app_config(label).get_models(True)]
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in models
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = stored()
    yield
    assert stored() == before


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is stored in this block is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass
class World:
    """A customer, an agent and what belongs to them, all with the key that addresses hold."""

    customer: Customer
    assignment: RoleAssignment
    permission: PurchasePermission
    reservation: Reservation
    link: SignInLink
    passkeys: dict[Person, Authenticator] = field(default_factory=dict)
    browsers: dict[Person, Client] = field(default_factory=dict)
    cookies: dict[Person, str] = field(default_factory=dict)

    def address(self, route: str, person: Person = Person.ADMIN) -> str:
        """The address of a pattern; of passkeys everybody has his own."""
        passkey = self.passkeys.get(person)
        parts = {
            "<int:assignment_id>": str(self.assignment.pk),
            "<int:number>": str(self.permission.record_number),
            "<int:pk>": str(passkey.pk if passkey else 1),
            "<int:product_id>": str(self.reservation.product_id),
            "<uuid:order_id>": str(self.reservation.item.order_id),
            "<uuid:reservation_id>": str(self.reservation.pk),
            "<uuid:link_id>": str(self.link.pk),
            "<path:object_id>": self._object_of(route),
        }
        return address_of(route, **parts)

    def session(self, person: Person) -> SessionStore:
        return SessionStore(self.cookies[person])

    def _object_of(self, route: str) -> str:
        """The key of what the site administration shows at such an address."""
        keys = {
            "/activityrecord/": str(self.permission.record_number),
            "/purchasepermission/": str(self.permission.pk),
            "/roleassignment/": str(self.assignment.pk),
            "/reservationproduct/": str(self.reservation.product_id),
            "/customerprice/": str(CustomerPrice.objects.get().pk),
            "/priceadjustment/": str(PriceAdjustment.objects.get().pk),
            "/refundterms/": str(RefundTerms.objects.get().pk),
        }
        return next((key for part, key in keys.items() if part in route), str(SOMEBODY))

    def ask(self, person: Person, method: str, address: str, *args: Any, **kwargs: Any) -> Answer:
        """One request, with the session that the person began with, whatever happened since."""
        browser = self.browsers[person]
        name = COOKIE if person is Person.CUSTOMER else "sessionid"
        browser.cookies = SimpleCookie({name: self.cookies[person]})
        return browser.generic(method, address, *args, **kwargs)


def settle() -> World:
    """The world, with everybody signed in and everybody's password confirmed a moment ago."""
    outside = (Person.STRANGER, Person.CUSTOMER)
    people = {person: _agent(person) for person in Person if person not in outside}
    AgentFactory.create(pk=SOMEBODY, username="somebody@partner.example", role=Role.SALES)
    world = _world(people[Person.ADMIN])
    for person in outside:
        world.browsers[person] = Client(raise_request_exception=False)
    world.cookies[Person.STRANGER] = ""
    world.cookies[Person.CUSTOMER] = str(start(world.assignment.user).session_key)
    for person, agent in people.items():
        world.passkeys[person] = _second_factors(agent)
        world.browsers[person] = browser = _who_confirmed(agent)
        world.cookies[person] = browser.cookies["sessionid"].value
    return world


def _agent(person: Person) -> Agent:
    role = person.value if isinstance(person.value, Role) else None
    return AgentFactory.create(
        username=f"{person.name.lower()}@partner.example", role=role, password=PASSWORD
    )


def _world(ada: Agent) -> World:
    customer = CustomerFactory.create(pk=SOMEBODY, company_name="Somebody")
    assignment = RoleAssignmentFactory.create(
        subscription=SubscriptionFactory.create(pk=SOMEBODY, customer=customer),
        user=CustomerUserFactory.create(pk=SOMEBODY, customer=customer),
    )
    move = set_purchase_permission(
        customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    reservation = bought(ReservationProductFactory.create(), customer, ada)
    set_prices(reservation.product, customer, ada)
    with override_settings(DEMONSTRATION=True):
        link, _token = send_sign_in_link(user=assignment.user, by=ada)
    DeliveryFactory.create(pk=SOMEBODY, webhook__pk=SOMEBODY)
    register_application(name="Somebody", roles=[Role.SALES], client_id=str(SOMEBODY), by=System())
    signing_key()  # the first one to ask for it makes it
    return World(customer, assignment, move.permission, reservation, link)


def _second_factors(agent: Agent) -> Authenticator:
    """An authenticator app, recovery codes and a passkey, which is returned."""
    AuthenticatorFactory.create(user=agent, type="totp")
    RecoveryCodes.activate(agent)
    data = {"name": "Telephone", "credential": credential(), "passwordless": True}
    return AuthenticatorFactory.create(user=agent, type="webauthn", data=data)


def credential() -> dict[str, Any]:
    """What a device answers when it makes a passkey, in the form that is stored."""
    key = ES256.from_cryptography_key(KEY)  # type: ignore[no-untyped-call]
    made = AttestedCredentialData.create(Aaguid.NONE, b"key", key)
    seen = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT
    answer = AuthenticatorData.create(sha256(b"testserver").digest(), seen, 0, made)
    response = AuthenticatorAttestationResponse(
        client_data=CollectedClientData.create(
            "webauthn.create", b"challenge", "https://testserver"
        ),
        attestation_object=AttestationObject.create("none", answer, {}),
    )
    return dict(RegistrationResponse(raw_id=b"key", response=response))


def _who_confirmed(agent: Agent) -> Client:
    client = signed_in(agent)
    client.post("/confirm-password/", {"password": PASSWORD})
    return client
