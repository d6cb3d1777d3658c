"""The customer's door: links, sessions of their own, and agents who are strangers here."""

import time

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import CustomerUser, SignInLink
from customers.operations.customers import remove_reseller_relationship
from customers.operations.users import remove_customer_user
from customers.portal.sessions import COOKIE, PortalSession, start
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.acts import actions, the_record
from tests.customers.pages import error, read, words
from tests.customers.portal import HOME, SIGN_IN, portal_browser, sent_link
from tests.factories import CustomerUserFactory
from tests.partnercenter.hostile import HOSTILE
from tests.partnercenter.site import Answer, browser, hidden_fields, is_signed_in

pytestmark = pytest.mark.usefixtures("sound_log", "mail_is_set_up")

HOUR = 3600


@pytest.fixture
def token(nils: CustomerUser) -> str:
    """Of a link that waits for Nils."""
    return sent_link(nils)[1]


def open_link(client: Client, token: str) -> Answer:
    return client.get(SIGN_IN, {"token": token})


def press(client: Client, token: str) -> Answer:
    return client.post(SIGN_IN, {"token": token})


def is_in(client: Client) -> bool:
    return client.get(HOME).status_code == 200


def key_of(client: Client) -> str:
    return client.cookies[COOKIE].value


def in_session(client: Client, **facts: int) -> Client:
    """The same browser, after its session was changed on the server."""
    session = PortalSession(key_of(client))
    session.update(facts)
    session.save()
    return client


# By a link


def test_a_link_leads_to_a_button_that_lets_its_user_in(token: str) -> None:
    client = browser()
    page = open_link(client, token)
    assert "Northwind Traders" in words(page)
    fields = {
        part["name"]: part["value"] for part in read(page).the("form").all("input", type="hidden")
    }
    answer = client.post(read(page).the("form")["action"], fields)

    assert (answer.status_code, answer["Location"]) == (302, HOME)
    bar = read(client.get(HOME)).the("header").words
    assert "Northwind Traders" in bar
    assert "Nils" in bar


@pytest.mark.parametrize("method", ["get", "head"])
def test_mail_scanners_that_open_the_link_leave_it_open(
    client: Client, token: str, method: str
) -> None:
    for _ in range(3):
        answer = getattr(client, method)(SIGN_IN, {"token": token})
        assert answer.status_code == 200
        assert COOKIE not in answer.cookies

    assert SignInLink.objects.get().used_at is None


def test_what_a_mail_gateway_adds_to_the_link_changes_nothing(token: str) -> None:
    added = "utm_source=mail&utm_source=gateway&utm_campaign=x&fbclid=y&_hsmi=1"
    page = Client().get(f"{SIGN_IN}?{added}&token={token}&{added}")
    assert page.status_code == 200
    assert "Northwind Traders" in words(page)


def test_a_used_link_lets_nobody_in_again(token: str) -> None:
    press(Client(), token)
    client = Client()

    for answer in (open_link(client, token), press(client, token)):
        assert answer.status_code == 404
        assert error(answer).startswith("This sign-in link does not work any more")
        assert "Ask your partner for a new one." in words(answer)
    assert not is_in(client)


def test_who_is_signed_in_already_is_told_so_at_a_used_link(token: str) -> None:
    client = Client()
    press(client, token)
    answer = open_link(client, token)

    assert answer.status_code == 404
    assert "You are signed in already." in words(answer)
    assert is_in(client)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_token_that_is_none_lets_nobody_in(client: Client, token: str, text: str) -> None:
    shown = client.get(f"{SIGN_IN}?token={HOSTILE[text]}")
    assert shown.status_code in ({200} if text == "nothing" else {400, 404})
    form = "application/x-www-form-urlencoded"
    answer = client.post(SIGN_IN, f"token={HOSTILE[text]}", content_type=form)
    assert answer.status_code in {400, 404}
    assert COOKIE not in answer.cookies


def test_without_the_form_s_token_nothing_is_used(token: str) -> None:
    assert press(browser(), token).status_code == 403
    assert SignInLink.objects.get().used_at is None


