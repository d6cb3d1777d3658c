"""How often a program may fail to sign in, and who is locked out by whom."""

import pytest
from pytest_django import DjangoAssertNumQueries, Settings

from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.partnercenter.applications.signing_in import CALLBACK, Program, a_program

pytestmark = pytest.mark.django_db

ELSEWHERE = "192.0.2.7"
FOR_EACH_APPLICATION, FOR_EACH_ADDRESS = 10, 30


@pytest.fixture
def program(db: None) -> Program:
    return a_program(Role.ADMIN)


def guess(program: Program, times: int, **fields: str) -> list[int]:
    answers = [
        program.for_itself(**{"client_secret": "wrong", **fields}).status_code for _ in range(times)
    ]
    return sorted(set(answers))


def test_failures_of_an_application_at_an_address_are_limited(program: Program) -> None:
    assert guess(program, FOR_EACH_APPLICATION) == [401]
    answer = program.for_itself()

    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/json"
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["error"] == "temporarily_unavailable"


def test_failures_of_an_address_are_limited_whatever_the_application(program: Program) -> None:
    for number in range(FOR_EACH_ADDRESS):
        assert guess(program, 1, client_id=f"guess-{number}") == [401]
    assert guess(program, 1, client_id="another") == [429]


def test_strangers_elsewhere_do_not_lock_an_application_out(program: Program) -> None:
    stranger = Program(program.application, "wrong", address=ELSEWHERE)
    assert guess(stranger, 20) == [401, 429]
    assert program.for_itself().status_code == 200


def test_an_address_that_the_client_claims_does_not_count(program: Program) -> None:
    for number in range(FOR_EACH_APPLICATION):
        program.send(
            f"grant_type=client_credentials&client_id={program.application.pk}&client_secret=wrong",
            **{"X-Forwarded-For": f"192.0.2.{number}"},
        )
    assert program.for_itself().status_code == 429


@pytest.mark.parametrize("grant", ["authorization_code", "refresh_token"])
def test_dead_codes_and_refresh_tokens_lock_nobody_out(program: Program, grant: str) -> None:
    """Whoever sends them has proved to be the application; and nobody guesses 256 bits."""
    fields = {"code": "x", "refresh_token": "x", "code_verifier": "x", "redirect_uri": CALLBACK}
    for _ in range(FOR_EACH_ADDRESS + 1):
        assert program.ask(grant_type=grant, **fields).status_code == 400
    assert program.for_itself().status_code == 200


def test_a_dead_refresh_token_with_a_wrong_secret_counts_as_a_failure(program: Program) -> None:
    for _ in range(FOR_EACH_APPLICATION):
        answer = program.by_refresh_token("x", client_secret="wrong")
        assert answer.status_code == 401
    assert program.for_itself().status_code == 429


def test_what_is_no_guess_does_not_count(program: Program) -> None:
    for _ in range(FOR_EACH_ADDRESS + 1):
        assert program.ask(grant_type="password").status_code == 400
    assert program.for_itself().status_code == 200


def test_good_requests_do_not_count(program: Program, ada: Agent) -> None:
    assert {program.for_itself().status_code for _ in range(FOR_EACH_ADDRESS + 1)} == {200}


def test_beyond_the_limit_nothing_is_looked_up_but_the_counters(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    guess(program, FOR_EACH_APPLICATION)
    with django_assert_num_queries(1):
        assert program.for_itself().status_code == 429


def test_the_counters_are_shared_by_all_workers(settings: Settings) -> None:
    assert settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")
