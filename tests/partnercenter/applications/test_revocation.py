"""What has ended is of no use from the very next call on, and nothing brings it back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_own_password,
    change_roles,
    set_active,
    set_one_time_password,
    set_password,
    sign_out_everywhere,
)
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import (
    revoke_tokens,
    set_application_active,
    update_application,
    withdraw_authorization,
)
from tests.factories import PASSWORD, AgentFactory
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import Program, a_program, code_from

pytestmark = pytest.mark.django_db
Act = Callable[[Application, Agent], Any]

NEW_PASSWORD = "another-horse-battery"


def as_they_were(application: Application, agent: Agent) -> None:
    set_application_active(application=application, active=True, by=System())
    set_active(agent=agent, active=True, by=System())


ENDINGS: dict[str, Act] = {
    "the application's tokens are revoked": lambda application, agent: revoke_tokens(
        application=application, by=System()
    ),
    "the agent withdraws": lambda application, agent: withdraw_authorization(
        application=application, agent=agent, by=agent
    ),
    "the application is deactivated": lambda application, agent: set_application_active(
        application=application, active=False, by=System()
    ),
    "the agent is deactivated": lambda application, agent: set_active(
        agent=agent, active=False, by=System()
    ),
    "the agent changes the password": lambda application, agent: change_own_password(
        agent=agent, current=PASSWORD, password=NEW_PASSWORD, by=agent
    ),
    "somebody sets a one-time password": lambda application, agent: set_one_time_password(
        agent=agent, by=System()
    ),
    "the agent signs out everywhere": lambda application, agent: sign_out_everywhere(
        agent=agent, by=agent
    ),
}


@pytest.fixture
def program(db: None) -> Program:
    AgentFactory.create(role=Role.ADMIN)  # one is left whatever ends for Ada
    return a_program(Role.ADMIN)


@pytest.fixture
def ada(ada: Agent) -> Agent:
    """With a password that can be changed."""
    return set_password(agent=ada, password=PASSWORD, by=System())


@pytest.mark.parametrize("ending", ENDINGS)
def test_tokens_and_codes_die_at_once_and_for_good(
    program: Program, ada: Agent, ending: str
) -> None:
    code, tokens = code_from(program, ada), program.tokens_for(ada)
    caller = Caller(tokens["access_token"])
    assert caller.get("/v1/customers").status == 200

    ENDINGS[ending](program.application, ada)
    assert_dead(program, tokens, code)
    as_they_were(program.application, ada)
    assert_dead(program, tokens, code)


def assert_dead(program: Program, tokens: dict[str, Any], code: str) -> None:
    assert Caller(tokens["access_token"]).get("/v1/customers").status == 401
    assert program.by_refresh_token(tokens["refresh_token"]).status_code in (400, 401)
    assert program.by_code(code).status_code in (400, 401)


@pytest.mark.parametrize("ending", ["the agent is deactivated", "the agent withdraws"])
def test_what_ends_for_one_agent_goes_on_for_another(
    program: Program, ada: Agent, sam: Agent, ending: str
) -> None:
    program.tokens_for(ada)
    of_sam = program.tokens_for(sam)

    ENDINGS[ending](program.application, ada)

    assert Caller(of_sam["access_token"]).get("/v1/customers").status == 200
    assert program.by_refresh_token(of_sam["refresh_token"]).status_code == 200


def test_what_ends_for_one_application_goes_on_for_another(program: Program, ada: Agent) -> None:
    other = a_program(name="Another")
    tokens = other.tokens_for(ada)
    program.tokens_for(ada)

    set_application_active(application=program.application, active=False, by=System())

    assert Caller(tokens["access_token"]).get("/v1/customers").status == 200


@pytest.mark.parametrize("withdrawn", [revoke_tokens, withdraw_authorization])
def test_ending_nothing_is_not_recorded(program: Program, ada: Agent, withdrawn: Any) -> None:
    details = {"agent": ada} if withdrawn is withdraw_authorization else {}
    before = ActivityRecord.objects.count()
    withdrawn(application=program.application, by=ada, **details)
    assert ActivityRecord.objects.count() == before


def test_a_pending_code_is_something_to_withdraw(program: Program, ada: Agent) -> None:
    code = code_from(program, ada)
    withdraw_authorization(application=program.application, agent=ada, by=ada)

    assert program.by_code(code).status_code == 400
    assert ActivityRecord.objects.latest("number").action == "withdraw_authorization"


# Roles


def turn_on(caller: Caller, customer: Customer) -> int:
    body = {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(customer.pk)},
        "grantor": {"grantorType": "billToPartner", "tenantID": settings.TENANT_ID},
        "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
    }
    return caller.post("/v1/SelfServePolicy", body).status


def test_a_role_that_was_taken_counts_no_more_from_the_next_call_on(
    program: Program, ada: Agent, fabrikam: Customer
) -> None:
    caller = Caller(program.tokens_for(ada)["access_token"])
    change_roles(agent=ada, roles=[Role.SALES], by=System())

    assert caller.get("/v1/customers").status == 200
    assert turn_on(caller, fabrikam) == 403


def test_a_role_that_was_given_counts_from_the_next_call_on(
    program: Program, sam: Agent, fabrikam: Customer
) -> None:
    caller = Caller(program.tokens_for(sam)["access_token"])
    assert turn_on(caller, fabrikam) == 403

    change_roles(agent=sam, roles=[Role.ADMIN], by=System())

    assert turn_on(caller, fabrikam) == 201


def test_an_agents_token_grants_nothing_of_the_applications_own_roles(
    program: Program, sam: Agent, fabrikam: Customer
) -> None:
    """The application is an Admin agent by itself, and a Sales agent for Sam."""
    caller = Caller(program.tokens_for(sam)["access_token"])
    assert turn_on(caller, fabrikam) == 403


def test_roles_of_an_application_change_at_once_too(program: Program) -> None:
    caller = Caller(program.for_itself().json()["access_token"])
    assert caller.get("/v1/auditrecords?startDate=2024-01-01").status == 200

    update_application(
        application=program.application,
        name="Contoso Tools",
        roles=[Role.SALES],
        redirect_uris=[],
        by=System(),
    )

    assert caller.get("/v1/auditrecords?startDate=2024-01-01").status == 403


# Agents who have something to do first


def test_for_an_agent_with_a_one_time_password_nobody_acts(program: Program, ada: Agent) -> None:
    tokens = program.tokens_for(ada)
    Agent.objects.update(must_change_password=True)

    assert Caller(tokens["access_token"]).get("/v1/customers").status == 401
    assert program.by_refresh_token(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_for_an_agent_without_a_demanded_second_factor_nobody_acts(
    program: Program, ada: Agent, settings: Settings
) -> None:
    tokens = program.tokens_for(ada)
    settings.MULTI_FACTOR_REQUIRED = True

    assert Caller(tokens["access_token"]).get("/v1/customers").status == 401
    assert program.by_refresh_token(tokens["refresh_token"]).json()["error"] == "invalid_grant"


# Demonstrations


def test_a_demonstrations_application_is_unknown_outside_that_mode(
    program: Program, ada: Agent, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    tokens = program.tokens_for(ada)
    Application.objects.update(is_demonstration=True)
    assert Caller(tokens["access_token"]).get("/v1/customers").status == 200

    settings.DEMONSTRATION = False
    assert_dead(program, tokens, "x")
    assert program.for_itself().status_code == 401


def test_a_demonstrations_agent_is_unknown_outside_that_mode(
    program: Program, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    agent = AgentFactory.create(is_demonstration=True, password=PASSWORD)
    tokens, code = program.tokens_for(agent), code_from(program, agent)

    settings.DEMONSTRATION = False
    assert_dead(program, tokens, code)
