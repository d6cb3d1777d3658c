"""Second factors: set up, asked for, limited, removed; recorded, and kept encrypted."""

import re
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import transaction
from django.test import Client
from pytest_django import Settings

from activitylog.models import ActivityRecord
from partnercenter.agents.models import Agent
from partnercenter.agents.multi_factor import SecondFactorAdapter
from partnercenter.agents.operations import change_second_factors, set_active
from partnercenter.agents.roles import Role
from partnercenter.operations import Refused
from tests.conftest import signed_in
from tests.factories import PASSWORD, AgentFactory, AuthenticatorFactory
from tests.partnercenter.site import Answer, browser, fill_in_sign_in, is_signed_in, text_of

pytestmark = pytest.mark.django_db

MINE = "/my-account/second-factor/"
SECOND_STEP = "/sign-in/second-step/"
PASSKEY = "/sign-in/passkey/"
GARBAGE = ["", "x", "null", "[]", "{}", '"x"', "1", '{"response": null}', '{"id": 1}', "[" * 3000,
           '{"response": {"userHandle": 7}}', '{"id": "AA", "rawId": "AA", "type": "public-key", '
           '"response": {"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", '
           '"userHandle": "AA"}}']  # fmt: skip


@pytest.fixture
def nora(ada: Agent) -> Agent:
    return AgentFactory.create(
        username="nora@partner.example", display_name="Nora", role=Role.ADMIN, password=PASSWORD
    )


@pytest.fixture
def client(nora: Agent) -> Client:
    """Nora's, who confirmed her password a moment ago."""
    client = signed_in(nora)
    client.post("/confirm-password/", {"password": PASSWORD})
    return client


def code_of(secret: str, *, periods_ahead: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods_ahead))


def set_up_app(client: Client) -> str:
    """Sets the app up as a person does, and returns its secret."""
    page = client.get(f"{MINE}app/add/").content.decode()
    found = re.search(r'id="secret">([A-Z2-7]+)<', page)
    assert found
    answer = client.post(f"{MINE}app/add/", {"code": code_of(found[1])})
    assert answer["Location"] == f"{MINE}codes/"
    return found[1]


def after_the_password() -> Client:
    client = browser()
    assert fill_in_sign_in(client, "nora@partner.example")["Location"] == SECOND_STEP
    client.handler.enforce_csrf_checks = False
    return client


def actions() -> list[str]:
    return list(ActivityRecord.objects.order_by("number").values_list("action", flat=True))


def shown_codes(answer: Answer) -> list[str]:
    return re.findall(r"<li>(\d{8})</li>", answer.content.decode())


# Setting up


def test_setting_up_an_app_is_recorded_without_its_secret(client: Client, nora: Agent) -> None:
    secret = set_up_app(client)

    assert actions() == ["add_second_factor", "generate_recovery_codes"]
    record = ActivityRecord.objects.get(action="add_second_factor")
    assert (record.old, record.new) == ({"second_factors": []}, {"second_factors": ["totp"]})
    assert record.resource_id == record.actor_id == str(nora.pk)
    assert all(secret not in str(record.facts()) for record in ActivityRecord.objects.all())


def test_a_wrong_code_sets_nothing_up(client: Client, nora: Agent) -> None:
    client.get(f"{MINE}app/add/")
    answer = client.post(f"{MINE}app/add/", {"code": "000000"})

    assert answer.status_code == 422
    assert "This was not accepted." in text_of(answer)
    assert nora.second_factors == []
    assert actions() == []


def test_the_password_is_asked_for_first(nora: Agent) -> None:
    for path in ("app/add/", "passkeys/add/"):
        answer = signed_in(nora).get(f"{MINE}{path}")
        assert (
            answer["Location"]
            == f"/confirm-password/?next={MINE.replace('/', '%2F')}{path.replace('/', '%2F')}"
        )


def test_the_secret_is_stored_encrypted(client: Client) -> None:
    secret = set_up_app(client)
    kept = Authenticator.objects.get(type="totp").data["secret"]

    assert secret not in kept
    assert SecondFactorAdapter().decrypt(kept) == secret


def test_recovery_codes_are_shown_once(client: Client) -> None:
    set_up_app(client)
    assert len(shown_codes(client.get(f"{MINE}codes/"))) == 10
    assert shown_codes(client.get(f"{MINE}codes/")) == []
    assert client.get(f"{MINE}codes/download/").status_code == 403


