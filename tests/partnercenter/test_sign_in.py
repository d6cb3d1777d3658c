"""Signing in and out: who comes in, who stays out, and how long a session lives."""

import re
import time
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client, RequestFactory
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.addresses import client_address
from partnercenter.agents.adapter import AgentAdapter
from partnercenter.agents.demonstration import (
    ACCOUNTS,
    FORMER_ACCOUNT,
    create_demonstration_agent,
)
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_active, set_password
from partnercenter.agents.roles import Role
from tests.conftest import signed_in
from tests.factories import PASSWORD, AgentFactory
from tests.partnercenter.site import (
    Answer,
    browser,
    fill_in_sign_in,
    hidden_fields,
    is_signed_in,
    text_of,
)

pytestmark = pytest.mark.django_db

HOUR = 3600
ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "https://evil.example",
    "http:evil.example",
    "https:///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "https://localhost:x@evil.example",
]


@pytest.fixture(autouse=True)
def nora(ada: Agent) -> Agent:
    """A Sales agent with a password, for whom this file signs in."""
    return AgentFactory.create(
        username="nora@partner.example", display_name="Nora", role=Role.SALES, password=PASSWORD
    )


def sign_in_fails(
    client: Client, username: str = "nora@partner.example", *, times: int = 1
) -> Answer:
    for _ in range(times):
        response = fill_in_sign_in(client, username, "a-wrong-password")
    return response


def sentences(response: Answer) -> list[str]:
    alert = text_of(response).partition('role="alert">')[2].partition("</div>")[0]
    return re.findall("<p>(.*?)</p>", alert)


def stays_here(response: Answer) -> bool:
    """As browsers read a redirect: they pass over tabs and take a backslash for a slash."""
    location = re.sub(r"[\t\r\n]", "", response.get("Location", "/")).replace("\\", "/").strip()
    target = urlsplit(urljoin("http://testserver/sign-in/", location))
    return (target.scheme, target.netloc) == ("http", "testserver")


# Coming in


def test_an_agent_signs_in_with_name_and_password() -> None:
    client = browser()
    response = fill_in_sign_in(client, "nora@partner.example")

    assert (response.status_code, response["Location"]) == (302, "/")
    assert "Nora" in text_of(client.get("/"))


def test_after_signing_in_the_page_that_was_asked_for_is_shown() -> None:
    client = browser()
    address = client.get("/customers/?q=fabrikam&size=50")["Location"]
    assert address == "/sign-in/?next=/customers/%3Fq%3Dfabrikam%26size%3D50"

    response = fill_in_sign_in(
        client, "nora@partner.example", next_page="/customers/?q=fabrikam&size=50"
    )
    assert response["Location"] == "/customers/?q=fabrikam&size=50"


def test_the_case_and_the_spaces_of_a_name_do_not_matter() -> None:
    client = browser()
    fill_in_sign_in(client, " Nora@Partner.example ")
    assert is_signed_in(client)


def test_the_case_of_a_password_does_matter() -> None:
    client = browser()
    fill_in_sign_in(client, "nora@partner.example", PASSWORD.upper())
    assert not is_signed_in(client)


def test_the_form_needs_the_token_of_its_page() -> None:
    client = browser()
    response = client.post("/sign-in/", {"login": "nora@partner.example", "password": PASSWORD})

    assert response.status_code == 403
    assert not is_signed_in(client)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_never_leads_to_another_host(target: str) -> None:
    client = browser()
    response = fill_in_sign_in(client, "nora@partner.example", next_page=target)

    assert response.status_code == 302
    assert is_signed_in(client)
    assert stays_here(response)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_who_is_signed_in_is_never_led_to_another_host(nora: Agent, target: str) -> None:
    response = signed_in(nora).get("/sign-in/", {"next": target})

    assert response.status_code in (302, 400)
    assert stays_here(response)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_out_never_leads_to_another_host(nora: Agent, target: str) -> None:
    client = signed_in(nora)
    response = client.post("/sign-out/", {"next": target})

    assert response.status_code == 302
    assert stays_here(response)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_confirming_the_password_never_leads_to_another_host(nora: Agent, target: str) -> None:
    client = signed_in(nora)
    response = client.post("/confirm-password/", {"password": PASSWORD, "next": target})

    assert response.status_code == 302
    assert stays_here(response)


