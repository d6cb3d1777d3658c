"""The page on which an agent lets an application act for him: who sees it and where it leads."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import (
    revoke_tokens,
    set_application_active,
    update_application,
)
from tests.conftest import signed_in
from tests.factories import PASSWORD, AgentFactory
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import (
    AUTHORIZE,
    CALLBACK,
    Program,
    a_program,
    answer_question,
    challenge,
    fields_of,
    question,
    sent_to,
)
from tests.partnercenter.site import Answer, browser, fill_in_sign_in, sentence_of

pytestmark = pytest.mark.django_db

NOBODY_KNOWN = "Nobody knows the application that sent you here"


@pytest.fixture
def program(db: None) -> Program:
    return a_program()


def asked(agent: Agent, address: str) -> Answer:
    return signed_in(agent).get(address)


def with_redirects(program: Program, *addresses: str) -> Program:
    update_application(
        application=program.application,
        name=program.application.name,
        roles=[],
        redirect_uris=addresses,
        by=System(),
    )
    return program


# Who is asked


def test_a_stranger_signs_in_and_comes_back_to_the_question(program: Program) -> None:
    AgentFactory.create(username="ada@partner.example", password=PASSWORD, role=Role.ADMIN)
    client, address = browser(), question(program)

    assert client.get(address)["Location"].startswith("/sign-in/?next=/contoso.example/oauth2/")
    answer = fill_in_sign_in(client, "ada@partner.example", next_page=address)

    assert answer["Location"] == address
    assert "Contoso Tools" in client.get(address).content.decode()


def test_an_answer_after_the_session_has_ended_leads_back_to_the_question(
    program: Program, ada: Agent
) -> None:
    client, address = signed_in(ada), question(program)
    page = client.get(address)
    client.logout()

    answer = answer_question(client, page)
    assert parse_qs(urlsplit(answer["Location"]).query)["next"] == [address]


@pytest.mark.parametrize("role", [*Role, None])
def test_agents_of_every_role_and_of_none_may_allow_it(program: Program, role: Role | None) -> None:
    client = signed_in(AgentFactory.create(role=role))
    _where, brought = sent_to(answer_question(client, client.get(question(program))))
    assert set(brought) == {"code", "state"}


def test_a_one_time_password_is_changed_first(program: Program) -> None:
    newcomer = AgentFactory.create(must_change_password=True)
    assert asked(newcomer, question(program))["Location"] == "/change-password/"


def test_a_demanded_second_factor_is_set_up_first(
    program: Program, ada: Agent, settings: Settings
) -> None:
    settings.MULTI_FACTOR_REQUIRED = True
    assert asked(ada, question(program)).status_code == 302
    assert signed_in(ada).post(AUTHORIZE, {"action": "grant"}).status_code == 302


# Where the answer leads


def test_allowing_leads_back_with_a_code_and_the_state(program: Program, ada: Agent) -> None:
    client = signed_in(ada)
    answer = answer_question(client, client.get(question(program, state="ä & b")))

    where, brought = sent_to(answer)
    assert (where, brought["state"]) == (CALLBACK, "ä & b")
    tokens = program.by_code(brought["code"]).json()
    assert Caller(tokens["access_token"]).get("/v1/customers").status == 200


def test_cancelling_leads_back_without_a_code(program: Program, ada: Agent) -> None:
    client = signed_in(ada)
    answer = answer_question(client, client.get(question(program)), "cancel")

    where, brought = sent_to(answer)
    assert (where, brought) == (CALLBACK, {"error": "access_denied", "state": "a-state"})
    assert not ActivityRecord.objects.filter(action="authorize_application").exists()


def test_allowing_is_recorded_with_the_application_and_the_agent(
    program: Program, ada: Agent
) -> None:
    client = signed_in(ada)
    answer_question(client, client.get(question(program)))

    record = ActivityRecord.objects.latest("number")
    assert record.resource_id == str(program.application.pk)
    assert (record.actor_id, record.new) == (str(ada.pk), {"user_principal_name": ada.username})


def test_without_its_record_there_is_no_code(
    program: Program, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(ada)
    page = client.get(question(program))

    def full(*_args: object, **_details: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("partnercenter.applications.operations.record", full)
    assert answer_question(client, page).status_code == 500
    assert not program.application.live_tokens().exists()


def test_the_policy_of_this_page_alone_lets_its_form_lead_to_the_application(
    program: Program, ada: Agent
) -> None:
    client = signed_in(ada)
    policy = policy_of(client.get(question(program)))
    usual = policy_of(client.get("/my-account/"))

    assert policy.pop("form-action") == {"'self'", "https://tools.example"}
    assert usual.pop("form-action") == {"'self'"}
    assert policy == usual
    assert policy_of(client.get("/my-account/"))["form-action"] == {"'self'"}


def policy_of(answer: Answer) -> dict[str, set[str]]:
    directives = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: set(values) for name, *values in directives}


def test_the_page_of_an_application_without_a_registered_address_keeps_the_usual_policy(
    program: Program, ada: Agent
) -> None:
    answer = asked(ada, question(program, redirect_uri="https://evil.example/"))
    assert policy_of(answer)["form-action"] == {"'self'"}


# What is no question


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/callback",
        "https://tools.example/",
        "https://tools.example/callback/",
        "https://tools.example/callback/../x",
        "https://tools.example/callback?x=1",
        "https://tools.example/callback#x",
        "https://tools.example:444/callback",
        "https://tools.example.evil.example/callback",
        "https://evil@tools.example/callback",
        "https://tools.example\\@evil.example/callback",
        "https://tools.example/%63allback",
        "HTTPS://tools.example/callback",
        "http://tools.example/callback",
        "https://tools.example/callback\t",
        "https://tools.example/callback\r\nSet-Cookie:x=1",
        " https://tools.example/callback",
        "//tools.example/callback",
        "javascript:alert(1)",
        "https://[",
        "https://tools.example:x/callback",
        "",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered_to_the_letter(
    program: Program, ada: Agent, address: str
) -> None:
    for action in ("", "none"):
        answer = asked(ada, question(program, redirect_uri=address, prompt=action))
        assert answer.status_code == 400
        assert sentence_of(answer).startswith(NOBODY_KNOWN)


@pytest.mark.parametrize(
    ("registered", "address", "status"),
    [
        ("http://127.0.0.1/", "http://127.0.0.1:43210/", 200),
        ("http://127.0.0.1:1/x", "http://127.0.0.1/x", 200),
        ("http://[::1]/", "http://[::1]:43210/", 200),
        ("http://127.0.0.1/", "http://127.0.0.1:43210/x", 400),
        ("http://127.0.0.1/", "http://127.0.0.1:43210/?x", 400),
        ("http://127.0.0.1/", "http://127.0.0.1:43210/#x", 400),
        ("http://127.0.0.1/", "http://evil@127.0.0.1:43210/", 400),
        ("http://127.0.0.1/", "http://127.0.0.1:43210\t/", 400),
        ("http://127.0.0.1/", "http://127.0.0.1:99999/", 400),
        ("http://127.0.0.1/", "https://127.0.0.1:43210/", 400),
        ("http://localhost", "http://localhost:43210", 200),
        ("http://localhost", "http://localhost:43210/", 200),
        ("http://localhost", "http://127.0.0.1:43210", 400),
        ("http://localhost", "http://localhost.evil.example:43210", 400),
        ("https://127.0.0.1/", "https://127.0.0.1:43210/", 400),
    ],
)
def test_a_program_on_the_agents_machine_listens_at_whatever_port_is_free(
    program: Program, ada: Agent, registered: str, address: str, status: int
) -> None:
    with_redirects(program, registered)
    assert asked(ada, question(program, redirect_uri=address)).status_code == status


@pytest.mark.parametrize("client_id", ["", "x", "11111111-2222-3333-4444-555555555555", "x" * 200])
def test_an_unknown_application_asks_nothing(program: Program, ada: Agent, client_id: str) -> None:
    answer = asked(ada, question(program, client_id=client_id))
    assert (answer.status_code, NOBODY_KNOWN in sentence_of(answer)) == (400, True)


@pytest.mark.parametrize(
    "fields",
    [
        {"code_challenge": ""},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
    ],
)
def test_an_application_has_to_ask_with_pkce(
    program: Program, ada: Agent, fields: dict[str, str]
) -> None:
    where, brought = sent_to(asked(ada, question(program, **fields)))
    assert (where, brought["error"], brought["state"]) == (CALLBACK, "invalid_request", "a-state")
    assert "PKCE" in brought["error_description"]


@pytest.mark.parametrize("kind", ["token", "id_token", "code token", "x", ""])
def test_only_codes_are_given(program: Program, ada: Agent, kind: str) -> None:
    where, brought = sent_to(asked(ada, question(program, response_type=kind, state="s")))

    assert where == CALLBACK
    assert brought["state"] == "s"
    assert "error" in brought


def test_nobody_is_let_through_unasked_even_after_allowing_it_before(
    program: Program, ada: Agent
) -> None:
    program.tokens_for(ada)
    where, brought = sent_to(asked(ada, question(program, prompt="none")))
    assert (where, brought) == (CALLBACK, {"error": "interaction_required", "state": "a-state"})


def test_an_application_may_ask_that_the_agent_confirms_his_password(
    program: Program, ada: Agent
) -> None:
    answer = asked(ada, question(program, prompt="login"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/confirm-password/?next=%2Fcontoso.example%2Foauth2%2F")


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "https://api.partnercenter.microsoft.com/user_impersonation offline_access"},
        {"scope": "https://graph.microsoft.com/User.Read openid profile"},
        {"scope": "\ufffd"},
        {"scope": ""},
        {"prompt": "select_account"},
        {"prompt": "consent x"},
        {"claims": "{"},
        {"claims": "[" * 1000},
        {"nonce": "x" * 2000},
        {"max_age": "x"},
        {"response_mode": "form_post"},
        {"request": "x"},
        {"request_uri": "https://evil.example/"},
        {"login_hint": "sam@partner.example"},
        {"code_challenge": "x" * 2000},
    ],
)
def test_whatever_else_libraries_send_along_is_borne(
    program: Program, ada: Agent, fields: dict[str, str]
) -> None:
    assert asked(ada, question(program, **fields)).status_code in (200, 302)


# Forged and stale answers


def test_an_answer_without_the_forms_token_is_refused(program: Program, ada: Agent) -> None:
    client = browser()
    client.force_login(ada)
    fields = fields_of(client.get(question(program)))
    fields.pop("csrfmiddlewaretoken")

    answer = client.post(AUTHORIZE, {**fields, "action": "grant"})

    assert answer.status_code == 403
    assert not program.application.live_tokens().exists()


@pytest.mark.parametrize("value", ["", "x", "x:y", "\ufffd", "x" * 10_000])
def test_an_answer_to_a_question_that_was_not_asked_is_refused(ada: Agent, value: str) -> None:
    answer = signed_in(ada).post(AUTHORIZE, {"request": value, "action": "grant", "scopes": "x"})
    assert answer.status_code == 400


def test_an_answer_after_the_application_was_deactivated_is_refused(
    program: Program, ada: Agent
) -> None:
    client = signed_in(ada)
    page = client.get(question(program))
    set_application_active(application=program.application, active=False, by=System())

    assert answer_question(client, page).status_code == 400
    assert answer_question(client, page, "cancel").status_code == 400
    assert client.get(question(program)).status_code == 400


def test_an_answer_after_the_address_was_taken_off_leads_nowhere(
    program: Program, ada: Agent
) -> None:
    client = signed_in(ada)
    page = client.get(question(program))
    with_redirects(program, "https://elsewhere.example/")

    assert answer_question(client, page).status_code == 400
    assert answer_question(client, page, "cancel").status_code == 400


def test_a_code_dies_with_the_tokens_of_its_application(program: Program, ada: Agent) -> None:
    client = signed_in(ada)
    _where, brought = sent_to(answer_question(client, client.get(question(program))))
    revoke_tokens(application=program.application, by=System())

    assert program.by_code(brought["code"]).json()["error"] == "invalid_grant"


def test_the_scopes_of_the_form_cannot_be_widened(program: Program, ada: Agent) -> None:
    client = signed_in(ada)
    fields = fields_of(client.get(question(program)))
    answer = client.post(AUTHORIZE, {**fields, "scopes": "email", "action": "grant"})
    assert answer.status_code in (302, 400)
    assert "code" not in answer.headers.get("Location", "").partition("?")[2]


def test_strangers_learn_nothing_of_applications(program: Program) -> None:
    known = Client().get(question(program))
    unknown = Client().get(question(program, client_id="x"))
    assert (known.status_code, unknown.status_code) == (302, 302)


def test_the_challenge_of_these_tests_is_the_one_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