def test_new_recovery_codes_replace_the_old_ones_and_are_recorded(client: Client) -> None:
    set_up_app(client)
    old = shown_codes(client.get(f"{MINE}codes/"))
    assert client.post(f"{MINE}codes/generate/")["Location"] == f"{MINE}codes/"
    new = shown_codes(client.get(f"{MINE}codes/"))

    assert len(new) == 10
    assert not set(old) & set(new)
    assert actions().count("generate_recovery_codes") == 2
    facts = "".join(str(record.facts()) for record in ActivityRecord.objects.all())
    assert all(code not in facts for code in [*old, *new])


def test_recovery_codes_without_a_factor_are_refused(client: Client) -> None:
    assert client.post(f"{MINE}codes/generate/").status_code == 422
    assert actions() == []


# Keys


def test_an_earlier_secret_key_still_opens(settings: Settings) -> None:
    kept = SecondFactorAdapter().encrypt("the secret")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "x" * 40
    assert SecondFactorAdapter().decrypt(kept) == "the secret"


def test_under_another_secret_key_no_code_fits_and_nothing_breaks(
    client: Client, settings: Settings
) -> None:
    secret = set_up_app(client)
    settings.SECRET_KEY = "another-key-" + "x" * 40
    stranger = after_the_password()
    answer = stranger.post(SECOND_STEP, {"code": code_of(secret, periods_ahead=1)})
    assert answer.status_code == 422


# Signing in


def test_with_an_app_the_password_alone_does_not_let_in(client: Client) -> None:
    set_up_app(client)
    stranger = after_the_password()
    assert not is_signed_in(stranger)
    assert "Second step" in text_of(stranger.get(SECOND_STEP))


def test_the_code_of_the_app_lets_in_and_starts_the_clock(client: Client) -> None:
    secret = set_up_app(client)
    hers = after_the_password()
    answer = hers.post(SECOND_STEP, {"code": code_of(secret, periods_ahead=1)})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert is_signed_in(hers)
    assert hers.session["signed_in_at"] >= time.time() - 60


def test_a_recovery_code_lets_in_once(client: Client) -> None:
    set_up_app(client)
    code = shown_codes(client.get(f"{MINE}codes/"))[0]

    assert after_the_password().post(SECOND_STEP, {"code": code}).status_code == 302
    assert after_the_password().post(SECOND_STEP, {"code": code}).status_code == 422


def test_after_five_wrong_codes_the_right_one_does_not_help_for_a_while(client: Client) -> None:
    secret = set_up_app(client)
    stranger = after_the_password()
    for _ in range(5):
        assert stranger.post(SECOND_STEP, {"code": "000000"}).status_code == 422

    answer = stranger.post(SECOND_STEP, {"code": code_of(secret, periods_ahead=1)})
    assert answer.status_code == 429
    assert 240 < int(answer["Retry-After"]) <= 300
    assert "Try again in 5 minutes." in text_of(answer)
    assert not is_signed_in(stranger)


def test_wrong_codes_are_limited_while_setting_up_too(client: Client) -> None:
    client.get(f"{MINE}app/add/")
    answers = [client.post(f"{MINE}app/add/", {"code": "000000"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Retry-After" in answers[-1]


def test_who_was_deactivated_between_the_steps_stays_out(
    client: Client, nora: Agent, ada: Agent
) -> None:
    secret = set_up_app(client)
    hers = after_the_password()
    set_active(agent=nora, active=False, by=ada)
    hers.post(SECOND_STEP, {"code": code_of(secret, periods_ahead=1)})
    assert not is_signed_in(hers)


def test_the_second_step_without_the_first_leads_to_sign_in() -> None:
    for answer in (Client().get(SECOND_STEP), Client().post(SECOND_STEP, {"code": "000000"})):
        assert answer["Location"] == "/sign-in/"


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"code": "x" * 9999}, {"code": "١٢٣٤٥٦"}])
def test_a_code_that_is_none_is_refused(client: Client, fields: dict[str, str]) -> None:
    set_up_app(client)
    assert after_the_password().post(SECOND_STEP, fields).status_code == 422


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_for_a_passkey_is_refused_everywhere(client: Client, garbage: str) -> None:
    set_up_app(client)
    posted = {"credential": garbage, "name": "x"}
    assert client.post(f"{MINE}passkeys/add/", posted).status_code == 422
    assert after_the_password().post(SECOND_STEP, posted).status_code == 422

    stranger = Client()
    challenge = stranger.get(PASSKEY, headers={"Accept": "application/json"})
    assert "challenge" in challenge.json()["request_options"]["publicKey"]
    assert stranger.post(PASSKEY, posted)["Location"] == "/sign-in/"
    assert "This passkey was not accepted." in text_of(stranger.get("/sign-in/"))