def test_the_session_has_another_id_after_signing_in() -> None:
    client = browser()
    client.session["anything"] = "of a stranger"
    before = client.cookies["sessionid"].value

    fill_in_sign_in(client, "nora@partner.example")
    after = client.cookies["sessionid"].value
    assert after != before

    with_the_old_cookie = Client()
    with_the_old_cookie.cookies["sessionid"] = before
    assert is_signed_in(client)
    assert not is_signed_in(with_the_old_cookie)


# Staying out


def test_a_wrong_password_and_an_unknown_name_are_answered_alike() -> None:
    wrong = sign_in_fails(browser(), "nora@partner.example")
    unknown = sign_in_fails(browser(), "nobody@partner.example")

    assert wrong.status_code == unknown.status_code == 200
    assert sentences(wrong) == sentences(unknown) != []


def test_a_deactivated_agent_with_a_wrong_password_is_answered_like_any_other(
    nora: Agent, ada: Agent
) -> None:
    before = sign_in_fails(browser())
    set_active(agent=nora, active=False, by=ada)
    after = sign_in_fails(browser())

    assert after.status_code == before.status_code
    assert sentences(after) == sentences(before)


def test_the_password_is_never_shown_again() -> None:
    assert "a-wrong-password" not in text_of(sign_in_fails(browser()))


@pytest.mark.parametrize("fields", [{}, {"login": ""}, {"login": "nora@partner.example"}])
def test_an_incomplete_form_is_shown_again(fields: dict[str, str]) -> None:
    response = Client().post("/sign-in/", fields)

    assert response.status_code == 200
    assert "This field is required." in text_of(response)


def test_signing_in_and_failing_to_are_no_records() -> None:
    fill_in_sign_in(browser(), "nora@partner.example")
    sign_in_fails(browser())
    assert not ActivityRecord.objects.exists()


# Failures are counted


def test_after_five_failures_the_right_password_does_not_help_for_a_while() -> None:
    client = browser()
    assert sign_in_fails(client, times=5).status_code == 200

    response = fill_in_sign_in(client, "nora@partner.example")
    assert response.status_code == 429
    assert 240 < int(response["Retry-After"]) <= 300
    assert "Try again in 5 minutes." in text_of(response)
    assert not is_signed_in(client)


@pytest.mark.parametrize("written", ["NORA@partner.example", " nora@partner.example "])
def test_the_same_name_written_otherwise_is_counted_together(written: str) -> None:
    client = browser()
    sign_in_fails(client, times=4)
    sign_in_fails(client, written)

    assert fill_in_sign_in(client, "nora@partner.example").status_code == 429
    assert fill_in_sign_in(client, written).status_code == 429


def test_failures_are_counted_for_names_that_do_not_exist_too() -> None:
    client = browser()
    sign_in_fails(client, "nobody@partner.example", times=5)
    assert sign_in_fails(client, "nobody@partner.example").status_code == 429


def test_a_stranger_cannot_lock_an_agent_out_from_elsewhere() -> None:
    sign_in_fails(browser(REMOTE_ADDR="192.0.2.66"), times=6)

    at_his_desk = browser(REMOTE_ADDR="192.0.2.7")
    assert fill_in_sign_in(at_his_desk, "nora@partner.example").status_code == 302


def test_a_colleague_at_the_same_address_can_still_sign_in(ada: Agent) -> None:
    set_password(agent=ada, password=PASSWORD, by=System())
    client = browser()
    assert sign_in_fails(client, times=6).status_code == 429

    assert fill_in_sign_in(client, "ada@partner.example").status_code == 302