def test_a_sign_in_is_not_recorded_and_its_token_stands_nowhere(
    token: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    with caplog.at_level("DEBUG"):
        open_link(client, token)
        press(client, token)
        open_link(client, token)
        home = client.get(HOME)

    assert actions() == ["send_sign_in_link"]
    assert token not in str(list(ActivityRecord.objects.values_list()))
    assert token not in str(list(SignInLink.objects.values_list()))
    assert token not in home.content.decode()
    assert "/portal/sign-in/" in str([vars(line) for line in caplog.records])
    assert token not in " ".join(
        str(getattr(line, fact, "")) for line in caplog.records for fact in ("message", "path")
    )


def test_without_a_link_the_page_says_whom_to_ask(settings: Settings, client: Client) -> None:
    settings.PARTNER_NAME = "Adatum"
    settings.PARTNER_CONTACT_EMAIL = "help@adatum.example"
    settings.PARTNER_CONTACT_PHONE = "+46 46 000 00"
    answer = client.get(SIGN_IN)

    assert answer.status_code == 200
    assert "Ask your partner for a sign-in link" in words(answer)
    assert "Adatum help@adatum.example +46 46 000 00" in words(answer)


def test_who_is_signed_in_needs_no_link(nils: CustomerUser) -> None:
    assert portal_browser(nils).get(SIGN_IN)["Location"] == HOME


# The cookie


def test_the_cookie_is_of_the_portal_alone(client: Client, token: str) -> None:
    cookie = press(client, token).cookies[COOKIE]

    assert cookie["path"] == "/"
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == django_settings.SESSION_ABSOLUTE_SECONDS
    assert not cookie["secure"]


def test_over_https_the_cookie_is_secure(settings: Settings, client: Client, token: str) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert press(client, token).cookies[COOKIE]["secure"]


def test_each_sign_in_has_a_fresh_key_and_ends_the_session_before(nils: CustomerUser) -> None:
    client = Client()
    press(client, sent_link(nils)[1])
    first = key_of(client)
    press(client, sent_link(nils)[1])

    assert key_of(client) != first
    assert not Session.objects.filter(pk=first).exists()


@pytest.mark.parametrize("planted", ["chosen-by-somebody-else-0123456789", "short", "-" * 5_000])
def test_a_key_that_was_planted_is_not_taken_over(token: str, planted: str) -> None:
    client = Client()
    client.cookies[COOKIE] = planted
    assert not is_in(client)
    press(client, token)

    assert key_of(client) != planted
    assert is_in(client)


# How long it lasts


def test_signing_out_ends_the_session_on_the_server(nils: CustomerUser) -> None:
    client = portal_browser(nils)
    copy = Client()
    copy.cookies[COOKIE] = key_of(client)
    answer = client.post("/portal/sign-out/")

    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert answer.cookies[COOKIE]["max-age"] == 0
    assert answer.cookies[COOKIE]["path"] == "/"
    assert not is_in(client)
    assert not is_in(copy)


def test_a_removed_user_is_out_at_the_next_request(ada: Agent, nils: CustomerUser) -> None:
    client = portal_browser(nils)
    assert is_in(client)
    remove_customer_user(user=nils, by=ada)

    assert client.get(HOME)["Location"] == SIGN_IN
    assert not Session.objects.filter(pk=key_of(client)).exists()


@pytest.mark.parametrize(
    ("clock", "hours"), [({"seen_at": 8}, 8), ({"signed_in_at": 12}, 12)], ids=["idle", "absolute"]
)
def test_a_session_lasts_as_long_as_an_agent_s(
    nils: CustomerUser, clock: dict[str, int], hours: int
) -> None:
    [name] = clock
    now = int(time.time())

    assert is_in(in_session(portal_browser(nils), **{name: now - hours * HOUR + 60}))
    over = in_session(portal_browser(nils), **{name: now - hours * HOUR - 5})
    assert not is_in(over)
    assert not Session.objects.filter(pk=key_of(over)).exists()


@pytest.mark.parametrize("name", ["seen_at", "signed_in_at"])
def test_a_session_that_began_in_the_future_is_over(nils: CustomerUser, name: str) -> None:
    assert not is_in(in_session(portal_browser(nils), **{name: int(time.time()) + HOUR}))


def test_being_there_is_noted_now_and_then(nils: CustomerUser) -> None:
    long_ago = int(time.time()) - HOUR
    client = in_session(portal_browser(nils), seen_at=long_ago)
    client.get(HOME)

    assert PortalSession(key_of(client))["seen_at"] >= time.time() - 60


def test_signing_out_everywhere_ends_every_session_and_is_recorded(nils: CustomerUser) -> None:
    first, second = portal_browser(nils), portal_browser(nils)
    answer = first.post("/portal/sign-out-everywhere/")

    assert (answer.status_code, answer["Location"]) == (302, SIGN_IN)
    assert not is_in(first)
    assert not is_in(second)
    record = the_record()
    assert (record.action, record.actor_name) == (
        "sign_out_customer_user",
        str(nils.user_principal_name),
    )
    assert record.channel == "portal"


def test_after_signing_out_everywhere_a_new_link_lets_the_user_in(nils: CustomerUser) -> None:
    portal_browser(nils).post("/portal/sign-out-everywhere/")
    client = Client()
    press(client, sent_link(CustomerUser.objects.get(pk=nils.pk))[1])
    assert is_in(client)


def test_an_agent_can_end_a_users_sessions(ada: Agent, nils: CustomerUser, token: str) -> None:
    client = Client()
    press(client, token)
    agent = signed_in(ada)
    users = reverse("customers:users", args=[nils.customer_id])
    [form] = [
        each
        for each in read(agent.get(users)).all("form")
        if "sign-out-everywhere" in each["action"]
    ]
    answer = agent.post(form["action"], follow=True)

    assert "was signed out of the portal everywhere." in words(answer)
    assert not is_in(client)


def test_whoever_never_signed_in_has_nothing_to_be_signed_out_of(
    ada: Agent, nils: CustomerUser, token: str
) -> None:
    users = reverse("customers:users", args=[nils.customer_id])
    assert "Sign out everywhere" not in words(signed_in(ada).get(users))


def test_a_session_ends_with_the_reseller_relationship(ada: Agent, nils: CustomerUser) -> None:
    client = portal_browser(nils)
    nils.customer.subscriptions.update(status="suspended")
    remove_reseller_relationship(customer=nils.customer, by=ada)

    assert client.get(HOME)["Location"] == SIGN_IN


# Beside an agent's session


def test_an_agent_is_a_stranger_to_the_portal(ada: Agent) -> None:
    client = signed_in(ada)

    assert client.get(HOME)["Location"] == SIGN_IN
    assert "Ada" not in words(client.get(SIGN_IN))
    assert is_signed_in(client)


def test_a_customer_s_user_is_a_stranger_to_the_dashboard(nils: CustomerUser) -> None:
    client = portal_browser(nils)
    for address in ("/", "/customers/", f"/customers/{nils.customer_id}/account/", "/admin/"):
        assert client.get(address)["Location"].startswith("/sign-in/"), address


def test_a_key_of_the_portal_opens_nothing_as_an_agent_s(nils: CustomerUser) -> None:
    client = Client()
    client.cookies["sessionid"] = key_of(portal_browser(nils))

    assert not is_signed_in(client)
    assert dict(SessionStore(key_of(portal_browser(nils))).items()) == {}


def test_a_key_of_an_agent_opens_nothing_in_the_portal(ada: Agent) -> None:
    agent, client = signed_in(ada), Client()
    client.cookies[COOKIE] = agent.cookies["sessionid"].value

    assert not is_in(client)
    client.post("/portal/sign-out/")
    assert is_signed_in(agent)


def test_one_browser_can_hold_both_sessions(ada: Agent, token: str) -> None:
    client = signed_in(ada)
    client.get("/customers/")
    agents_cookies = {
        name: cookie.value for name, cookie in client.cookies.items() if name != COOKIE
    }
    press(client, token)
    assert is_in(client)
    assert is_signed_in(client)
    client.post("/portal/sign-out/")

    assert not is_in(client)
    assert is_signed_in(client)
    kept = {name: cookie.value for name, cookie in client.cookies.items() if name != COOKIE}
    assert kept == agents_cookies


def test_an_agent_s_open_form_still_works_after_signing_in_to_the_portal(
    ada: Agent, nils: CustomerUser, token: str
) -> None:
    client = browser()
    client.force_login(ada)
    address = reverse("customers:add_user", args=[nils.customer_id])
    fields = hidden_fields(client.get(address), address)
    portal = {"token": token, **hidden_fields(open_link(client, token), SIGN_IN)}
    assert client.post(SIGN_IN, portal).status_code == 302

    assert client.post(address, fields).status_code == 422


def test_an_agent_s_sign_out_leaves_the_portal_open(ada: Agent, nils: CustomerUser) -> None:
    client = portal_browser(nils)
    client.force_login(ada)
    client.post("/sign-out/")

    assert not is_signed_in(client)
    assert is_in(client)


def test_an_agent_s_preferences_do_not_come_in(ada: Agent, nils: CustomerUser) -> None:
    ada.language, ada.appearance = "ja", "dark"
    ada.save()
    client = portal_browser(nils)
    client.force_login(ada)
    page = read(client.get(HOME, headers={"Accept-Language": "en"}))

    assert page.the("html")["lang"] == "en"
    assert "data-appearance" not in page.the("html")


def test_the_portal_speaks_the_language_of_the_browser(nils: CustomerUser) -> None:
    page = read(portal_browser(nils).get(HOME, headers={"Accept-Language": "ja"}))
    assert page.the("html")["lang"] == "ja"


def test_an_agent_s_session_costs_the_portal_no_query(ada: Agent, nils: CustomerUser) -> None:
    alone, with_agent = portal_browser(nils), portal_browser(nils)
    with_agent.force_login(ada)

    def queries(client: Client) -> int:
        with CaptureQueriesContext(connection) as captured:
            assert is_in(client)
        return len(captured)

    assert queries(with_agent) == queries(alone)


def test_what_an_agent_was_told_waits_for_his_next_page(
    ada: Agent, nils: CustomerUser, contoso_user: CustomerUser
) -> None:
    client = portal_browser(nils)
    client.force_login(ada)
    user = contoso_user
    client.post(reverse("customers:remove_user", args=[user.customer_id, user.pk]))
    assert "was removed" not in words(client.get(HOME))

    page = client.get(reverse("customers:users", args=[user.customer_id]))
    assert "was removed" in words(page)


@pytest.fixture
def contoso_user(contoso: object) -> CustomerUser:
    return CustomerUserFactory.create(customer=contoso)


def test_a_session_of_the_portal_is_stored_under_its_own_name(nils: CustomerUser) -> None:
    assert dict(start(nils).items())["customer_user"] == str(nils.pk)
