"""My account: what each agent keeps for himself, and what comes before everything else."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.browsers import browser_of
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_own_password,
    create_agent,
    set_one_time_password,
    set_password,
)
from partnercenter.agents.roles import Role
from tests.conftest import SignIn, signed_in
from tests.factories import PASSWORD, AgentFactory, AuthenticatorFactory, CustomerFactory
from tests.partnercenter.site import Answer, browser, fill_in_sign_in, is_signed_in, text_of
from tests.partnercenter.test_sign_in import HOUR, change_password, moved_back

pytestmark = pytest.mark.django_db

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PREFERENCES = {"appearance": "dark", "rows_per_page": "50", "language": "ja"}


@pytest.fixture
def nora(ada: Agent) -> Agent:
    """A Sales agent with a password, for whom this file signs in."""
    return AgentFactory.create(
        username="nora@partner.example", display_name="Nora", role=Role.SALES, password=PASSWORD
    )


def stored(agent: Agent) -> Agent:
    return Agent.objects.get(pk=agent.pk)


def signed_in_by_form(**defaults: Any) -> Client:
    client = browser(**defaults)
    fill_in_sign_in(client, "nora@partner.example")
    client.handler.enforce_csrf_checks = False
    return client


# Preferences


def test_preferences_are_kept_without_a_record(nora: Agent) -> None:
    client = signed_in(nora)
    answer = client.post("/my-account/", PREFERENCES)

    assert (answer.status_code, answer["Location"]) == (302, "/my-account/")
    agent = stored(nora)
    assert (agent.appearance, agent.rows_per_page, agent.language) == ("dark", 50, "ja")
    assert not ActivityRecord.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"appearance": "pink"},
        {"appearance": ""},
        {"rows_per_page": "7"},
        {"rows_per_page": "9" * 400},
        {"rows_per_page": "fifty"},
        {"language": "xx"},
        {"language": "../en"},
    ],
)
def test_preferences_that_are_not_on_offer_are_refused(nora: Agent, wrong: dict[str, str]) -> None:
    answer = signed_in(nora).post("/my-account/", {**PREFERENCES, **wrong})

    assert answer.status_code == 422
    assert stored(nora).appearance == "system"


def test_the_appearance_stands_on_every_page(nora: Agent) -> None:
    Agent.objects.update(appearance="dark")
    assert 'data-appearance="dark"' in text_of(signed_in(nora).get("/customers/"))
    assert "data-appearance" not in text_of(Client().get("/sign-in/"))


def test_the_agent_s_language_counts_more_than_the_browser_s(nora: Agent) -> None:
    Agent.objects.update(language="ja")
    answer = signed_in(nora, headers={"Accept-Language": "en"}).get("/customers/")

    assert answer["Content-Language"] == "ja"
    assert '<html lang="ja"' in text_of(answer)


def test_without_a_choice_the_browser_s_language_counts(nora: Agent) -> None:
    answer = signed_in(nora, headers={"Accept-Language": "ja"}).get("/customers/")
    assert answer["Content-Language"] == "ja"


def test_one_agent_s_language_is_not_the_next_request_s(nora: Agent) -> None:
    Agent.objects.filter(pk=nora.pk).update(language="ja")
    signed_in(nora).get("/customers/")
    assert Client().get("/sign-in/")["Content-Language"] == "en"


def test_a_language_that_is_no_longer_on_offer_is_passed_over(nora: Agent) -> None:
    Agent.objects.update(language="tlh")
    assert signed_in(nora).get("/customers/")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("came_from", "leads_to"),
    [
        ("http://testserver/customers/?q=fabrikam", "/customers/?q=fabrikam"),
        ("https://evil.example/customers/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_the_language_menu_leads_back_to_our_own_pages_only(
    nora: Agent, came_from: str, leads_to: str
) -> None:
    client = signed_in(nora)
    answer = client.post(
        "/my-account/language/", {"language": "ja"}, headers={"Referer": came_from}
    )

    assert (answer.status_code, answer["Location"]) == (302, leads_to)
    assert stored(nora).language == "ja"


def test_a_language_that_is_not_on_offer_is_refused(nora: Agent) -> None:
    assert signed_in(nora).post("/my-account/language/", {"language": "xx"}).status_code == 400


def test_each_language_is_offered_in_its_own_words(nora: Agent) -> None:
    Agent.objects.update(language="ja")
    page = text_of(signed_in(nora).get("/customers/"))
    assert re.search('lang="en" >English</button>', page)
    assert re.search('lang="ja" aria-current="true">日本語</button>', page)


# Rows a page


def rows(answer: Answer) -> int:
    return answer.content.count(b'scope="row"')


def next_page(answer: Answer) -> str:
    found = re.search(r'href="(\?[^"]*cursor[^"]*)"[^>]*>Next', answer.content.decode())
    assert found
    return "/customers/" + unescape(found[1])


def test_lists_show_as_many_rows_as_the_agent_prefers(sign_in: SignIn, nora: Agent) -> None:
    CustomerFactory.create_batch(60)
    client = sign_in(nora)
    assert rows(client.get("/customers/")) == 25
    Agent.objects.update(rows_per_page=50)
    assert rows(client.get("/customers/")) == 50
    assert rows(client.get("/customers/?size=25")) == 25
    assert rows(client.get("/customers/?size=")) == 50


def test_the_filter_shows_the_size_that_counts(nora: Agent) -> None:
    Agent.objects.update(rows_per_page=50)
    assert '<option value="50" selected>' in text_of(signed_in(nora).get("/customers/"))


def test_the_second_page_is_the_same_for_a_colleague_with_another_preference(
    nora: Agent, ada: Agent
) -> None:
    CustomerFactory.create_batch(60)
    Agent.objects.filter(pk=nora.pk).update(rows_per_page=50)
    address = next_page(signed_in(nora).get("/customers/"))

    for agent in (nora, ada):
        assert rows(signed_in(agent).get(address)) == 10


def test_a_cursor_of_one_size_is_none_of_another(nora: Agent) -> None:
    CustomerFactory.create_batch(60)
    client = signed_in(nora)
    address = next_page(client.get("/customers/"))
    assert client.get(address.replace("size=25", "size=50")).status_code == 400


# Sessions


def test_sessions_are_listed_with_browser_and_address(nora: Agent) -> None:
    signed_in_by_form(REMOTE_ADDR="192.0.2.7", headers={"User-Agent": FIREFOX})
    client = signed_in_by_form()
    page = text_of(client.get("/my-account/"))

    assert "Firefox on Windows" in page
    assert "192.0.2.7" in page
    assert page.count('<span class="badge on">This browser</span>') == 1


def test_a_session_that_ended_is_not_listed(nora: Agent) -> None:
    elsewhere = signed_in_by_form(headers={"User-Agent": FIREFOX})
    client = signed_in_by_form()
    elsewhere.post("/sign-out/")
    assert "Firefox" not in text_of(client.get("/my-account/"))


@pytest.mark.parametrize("idle", [{"last_seen_at": 9 * HOUR}, {"created_at": 13 * HOUR}])
def test_a_session_past_its_limits_is_not_listed(nora: Agent, idle: dict[str, int]) -> None:
    signed_in_by_form(headers={"User-Agent": FIREFOX})
    moments = {name: timezone.now() - timedelta(seconds=ago) for name, ago in idle.items()}
    UserSession.objects.update(**moments)
    assert "Firefox" not in text_of(signed_in_by_form().get("/my-account/"))


def test_nobody_sees_another_s_sessions(nora: Agent, ada: Agent) -> None:
    signed_in_by_form(headers={"User-Agent": FIREFOX})
    assert "Firefox" not in text_of(signed_in(ada).get("/my-account/"))


def test_last_seen_is_kept_fresh_every_five_minutes_and_not_more_often(nora: Agent) -> None:
    client = signed_in_by_form()
    long_ago = timezone.now() - timedelta(hours=1)
    UserSession.objects.update(last_seen_at=long_ago)
    client.get("/customers/")
    assert UserSession.objects.get().last_seen_at == long_ago

    moved_back(client, seen_at=301).get("/customers/")
    assert timezone.now() - UserSession.objects.get().last_seen_at < timedelta(minutes=1)


def test_other_requests_ask_nothing_of_sessions(nora: Agent) -> None:
    client = signed_in_by_form()
    with CaptureQueriesContext(connection) as captured:
        client.get("/customers/")
    assert not [query for query in captured if "usersession" in query["sql"]]


def test_a_connection_without_an_address_can_sign_in(nora: Agent) -> None:
    client = signed_in_by_form(REMOTE_ADDR="")
    assert "::" not in text_of(client.get("/my-account/"))
    assert is_signed_in(client)


def test_signing_out_everywhere_ends_every_session_and_is_recorded(nora: Agent) -> None:
    here, elsewhere = signed_in_by_form(), signed_in_by_form()
    answer = here.post("/my-account/sign-out-everywhere/")

    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
    assert not is_signed_in(here)
    assert not is_signed_in(elsewhere)
    record = ActivityRecord.objects.get()
    assert (record.action, record.actor_id) == ("sign_out_everywhere", str(nora.pk))


def test_signing_out_everywhere_takes_a_press_on_the_button(nora: Agent) -> None:
    client = signed_in(nora)
    assert client.get("/my-account/sign-out-everywhere/").status_code == 405
    assert is_signed_in(client)


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537.36 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15_5) Safari/605.1", "Safari on macOS"),
        ("curl/8.0", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_browsers_are_named_in_plain_words(user_agent: str, words: str) -> None:
    assert browser_of(user_agent) == words


# A one-time password comes before everything else


@pytest.fixture
def one_time(nora: Agent, ada: Agent) -> str:
    return set_one_time_password(agent=nora, by=ada)


def with_one_time(nora: Agent) -> Client:
    return signed_in(stored(nora))


@pytest.mark.usefixtures("one_time")
@pytest.mark.parametrize(
    "address", ["/", "/customers/", "/my-account/", "/my-account/second-factor/"]
)
def test_a_one_time_password_opens_only_the_page_on_which_it_is_changed(
    nora: Agent, address: str
) -> None:
    assert with_one_time(nora).get(address)["Location"] == "/change-password/"


@pytest.mark.usefixtures("one_time")
def test_htmx_is_led_there_by_its_own_header(nora: Agent) -> None:
    answer = with_one_time(nora).get("/customers/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/change-password/"


@pytest.mark.usefixtures("one_time")
def test_nothing_is_changed_by_a_form_meanwhile(nora: Agent) -> None:
    with_one_time(nora).post("/my-account/", PREFERENCES)
    assert stored(nora).appearance == "system"


@pytest.mark.usefixtures("one_time")
def test_signing_out_stays_open(nora: Agent) -> None:
    client = with_one_time(nora)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert "One-time" not in text_of(client.get("/sign-in/"))


def test_after_the_change_every_page_is_open(nora: Agent, one_time: str) -> None:
    client = with_one_time(nora)
    assert "one-time password" in text_of(client.get("/change-password/"))
    assert change_password(client, old=one_time, new=PASSWORD)["Location"] == "/my-account/"

    assert client.get("/customers/").status_code == 200
    assert not stored(nora).must_change_password


def test_the_one_time_password_cannot_be_kept(nora: Agent, one_time: str) -> None:
    answer = change_password(with_one_time(nora), old=one_time, new=one_time)

    assert "This is the one-time password" in text_of(answer)
    assert stored(nora).must_change_password


def test_no_operation_lets_it_be_kept(nora: Agent, one_time: str) -> None:
    with pytest.raises(ValidationError, match="one-time"):
        change_own_password(agent=nora, current=one_time, password=one_time, by=stored(nora))


def test_a_password_by_somebody_else_is_a_one_time_password(nora: Agent, ada: Agent) -> None:
    set_password(agent=nora, password="another-long-password", by=ada)
    assert stored(nora).must_change_password


def test_a_password_typed_at_the_server_is_not(nora: Agent, one_time: str) -> None:
    set_password(agent=nora, password="another-long-password", by=System())
    assert not stored(nora).must_change_password


def test_an_account_made_at_the_server_needs_no_change(db: None) -> None:
    agent = create_agent(
        username="olle@partner.example",
        display_name="Olle",
        password=PASSWORD,
        roles=[Role.ADMIN],
        by=System(),
    )
    assert not stored(agent).must_change_password


# A demanded second factor comes next


@pytest.fixture
def _demanded(settings: Settings) -> None:
    settings.MULTI_FACTOR_REQUIRED = True


@pytest.mark.usefixtures("_demanded")
@pytest.mark.parametrize("address", ["/", "/customers/", "/agents/", "/admin/", "/my-account/"])
def test_an_admin_agent_without_a_factor_is_led_to_set_one_up(ada: Agent, address: str) -> None:
    client = signed_in(ada)
    assert client.get(address)["Location"] == "/my-account/second-factor/"
    assert "Your role needs a second factor." in text_of(client.get("/my-account/second-factor/"))


@pytest.mark.usefixtures("_demanded")
def test_recovery_codes_alone_do_not_do(ada: Agent) -> None:
    AuthenticatorFactory.create(user=ada, type="recovery_codes")
    assert signed_in(ada).get("/").status_code == 302


@pytest.mark.usefixtures("_demanded")
def test_what_the_set_up_takes_stays_open(ada: Agent) -> None:
    client = signed_in(set_password(agent=ada, password=PASSWORD, by=System()))
    for address in ("app/add", "passkeys/add"):
        answer = client.get(f"/my-account/second-factor/{address}/")
        assert answer["Location"].startswith("/confirm-password/")
    assert client.get("/confirm-password/").status_code == 200
    assert client.get("/change-password/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_with_a_factor_and_in_other_roles_nobody_is_led_anywhere(ada: Agent, nora: Agent) -> None:
    AuthenticatorFactory.create(user=ada)
    for agent in (ada, nora):
        assert signed_in(agent).get("/").status_code == 200


@pytest.mark.usefixtures("_demanded")
def test_the_password_comes_first(ada: Agent) -> None:
    erik = AgentFactory.create(role=Role.ADMIN)
    AuthenticatorFactory.create(user=erik)
    set_one_time_password(agent=ada, by=erik)
    assert signed_in(stored(ada)).get("/")["Location"] == "/change-password/"


def test_where_it_is_not_demanded_nobody_is_led_anywhere(ada: Agent) -> None:
    assert signed_in(ada).get("/").status_code == 200
