"""How long refresh tokens are good, with a secret beside them and without one."""

from datetime import timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.core.management import call_command
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.applications.demonstration import (
    DemonstrationClient,
    create_demonstration_client,
    keep_refresh_token_alive,
)
from partnercenter.applications.models import Descent, Grant
from partnercenter.applications.operations import revoke_tokens
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import Program, a_program, a_public_program
from tests.partnercenter.site import Answer

pytestmark = pytest.mark.django_db

REFRESH = Token.Type.REFRESH_TOKEN


@pytest.fixture
def program(db: None) -> Program:
    return a_program()


@pytest.fixture
def public(db: None) -> Program:
    return a_public_program()


def later(**passed: float) -> None:
    """Moves what happened to tokens so far into the past."""
    Descent.objects.update(replaced_at=F("replaced_at") - timedelta(**passed))
    Token.objects.update(expires_at=F("expires_at") - timedelta(**passed))


def is_dead(answer: Answer) -> bool:
    return (answer.status_code, answer.json().get("error")) == (400, "invalid_grant")


def opens(answer: Answer) -> bool:
    return Caller(answer.json()["access_token"]).get("/v1/customers").status == 200


# With a secret


@pytest.mark.parametrize("demonstration", [True, False])
def test_a_program_with_a_secret_sends_the_same_refresh_token_at_each_run(
    program: Program, ada: Agent, settings: Settings, demonstration: bool
) -> None:
    settings.DEMONSTRATION = demonstration
    value = program.tokens_for(ada)["refresh_token"]

    for _ in range(3):
        answer = program.by_refresh_token(value)
        assert answer.json()["refresh_token"] == value
        assert opens(answer)
        later(hours=1)


def test_a_refresh_token_lives_for_90_days_after_its_last_use(program: Program, ada: Agent) -> None:
    value = program.tokens_for(ada)["refresh_token"]

    later(days=89)
    answer = program.by_refresh_token(value).json()
    assert answer["refresh_expires_in"] == 90 * 24 * 3600
    later(days=89)
    assert program.by_refresh_token(value).status_code == 200
    later(days=91)

    assert is_dead(program.by_refresh_token(value))


def test_the_days_are_a_setting(program: Program, ada: Agent, settings: Settings) -> None:
    settings.IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 3 * 24 * 3600
    value = program.tokens_for(ada)["refresh_token"]

    program.by_refresh_token(value)

    ends = Token.objects.get(type=REFRESH).expires_at
    assert ends is not None
    assert timedelta(days=2) < ends - timezone.now() <= timedelta(days=3)