def test_a_success_does_not_count_as_a_failure() -> None:
    for _ in range(7):
        assert fill_in_sign_in(browser(), "nora@partner.example").status_code == 302


def test_a_success_does_not_wipe_out_the_failures_before_it() -> None:
    client = browser()
    sign_in_fails(client, times=4)
    fill_in_sign_in(browser(), "nora@partner.example")
    sign_in_fails(client)

    assert fill_in_sign_in(client, "nora@partner.example").status_code == 429


def test_ten_failures_a_minute_close_an_address_whatever_the_names() -> None:
    client = browser(REMOTE_ADDR="192.0.2.66")
    for number in range(10):
        assert sign_in_fails(client, f"agent{number}@partner.example").status_code == 200

    response = sign_in_fails(client, "one-more@partner.example")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "5 minutes" not in text_of(response)
    elsewhere = browser(REMOTE_ADDR="192.0.2.7")
    assert fill_in_sign_in(elsewhere, "nora@partner.example").status_code == 302


# Deactivated agents


def test_a_deactivated_agent_is_told_so_and_stays_out(nora: Agent, ada: Agent) -> None:
    set_active(agent=nora, active=False, by=ada)
    client = browser()
    response = fill_in_sign_in(client, "nora@partner.example")

    assert (response.status_code, response["Location"]) == (302, "/inactive/")
    assert "Ask an Admin agent" in text_of(client.get("/inactive/"))
    assert not is_signed_in(client)


def test_a_deactivated_agent_is_out_at_the_next_request(nora: Agent, ada: Agent) -> None:
    client = signed_in(nora)
    assert client.get("/customers/").status_code == 200

    set_active(agent=nora, active=False, by=ada)
    assert client.get("/customers/")["Location"] == "/sign-in/?next=/customers/"


@pytest.mark.parametrize("used_meanwhile", [True, False])
def test_an_old_cookie_stays_dead_after_reactivation(
    nora: Agent, ada: Agent, used_meanwhile: bool
) -> None:
    client = signed_in(nora)
    cookie = client.cookies["sessionid"].value
    set_active(agent=nora, active=False, by=ada)
    if used_meanwhile:
        client.get("/")
    set_active(agent=nora, active=True, by=ada)

    client.cookies["sessionid"] = cookie
    assert not is_signed_in(client)
    fill_in_sign_in(client, "nora@partner.example")
    assert is_signed_in(client)


# Passwords


def change_password(client: Client, *, old: str = PASSWORD, new: str) -> Answer:
    return client.post(
        "/change-password/", {"oldpassword": old, "password1": new, "password2": new}
    )


def test_an_agents_own_change_of_password_is_recorded(nora: Agent) -> None:
    change_password(signed_in(nora), new="another-long-password")

    record = ActivityRecord.objects.get()
    assert record.action == "set_partner_user_password"
    assert record.resource_id == record.actor_id == str(nora.pk)
    assert record.channel == "dashboard"
    assert Agent.objects.get(pk=nora.pk).check_password("another-long-password")


def test_a_change_of_password_keeps_this_session_and_ends_the_others(nora: Agent) -> None:
    here, elsewhere = signed_in(nora), signed_in(nora)
    assert change_password(here, new="another-long-password").status_code == 302

    assert is_signed_in(here)
    assert not is_signed_in(elsewhere)


def test_a_password_that_an_admin_agent_sets_ends_every_session(nora: Agent, ada: Agent) -> None:
    client = signed_in(nora)
    set_password(agent=nora, password="another-long-password", by=ada)
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("old", "new"),
    [("not-the-old-one", "another-long-password"), (PASSWORD, "short"), (PASSWORD, "nora@partner")],
)
def test_a_change_of_password_that_is_refused_changes_nothing(
    nora: Agent, old: str, new: str
) -> None:
    response = change_password(signed_in(nora), old=old, new=new)

    assert response.status_code == 200
    assert Agent.objects.get(pk=nora.pk).check_password(PASSWORD)
    assert not ActivityRecord.objects.exists()


