"""In which ways an application is told what the agent answered."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest

from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.partnercenter.applications.signing_in import (
    CALLBACK,
    HIDDEN,
    Program,
    a_program,
    a_public_program,
    answer_question,
    question,
    sent_to,
)
from tests.partnercenter.site import Answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db: None) -> Program:
    return a_program()


def answered(program: Program, agent: Agent, action: str = "grant", **fields: str) -> Answer:
    browser = signed_in(agent)
    return answer_question(browser, browser.get(question(program, **fields)), action)


def posted_by(page: Answer) -> tuple[str, dict[str, str]]:
    """Where the page's form leads, and what it brings along."""
    assert page.status_code == 200
    html = page.content.decode().partition("data-send-on")
    (action,) = re.findall(r'action="([^"]*)"', html[0].rpartition("<form")[2])
    form = html[2].partition("</form>")[0]
    return unescape(action), {name: unescape(value) for name, value in HIDDEN.findall(form)}


def test_form_post_brings_code_and_state_in_a_form(program: Program, ada: Agent) -> None:
    page = answered(program, ada, response_mode="form_post", state='ä & "b"')

    where, brought = posted_by(page)

    assert (where, set(brought), brought["state"]) == (CALLBACK, {"code", "state"}, 'ä & "b"')
    assert page["Cache-Control"] == "no-store"
    assert "form-action 'self' https://tools.example;" in page["Content-Security-Policy"]
    assert program.by_code(brought["code"]).status_code == 200


def test_form_post_brings_refusals_in_a_form(program: Program, ada: Agent) -> None:
    where, brought = posted_by(answered(program, ada, "cancel", response_mode="form_post"))
    assert (where, brought) == (CALLBACK, {"error": "access_denied", "state": "a-state"})


def test_form_post_brings_in_a_form_that_nobody_could_be_asked(
    program: Program, ada: Agent
) -> None:
    address = question(program, response_mode="form_post", prompt="none")
    where, brought = posted_by(signed_in(ada).get(address))
    assert (where, brought["error"]) == (CALLBACK, "interaction_required")


def test_form_post_leads_to_the_port_at_which_a_program_listens(ada: Agent) -> None:
    program = a_public_program("http://localhost")
    address = "http://localhost:54321"

    where, brought = posted_by(
        answered(program, ada, response_mode="form_post", redirect_uri=address)
    )

    assert where == address
    assert program.by_code(brought["code"], redirect_uri=address).status_code == 200


def test_a_fragment_brings_code_and_state(program: Program, ada: Agent) -> None:
    location = urlsplit(answered(program, ada, response_mode="fragment")["Location"])

    brought = dict(parse_qsl(location.fragment))

    assert (location.query, set(brought)) == ("", {"code", "state"})
    assert program.by_code(brought["code"]).status_code == 200


@pytest.mark.parametrize("mode", ["query", ""])
def test_the_query_brings_them_where_nothing_else_is_asked(
    program: Program, ada: Agent, mode: str
) -> None:
    where, brought = sent_to(answered(program, ada, response_mode=mode))
    assert (where, set(brought)) == (CALLBACK, {"code", "state"})


@pytest.mark.parametrize("mode", ["web_message", "FORM_POST", "x y"])
def test_another_mode_is_refused_with_an_error_of_oauth(
    program: Program, ada: Agent, mode: str
) -> None:
    _where, brought = sent_to(signed_in(ada).get(question(program, response_mode=mode)))
    assert (brought["error"], brought["state"]) == ("invalid_request", "a-state")
    assert "response_mode" in brought["error_description"]


def test_the_query_of_a_registered_address_stays_as_it_is(ada: Agent) -> None:
    program = a_public_program("https://tools.example/callback?tenant=1")
    page = answered(
        program,
        ada,
        response_mode="form_post",
        redirect_uri="https://tools.example/callback?tenant=1",
    )
    where, brought = posted_by(page)
    assert (where, set(brought)) == (
        "https://tools.example/callback?tenant=1",
        {"code", "state"},
    )
