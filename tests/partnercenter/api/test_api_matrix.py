"""Every operation of the API, and every kind of token: what each is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.conf import settings
from ninja.operation import Operation

from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import PERMISSIONS, Role
from partnercenter.api.access import BearerToken
from partnercenter.api.urls import api
from partnercenter.applications.operations import revoke_tokens, set_application_active
from tests.conftest import signed_in
from tests.factories import CustomerFactory, SubscriptionFactory
from tests.partnercenter.api.calling import Answer, Caller, a_token, an_application
from tests.partnercenter.api.unchanged import nothing_changes

pytestmark = pytest.mark.django_db

SOMEBODY = "11111111-2222-3333-4444-555555555555"
PARTS = {
    "{customer_id}": SOMEBODY,
    "{subscription_id}": SOMEBODY,
    "{order_id}": SOMEBODY,
    "{user_id}": SOMEBODY,
    "{line_item_id}": "0",
    "{reservation_id}": SOMEBODY,
    "{record_id}": SOMEBODY,
    "{policy_id}": f"{settings.TENANT_ID}_{SOMEBODY}",
}
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
EVERY_ROLE = frozenset(PERMISSIONS[Role.ADMIN] | PERMISSIONS[Role.SALES])


def _operations() -> Iterator[tuple[str, str, Operation]]:
    """Each as method, address and operation, as the API itself has them."""
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            address = f"/v1{router.prefix}{path}"
            for part, value in PARTS.items():
                address = address.replace(part, value)
            for operation in view.operations:
                yield from ((method, address, operation) for method in operation.methods)


OPERATIONS = list(_operations())
NAMES = [f"{method} {operation.operation_id}" for method, _address, operation in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "address", "operation"), OPERATIONS, ids=NAMES)


def lock_of(operation: Operation) -> BearerToken:
    (lock,) = operation.auth_callbacks
    assert isinstance(lock, BearerToken)
    return lock


@each_operation
def test_every_operation_asks_for_a_permission_that_there_is(
    method: str, address: str, operation: Operation
) -> None:
    lock = lock_of(operation)
    assert lock.permission in EVERY_ROLE
    verb = lock.permission.partition(".")[2].partition("_")[0]
    assert (verb == "view") == (method == "GET")


def test_every_operation_is_known_here() -> None:
    assert len(OPERATIONS) == len(set(NAMES)) >= 20
    assert not [address for _method, address, _operation in OPERATIONS if "{" in address]


@pytest.fixture
def somebody(db: None) -> Customer:
    """The customer in the addresses, with a subscription."""
    customer = CustomerFactory.create(pk=SOMEBODY)
    SubscriptionFactory.create(pk=SOMEBODY, customer=customer)
    return customer


def told(caller: Caller, method: str, address: str) -> Answer:
    """The answer to a call whose body, if it has one, is an empty object."""
    return caller(method, address, None if method in ("GET", "HEAD", "DELETE") else {})


def assert_nobody_gets_in(caller: Caller, code: str) -> None:
    with nothing_changes():
        for method, address, operation in OPERATIONS:
            answer = told(caller, method, address)
            assert answer.fault == (401, code), operation.operation_id
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


# Nobody's tokens


@dataclass(frozen=True)
class Nobody:
    """A header that opens nothing, and the code of what it is told."""

    authorization: str | None
    code: str = "800001"


NOBODIES = {
    "none": Nobody(None),
    "empty": Nobody(""),
    "a scheme alone": Nobody("Bearer"),
    "a scheme and spaces": Nobody("Bearer   "),
    "another scheme": Nobody("Basic YTpi"),
    "nonsense": Nobody("Bearer nonsense", "400"),
    "a JWT of somebody else": Nobody("Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.", "400"),
    "bytes": Nobody("Bearer \xff\xfe", "400"),
    "nine thousand letters": Nobody("Bearer " + "a" * 9_000, "400"),
}


@pytest.mark.parametrize("name", NOBODIES)
def test_without_a_good_token_nothing_is_told(somebody: Customer, name: str) -> None:
    nobody = NOBODIES[name]
    headers = {} if nobody.authorization is None else {"Authorization": nobody.authorization}
    assert_nobody_gets_in(Caller(**headers), nobody.code)


def expired(ada: Agent) -> str:
    return a_token(an_application(Role.ADMIN), ada, lives=timedelta(seconds=-1))


def revoked(ada: Agent) -> str:
    application = an_application(Role.ADMIN)
    token = a_token(application, ada)
    revoke_tokens(application=application, by=ada)
    return token


def of_a_deactivated_application(ada: Agent) -> str:
    application = an_application(Role.ADMIN)
    token = a_token(application, ada)
    set_application_active(application=application, active=False, by=ada)
    return token


def of_an_application_that_was_deactivated_and_came_back(ada: Agent) -> str:
    application = an_application(Role.ADMIN)
    token = a_token(application, ada)
    for active in (False, True):
        set_application_active(application=application, active=active, by=ada)
    return token


def of_a_deactivated_agent(ada: Agent) -> str:
    token = a_token(an_application(Role.ADMIN), ada)
    Agent.objects.update(is_active=False)
    return token


def of_an_agent_who_has_to_change_his_password(ada: Agent) -> str:
    token = a_token(an_application(Role.ADMIN), ada)
    Agent.objects.update(must_change_password=True)
    return token


def of_a_demonstration(ada: Agent) -> str:
    application = an_application(Role.ADMIN)
    application.is_demonstration = True
    application.save()
    return a_token(application, ada)


def that_refreshes(ada: Agent) -> str:
    token = a_token(an_application(Role.ADMIN), ada)
    Token.objects.update(type=Token.Type.REFRESH_TOKEN)
    return token


@pytest.mark.parametrize(
    "token",
    [
        expired,
        revoked,
        of_a_deactivated_application,
        of_an_application_that_was_deactivated_and_came_back,
        of_a_deactivated_agent,
        of_an_agent_who_has_to_change_his_password,
        of_a_demonstration,
        that_refreshes,
    ],
)
def test_a_token_that_is_no_longer_good_opens_nothing(
    somebody: Customer, ada: Agent, token: Any
) -> None:
    assert_nobody_gets_in(Caller(token(ada)), "400")


def test_a_session_of_the_dashboard_is_nobody(somebody: Customer, ada: Agent) -> None:
    caller = Caller()
    caller.client = signed_in(ada)
    assert_nobody_gets_in(caller, "800001")


def test_a_call_neither_reads_nor_sets_a_cookie(for_ada: Caller, ada: Agent) -> None:
    for_ada.client = signed_in(ada)
    answer = for_ada.get("/v1/customers")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers


# Somebody's tokens: exactly what the permission says


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("person", [True, False], ids=["for an agent", "alone"])
def test_a_token_opens_what_the_permission_says(
    somebody: Customer, cast: dict[Role | None, Agent], role: Role | None, person: bool
) -> None:
    roles = [role] if role and not person else []
    caller = Caller(a_token(an_application(*roles), cast[role] if person else None))
    with nothing_changes():
        for method, address, operation in OPERATIONS:
            lock, answer = lock_of(operation), told(caller, method, address)
            if lock.person and not person:
                assert answer.fault == (403, "900329"), operation.operation_id
            elif role is None or lock.permission not in PERMISSIONS[role]:
                assert answer.fault == (403, "900308"), operation.operation_id
            else:
                assert answer.status == status_of(method, answer), operation.operation_id


def status_of(method: str, answer: Answer) -> int:
    """Who may is told what he asks for, if it is there, and else what is wrong with an empty body;
    an empty change of a subscription is none.
    """
    if method in ("POST", "PUT"):
        return 400
    return 404 if method == "DELETE" or answer.status == 404 else 200


@pytest.fixture
def cast(ada: Agent, sam: Agent, hana: Agent) -> dict[Role | None, Agent]:
    newcomer = Agent.objects.create(username="newcomer@partner.example")
    return {Role.ADMIN: ada, Role.SALES: sam, Role.HELPDESK: hana, None: newcomer}


def test_an_agents_token_does_not_have_what_the_application_has_by_itself(
    somebody: Customer, hana: Agent
) -> None:
    application = an_application(Role.ADMIN)
    orders = f"/v1/customers/{SOMEBODY}/orders"
    assert told(Caller(a_token(application, hana)), "POST", orders).fault == (403, "900308")
    assert told(Caller(a_token(application)), "POST", orders).fault == (400, "800002")


# Methods and addresses that are not there

ADDRESSES = sorted({address for _method, address, _operation in OPERATIONS})


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_method_that_an_address_does_not_know(
    for_ada: Caller, somebody: Customer, address: str
) -> None:
    known = {method for method, each, _operation in OPERATIONS if each == address}
    known |= {"HEAD"} if "GET" in known else set()
    with nothing_changes():
        for caller, method in product((for_ada, Caller()), set(METHODS) - known):
            answer = told(caller, method, address)
            if method != "HEAD":
                assert answer.fault == (404, "1000"), method
            assert answer.status == 404, method
            assert set(answer.headers["Allow"].split(", ")) == known


@pytest.mark.parametrize("address", ADDRESSES)
def test_head_answers_as_get_does_without_a_body(
    for_ada: Caller, somebody: Customer, address: str
) -> None:
    with nothing_changes():
        get, head = told(for_ada, "GET", address), told(for_ada, "HEAD", address)
    assert (head.status, head.text) == (get.status, "")
    assert head.headers["Content-Type"] == get.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "address",
    [
        "/v1",
        "/v1/",
        "/v1/nothing",
        "/v1/customers/x/y/z",
        "/v1/selfservepolicies",
        "/auditactivity/v1",
        "/auditactivity/v1/nothing",
        "/webhooks/v1",
        "/webhooks/v1/registration/events",
        "/Webhooks//V1/registration/",
        "/v1/../v1/nothing",
        "/v1/%2e%2e/livez",
    ],
)
def test_whatever_else_stands_there_is_nothing(alone: Caller, address: str) -> None:
    for caller, method in product((alone, Caller()), METHODS):
        answer = told(caller, method, address)
        assert answer.status == 404, method
        assert method == "HEAD" or answer.code == "1000", method


@pytest.mark.parametrize(
    "address", ["/v1x", "/v10/customers", "/auditactivity/v2/auditrecords", "/webhooks/v10"]
)
def test_other_addresses_are_not_of_the_api(alone: Caller, address: str) -> None:
    assert alone.get(address).headers["Content-Type"].startswith("text/html")