# How long a session lives


def moved_back(client: Client, **seconds: float) -> Client:
    """The same session, as if what these names count from had been so many seconds ago."""
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(time.time() - ago)
    session.save()
    return client


@pytest.mark.parametrize("clock", ["signed_in_at", "seen_at"])
def test_a_session_that_began_in_the_future_is_over(nora: Agent, clock: str) -> None:
    assert not is_signed_in(moved_back(signed_in(nora), **{clock: -HOUR}))
    assert is_signed_in(moved_back(signed_in(nora), **{clock: -60}))  # another host's clock


def test_a_session_ends_after_eight_idle_hours(nora: Agent) -> None:
    client = moved_back(signed_in(nora), seen_at=8 * HOUR + 5)
    assert client.get("/customers/")["Location"] == "/sign-in/?next=/customers/"


def test_a_session_lives_until_eight_idle_hours_and_then_counts_anew(nora: Agent) -> None:
    client = moved_back(signed_in(nora), seen_at=8 * HOUR - 60)
    assert is_signed_in(client)
    assert client.session["seen_at"] >= time.time() - 60


def test_a_session_ends_after_twelve_hours_however_busy(nora: Agent) -> None:
    client = moved_back(signed_in(nora), signed_in_at=12 * HOUR + 5, seen_at=0)
    assert not is_signed_in(client)


def test_a_session_lives_until_twelve_hours(nora: Agent) -> None:
    client = moved_back(signed_in(nora), signed_in_at=12 * HOUR - 60, seen_at=0)
    assert is_signed_in(client)


def test_both_limits_are_settings(nora: Agent, settings: Settings) -> None:
    settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS = HOUR, 2 * HOUR

    assert is_signed_in(moved_back(signed_in(nora), seen_at=HOUR - 60))
    assert not is_signed_in(moved_back(signed_in(nora), seen_at=HOUR + 5))
    assert not is_signed_in(moved_back(signed_in(nora), signed_in_at=2 * HOUR + 5, seen_at=0))


def test_a_session_without_a_clock_is_over(nora: Agent) -> None:
    client = signed_in(nora)
    session = client.session
    del session["signed_in_at"], session["seen_at"]
    session.save()
    assert not is_signed_in(client)


def test_a_session_that_ended_is_gone_and_not_only_passed_over(nora: Agent) -> None:
    client = signed_in(nora)
    cookie = client.cookies["sessionid"].value
    moved_back(client, seen_at=9 * HOUR).get("/")

    again = Client()
    again.cookies["sessionid"] = cookie
    assert "_auth_user_id" not in again.session


# Signing out


def test_signing_out_takes_a_press_on_the_button(nora: Agent) -> None:
    client = signed_in(nora)
    assert "You are about to sign out" in text_of(client.get("/sign-out/"))
    assert is_signed_in(client)

    client.post("/sign-out/")
    assert not is_signed_in(client)


def test_a_cookie_is_dead_after_signing_out(nora: Agent) -> None:
    client = signed_in(nora)
    cookie = client.cookies["sessionid"].value
    client.post("/sign-out/")

    client.cookies["sessionid"] = cookie
    assert not is_signed_in(client)


def test_signing_out_twice_is_no_error(nora: Agent) -> None:
    client = signed_in(nora)
    assert [client.post("/sign-out/").status_code for _ in range(2)] == [302, 302]


# The agents of the demonstration mode


@pytest.fixture
def actor(db: None) -> Agent:
    return create_demonstration_agent(ACCOUNTS[0])


def test_a_demonstration_agent_is_nobody_outside_that_mode(actor: Agent) -> None:
    response = fill_in_sign_in(browser(), actor.username, ACCOUNTS[0].password)

    assert response.status_code == 200
    assert sentences(response) == sentences(sign_in_fails(browser()))