def test_the_challenge_is_for_scripts_and_people_are_led_to_sign_in() -> None:
    assert Client().get(PASSKEY)["Location"] == "/sign-in/"


# Removing


def test_removing_the_last_factor_takes_the_codes_along_and_is_recorded(
    client: Client, nora: Agent
) -> None:
    set_up_app(client)
    answer = client.post(f"{MINE}app/remove/")

    assert (answer.status_code, answer["Location"]) == (302, MINE)
    assert not nora.authenticator_set.exists()
    record = ActivityRecord.objects.latest("number")
    assert record.action == "remove_second_factor"
    assert (record.old, record.new) == ({"second_factors": ["totp"]}, {"second_factors": []})


def test_the_last_factor_stays_while_one_is_demanded(
    client: Client, nora: Agent, settings: Settings
) -> None:
    set_up_app(client)
    settings.MULTI_FACTOR_REQUIRED = True
    before = actions()
    answer = client.post(f"{MINE}app/remove/")

    assert answer.status_code == 422
    assert "this is your last one" in text_of(answer)
    assert nora.second_factors == ["totp"]
    assert actions() == before


def test_the_last_passkey_stays_while_one_is_demanded(
    client: Client, nora: Agent, settings: Settings
) -> None:
    settings.MULTI_FACTOR_REQUIRED = True
    passkey = AuthenticatorFactory.create(user=nora, type="webauthn")
    answer = client.post(f"{MINE}passkeys/{passkey.pk}/remove/")
    assert answer.status_code == 422
    assert nora.second_factors == ["webauthn"]


def test_one_of_two_factors_can_be_removed_while_one_is_demanded(
    client: Client, nora: Agent, settings: Settings
) -> None:
    settings.MULTI_FACTOR_REQUIRED = True
    first, _second = AuthenticatorFactory.create_batch(2, user=nora, type="webauthn")
    assert client.post(f"{MINE}passkeys/{first.pk}/remove/")["Location"] == MINE
    assert nora.second_factors == ["webauthn"]


def test_a_passkey_is_renamed(client: Client, nora: Agent) -> None:
    passkey = AuthenticatorFactory.create(user=nora, type="webauthn")
    client.post(f"{MINE}passkeys/{passkey.pk}/rename/", {"name": "Laptop"})
    assert "Laptop" in text_of(client.get(MINE))
    answer = client.post(f"{MINE}passkeys/{passkey.pk}/rename/", {"name": "x" * 61})
    assert answer.status_code == 422


@pytest.mark.parametrize("act", ["remove", "rename"])
def test_nobody_touches_another_s_passkey(client: Client, ada: Agent, act: str) -> None:
    passkey = AuthenticatorFactory.create(user=ada, type="webauthn")
    address = f"{MINE}passkeys/{passkey.pk}/{act}/"
    assert client.post(address, {"name": "Mine"}).status_code == 404
    assert client.post(address.replace(str(passkey.pk), "9" * 30)).status_code == 404
    assert ada.second_factors == ["webauthn"]


def test_a_change_that_fails_leaves_no_record_and_no_factor(nora: Agent) -> None:
    def change() -> None:
        AuthenticatorFactory.create(user=nora)
        raise Refused("On second thoughts.", code="test")

    with pytest.raises(Refused), transaction.atomic():
        change_second_factors(agent=nora, change=change, by=nora)
    assert nora.second_factors == []
    assert actions() == []


def fields_of(record: ActivityRecord) -> dict[str, Any]:
    return {"old": record.old, "new": record.new}


def test_a_passkey_beside_an_app_is_recorded_by_its_kind(nora: Agent) -> None:
    AuthenticatorFactory.create(user=nora)
    change_second_factors(
        agent=nora,
        change=lambda: AuthenticatorFactory.create(user=nora, type="webauthn"),
        by=nora,
    )
    assert fields_of(ActivityRecord.objects.get()) == {
        "old": {"second_factors": ["totp"]},
        "new": {"second_factors": ["totp", "webauthn"]},
    }