def test_the_demonstrations_refresh_token_lives_on_with_each_start(
    ada: Agent, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    client = DemonstrationClient.of_this_installation()
    program = Program(create_demonstration_client(ada), client.secret)
    later(days=91)
    assert is_dead(program.by_refresh_token(client.refresh_token))

    keep_refresh_token_alive()

    assert program.by_refresh_token(client.refresh_token).status_code == 200


def test_the_demonstrations_refresh_token_stays_dead_once_it_is_revoked(
    ada: Agent, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    client = DemonstrationClient.of_this_installation()
    application = create_demonstration_client(ada)
    revoke_tokens(application=application, by=System())

    keep_refresh_token_alive()

    program = Program(application, client.secret)
    assert is_dead(program.by_refresh_token(client.refresh_token))


# Without a secret


def test_a_public_client_gets_a_new_refresh_token_each_time(public: Program, ada: Agent) -> None:
    values = [public.tokens_for(ada)["refresh_token"]]
    for _ in range(3):
        later(hours=1)
        answer = public.by_refresh_token(values[-1])
        assert opens(answer)
        values.append(answer.json()["refresh_token"])

    assert len(set(values)) == 4


def test_an_answer_that_got_lost_is_asked_for_again_within_a_minute(
    public: Program, ada: Agent
) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    public.by_refresh_token(first)
    later(seconds=59)

    again = public.by_refresh_token(first)

    assert opens(again)
    assert public.by_refresh_token(again.json()["refresh_token"]).status_code == 200


def test_a_replaced_refresh_token_that_comes_back_later_ends_the_whole_family(
    public: Program, ada: Agent
) -> None:
    tokens = public.tokens_for(ada)
    second = public.by_refresh_token(tokens["refresh_token"])
    third = public.by_refresh_token(second.json()["refresh_token"])
    other = public.tokens_for(ada)
    later(seconds=61)

    assert is_dead(public.by_refresh_token(tokens["refresh_token"]))

    assert is_dead(public.by_refresh_token(third.json()["refresh_token"]))
    accesses = [tokens["access_token"], *(each.json()["access_token"] for each in (second, third))]
    assert {Caller(token).get("/v1/customers").status for token in accesses} == {401}
    assert public.by_refresh_token(other["refresh_token"]).status_code == 200


def test_within_the_minute_too_when_the_newer_one_has_been_used(
    public: Program, ada: Agent
) -> None:
    """Its answer was not lost, so somebody else has the old one."""
    first = public.tokens_for(ada)["refresh_token"]
    second = public.by_refresh_token(first).json()["refresh_token"]
    third = public.by_refresh_token(second).json()["refresh_token"]

    assert is_dead(public.by_refresh_token(first))
    assert is_dead(public.by_refresh_token(third))


def test_of_two_answers_to_one_refresh_token_the_unused_one_is_replaced_too(
    public: Program, ada: Agent
) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    lost = public.by_refresh_token(first).json()["refresh_token"]
    kept = public.by_refresh_token(first).json()["refresh_token"]
    newest = public.by_refresh_token(kept).json()["refresh_token"]
    later(seconds=61)

    assert is_dead(public.by_refresh_token(lost))
    assert is_dead(public.by_refresh_token(newest))


def test_the_end_of_a_family_is_recorded_once(public: Program, ada: Agent) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    public.by_refresh_token(first)
    later(seconds=61)
    for _ in range(3):
        public.by_refresh_token(first)

    records = ActivityRecord.objects.filter(action="revoke_application_tokens")
    assert [(record.resource_id, record.new) for record in records] == [
        (
            str(public.application.pk),
            {"user_principal_name": ada.username, "reason": "refresh_token_reused"},
        )
    ]


def test_a_stranger_who_sends_a_replaced_token_for_another_application_ends_nothing(
    public: Program, ada: Agent
) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    second = public.by_refresh_token(first).json()["refresh_token"]
    later(seconds=61)

    assert is_dead(a_public_program(name="Another").by_refresh_token(first))

    assert public.by_refresh_token(second).status_code == 200


def test_replaced_refresh_tokens_are_no_live_ones(public: Program, ada: Agent) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    public.by_refresh_token(first)

    live = public.application.live_tokens().filter(type=REFRESH)
    assert (live.count(), Token.objects.filter(type=REFRESH).count()) == (1, 2)


def test_a_public_client_has_no_secret_to_send(public: Program, ada: Agent) -> None:
    value = public.tokens_for(ada)["refresh_token"]
    answer = public.by_refresh_token(value, client_secret="x")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_a_public_client_gets_no_token_of_its_own(public: Program) -> None:
    answer = public.for_itself()
    assert answer.json()["error"] in {"invalid_client", "unauthorized_client"}


def test_an_application_with_a_secret_has_to_send_it(program: Program, ada: Agent) -> None:
    value = program.tokens_for(ada)["refresh_token"]
    bare = Program(program.application, "")
    assert bare.by_refresh_token(value).json()["error"] == "invalid_client"


# What is cleared away


def test_grants_of_which_nothing_is_left_are_cleared(public: Program, ada: Agent) -> None:
    public.tokens_for(ada)
    later(days=91)
    Grant.objects.update(created_at=F("created_at") - timedelta(days=91))

    call_command("clear_expired", verbosity=0)

    assert not Grant.objects.exists()


def test_grants_that_live_are_not_cleared(public: Program, ada: Agent) -> None:
    first = public.tokens_for(ada)["refresh_token"]
    public.by_refresh_token(first)
    later(days=1)
    Grant.objects.update(created_at=F("created_at") - timedelta(days=1))

    call_command("clear_expired", verbosity=0)

    assert is_dead(public.by_refresh_token(first))
    assert ActivityRecord.objects.filter(action="revoke_application_tokens").exists()