def test_a_demonstration_agents_cookie_is_dead_outside_that_mode(actor: Agent) -> None:
    assert not is_signed_in(signed_in(actor))


def test_the_sign_in_page_names_no_demonstration_agents_outside_that_mode(actor: Agent) -> None:
    page = text_of(Client().get("/sign-in/"))

    assert "Demonstration" not in page
    assert all(account.username not in page for account in ACCOUNTS)
    assert all(account.password not in page for account in ACCOUNTS)


def test_in_demonstration_mode_the_button_beside_an_account_signs_in(
    actor: Agent, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    client = browser()
    page = client.get("/sign-in/?next=/customers/")
    assert "Sign in as Admin agent" in text_of(page)

    response = client.post("/sign-in/", hidden_fields(page, "/sign-in/", last=True))
    assert response["Location"] == "/customers/"
    assert is_signed_in(client)
    settings.DEMONSTRATION = False
    assert not is_signed_in(client)


# Which address counts


def address_of(forwarded: str | None, *, direct: str = "192.0.2.1") -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=direct))


@pytest.mark.parametrize("forwarded", [None, "203.0.113.9", "203.0.113.9, 198.51.100.2"])
def test_without_proxies_the_header_counts_for_nothing(forwarded: str | None) -> None:
    assert address_of(forwarded) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.0.0.1, 198.51.100.2,203.0.113.9", "203.0.113.9"),
        (2, "10.0.0.1, 203.0.113.9, 198.51.100.2", "203.0.113.9"),
        (1, "2001:DB8:0::9", "2001:db8::9"),
    ],
)
def test_behind_proxies_the_entry_that_the_outermost_wrote_counts(
    settings: Settings, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    assert address_of(forwarded) == address


@pytest.mark.parametrize(
    "forwarded", [None, "", "unknown", "203.0.113.9, ", "<script>", "1" * 9999]
)
def test_garbage_falls_back_to_the_connections_own_address(
    settings: Settings, forwarded: str | None
) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    assert address_of(forwarded) == "192.0.2.1"


def test_a_header_that_is_too_short_falls_back_to_the_connections_own_address(
    settings: Settings,
) -> None:
    settings.TRUSTED_PROXY_COUNT = 2
    assert address_of("203.0.113.9") == "192.0.2.1"


def test_a_connection_without_an_address_has_none() -> None:
    assert address_of(None, direct="") == ""


def test_inventing_addresses_does_not_help_against_the_limit(settings: Settings) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    answers = [
        sign_in_fails(browser(headers={"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.2"}))
        for number in range(6)
    ]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_ipv4_on_a_socket_for_both_kinds_is_ipv4() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR="::ffff:192.0.2.1")
    assert client_address(request) == "192.0.2.1"


def test_a_deactivated_demonstration_agent_is_nobody_outside_that_mode(ada: Agent) -> None:
    former = create_demonstration_agent(FORMER_ACCOUNT)
    set_active(agent=former, active=False, by=ada)
    response = fill_in_sign_in(browser(), former.username, FORMER_ACCOUNT.password)
    assert response.status_code == 200


def test_the_limit_is_the_same_for_programs_that_ask_for_json(ada: Agent) -> None:
    client = Client(headers={"Accept": "application/json"})
    for _ in range(6):
        answer = client.post("/sign-in/", {"login": "nobody@partner.example", "password": "x"})
    assert (answer.status_code, "Retry-After" in answer) == (429, True)


def test_the_admins_own_sign_in_leads_an_admin_agent_to_the_admin(ada: Agent) -> None:
    answer = signed_in(ada).get("/admin/login/?next=/admin/")
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")


def test_attempts_that_have_not_failed_do_not_count(ada: Agent) -> None:
    """Many at the same moment: all are let through to the password before any has succeeded."""
    for _ in range(20):
        request = RequestFactory().post("/sign-in/", REMOTE_ADDR="192.0.2.1")
        AgentAdapter(request).pre_authenticate(request, username=ada.username)
