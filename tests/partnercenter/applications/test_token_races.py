"""Programs that ask for the same thing at the same moment, on PostgreSQL and in real threads."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.core.management import call_command
from django.test import Client

from activitylog.recording import System
from partnercenter.agents.operations import sign_out_everywhere
from partnercenter.agents.roles import Role
from partnercenter.applications.models import SigningKey
from partnercenter.applications.operations import revoke_tokens
from tests.conftest import signed_in
from tests.customers.racing import at_once, on_postgresql
from tests.factories import AgentFactory
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import (
    Program,
    a_program,
    answer_question,
    code_from,
    question,
)
from tests.partnercenter.site import Answer

pytestmark = on_postgresql
THREADS = 10


@pytest.fixture
def program(transactional_db: None) -> Program:
    call_command("createcachetable", verbosity=0)
    return a_program(Role.ADMIN)


def answers_of(program: Program, act: Callable[[Program], Any]) -> list[Any]:
    """Each thread is a program of its own with the same credentials, at an address of its own."""
    programs = [
        Program(program.application, program.secret, f"192.0.2.{number}", Client())
        for number in range(THREADS)
    ]
    return at_once([lambda each=each: act(each) for each in programs])  # type: ignore[misc]


def kept(kind: Token.Type) -> int:
    return Token.objects.filter(type=kind).count()


def test_a_code_that_is_used_ten_times_at_once_gives_one_token_which_the_others_end(
    program: Program,
) -> None:
    code = code_from(program, AgentFactory.create(role=Role.ADMIN))

    answers = answers_of(program, lambda each: each.by_code(code))

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 9
    assert (kept(Token.Type.ACCESS_TOKEN), kept(Token.Type.REFRESH_TOKEN)) == (0, 0)


def test_a_refresh_token_that_is_used_ten_times_at_once_is_good_each_time(
    program: Program,
) -> None:
    value = program.tokens_for(AgentFactory.create(role=Role.ADMIN))["refresh_token"]

    answers = answers_of(program, lambda each: each.by_refresh_token(value))

    assert {answer.json()["refresh_token"] for answer in answers} == {value}
    assert kept(Token.Type.REFRESH_TOKEN) == 1


def test_the_first_tokens_of_all_are_signed_with_one_key(program: Program) -> None:
    others = [a_program(Role.ADMIN, name=f"Tools {number}") for number in range(THREADS - 1)]
    answers = at_once([each.for_itself for each in (program, *others)])

    assert [answer.status_code for answer in answers] == [200] * THREADS
    assert SigningKey.objects.count() == 1


def test_an_application_may_ask_for_many_tokens_at_once(program: Program) -> None:
    answers = answers_of(program, lambda each: each.for_itself())
    assert [answer.status_code for answer in answers] == [200] * THREADS


def test_a_token_that_is_given_while_all_are_revoked_is_dead_or_came_after(
    program: Program,
) -> None:
    """Whoever is second waits: what is given before the revocation dies by it."""
    value = program.tokens_for(AgentFactory.create(role=Role.ADMIN))["refresh_token"]

    answer, _revoked = at_once(
        [
            lambda: program.by_refresh_token(value),
            lambda: revoke_tokens(application=program.application, by=System()),
        ]
    )

    assert_dead(program, answer)


@pytest.mark.parametrize("grant", ["code", "refresh token"])
def test_a_token_that_is_given_while_its_agent_signs_out_everywhere_is_dead(
    program: Program, grant: str
) -> None:
    agent = AgentFactory.create(role=Role.ADMIN)
    for _ in range(10):
        by_code = grant == "code"
        sent = code_from(program, agent) if by_code else program.tokens_for(agent)["refresh_token"]
        ask = program.by_code if by_code else program.by_refresh_token

        answer, _ended = at_once(
            [partial(ask, sent), lambda: sign_out_everywhere(agent=agent, by=System())]
        )

        assert_dead(program, answer)
        agent.refresh_from_db()


def test_a_code_that_is_given_while_its_agent_signs_out_everywhere_is_dead(
    program: Program,
) -> None:
    agent = AgentFactory.create(role=Role.ADMIN)
    for _ in range(10):
        browser = signed_in(agent)
        page = browser.get(question(program))

        at_once(
            [
                partial(answer_question, browser, page),
                lambda: sign_out_everywhere(agent=agent, by=System()),
            ]
        )

        assert not program.application.live_tokens().exists()
        agent.refresh_from_db()


def assert_dead(program: Program, answer: Answer) -> None:
    if answer.status_code == 200:
        assert Caller(answer.json()["access_token"]).get("/v1/customers").status == 401
    assert not program.application.live_tokens().exists()
