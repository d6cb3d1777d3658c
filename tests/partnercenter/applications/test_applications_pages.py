"""API access: the applications, one of them, and what Admin agents do with them."""

import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.idp.oidc.models import Client as OAuthClient
from allauth.idp.oidc.models import Token
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import Application
from partnercenter.applications.operations import register_application, set_application_active
from tests.conftest import SignIn, signed_in
from tests.partnercenter.applications.signing_in import CALLBACK, Program
from tests.partnercenter.site import Answer, sentence_of, text_of

pytestmark = pytest.mark.django_db

LIST = "/api-access/"
NEW = "/api-access/new/"
REPORTS = {
    "type": "confidential",
    "name": "Reports",
    "roles": ["Sales agent"],
    "redirect_uris": CALLBACK,
}
DESKTOP = {"type": "public", "name": "Desktop", "redirect_uris": "http://localhost"}
POSTS = ("active", "tokens")
ACTS = ("edit", "secret", *POSTS)


@pytest.fixture
def client(ada: Agent) -> Client:
    return signed_in(ada)


@pytest.fixture
def reports(db: None) -> Program:
    """An application that acts by itself as a Sales agent, and for agents."""
    return Program(
        *register_application(
            name="Reports", roles=[Role.SALES], redirect_uris=[CALLBACK], by=System()
        )
    )


def address(program: Program, act: str = "") -> str:
    return f"{LIST}{program.application.pk}/{act}/" if act else f"{LIST}{program.application.pk}/"


def stored(program: Program) -> Application:
    return Application.objects.select_related("client").get(pk=program.application.pk)


def actions() -> list[str]:
    """What was done since the application was registered for the test."""
    records = ActivityRecord.objects.exclude(actor_name="system").order_by("number")
    return list(records.values_list("action", flat=True))


def shown_secret(answer: Answer) -> str:
    found = re.search(r'id="secret">([^<]+)<', answer.content.decode())
    assert found
    return found[1]


def give(program: Program, agent: Agent | None, kind: str, **details: Any) -> Token:
    """A token that lives for another hour."""
    token = Token(type=kind, client=program.application.client, user=agent, **details)
    token.expires_at = details.get("expires_at", timezone.now() + timedelta(hours=1))
    token.set_value(str(uuid.uuid4()))
    token.save()
    return token


# The list


def test_without_applications_the_page_says_what_to_do(client: Client) -> None:
    page = text_of(client.get(LIST))
    assert "No application is registered" in page
    assert f'href="{NEW}"' in page


def test_the_list_tells_roles_and_state(client: Client, reports: Program) -> None:
    other, _secret = register_application(name="Robot", roles=[Role.ADMIN], by=System())
    set_application_active(application=other, active=False, by=System())
    newest, oldest = text_of(client.get(LIST)).split("<tr>")[2:4]

    assert all(word in newest for word in ("Robot", "Admin agent", "Deactivated"))
    assert all(word in oldest for word in ("Reports", "Sales agent", "Yes", "Active"))


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    return len(captured)


def test_twenty_applications_take_no_more_queries_than_one(
    client: Client, reports: Program
) -> None:
    few = queries_of(client, LIST)
    for number in range(20):
        register_application(name=f"Robot {number}", roles=[Role.SALES], by=System())

    assert queries_of(client, LIST) == few <= 10


def test_many_applications_are_paged(sign_in: SignIn, ada: Agent) -> None:
    for number in range(30):
        register_application(name=f"Robot {number}", roles=[Role.SALES], by=System())
    client = sign_in(ada)
    first = client.get(LIST)
    assert first.content.count(b'scope="row"') == 25
    following = re.search(r'href="(\?[^"]*cursor[^"]*)"', first.content.decode())
    assert following
    second = client.get(LIST + unescape(following[1]))
    assert second.content.count(b'scope="row"') == 5


@pytest.mark.parametrize("query", ["?size=7", "?cursor=x", "?name=Reports", "?size=25&cursor=%00"])
def test_a_list_that_is_asked_for_wrongly_is_refused(
    sign_in: SignIn, ada: Agent, query: str
) -> None:
    assert sign_in(ada).get(LIST + query).status_code == 400


def test_the_gear_menu_leads_to_it_for_those_who_may(client: Client, sam: Agent) -> None:
    assert 'href="/api-access/">API access' in text_of(client.get("/"))
    assert "API access" not in text_of(signed_in(sam).get("/"))


def test_the_page_says_where_programs_sign_in(client: Client, settings: Settings) -> None:
    page = text_of(client.get(LIST))
    base = "http://testserver"
    assert f'data-copy="{base}/{settings.TENANT_ID}/oauth2/v2.0/token"' in page
    assert f'data-copy="{base}"' in page
    assert f'data-copy="{settings.TENANT_ID}"' in page


def test_the_page_has_four_lines_to_paste(client: Client, settings: Settings) -> None:
    found = re.findall(r"<pre[^>]*>(.*?)</pre>", client.get(LIST).content.decode(), re.DOTALL)
    lines = unescape(found[1]).splitlines()

    assert len(lines) == 4
    assert all("curl -s" in line and "http://testserver/" in line for line in lines)
    assert "$CLIENT_SECRET" in lines[0]
    assert settings.TENANT_ID in lines[2]


def test_the_page_leads_to_the_documentation_and_to_webhooks(client: Client) -> None:
    page = text_of(client.get(LIST))
    assert 'href="/api/"' in page
    assert f'href="{reverse("webhooks:webhooks")}"' in page


# Who may


@pytest.mark.parametrize("path", [LIST, NEW])
def test_other_roles_see_none_of_it(sign_in: SignIn, sam: Agent, path: str) -> None:
    assert sign_in(sam).get(path).status_code == 403


@pytest.mark.parametrize("act", ["", *ACTS])
def test_other_roles_change_nothing(
    sign_in: SignIn, hana: Agent, reports: Program, act: str
) -> None:
    client = sign_in(hana)
    answers = [client.get(address(reports, act)), client.post(address(reports, act))]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert actions() == []


def test_other_roles_register_nothing(sign_in: SignIn, sam: Agent) -> None:
    assert sign_in(sam).post(NEW, REPORTS).status_code == 403
    assert Application.objects.count() == 0


@pytest.mark.parametrize("act", ["", *ACTS])
def test_an_unknown_application_is_not_found(client: Client, act: str) -> None:
    path = f"{LIST}{uuid.uuid4()}/{act}/" if act else f"{LIST}{uuid.uuid4()}/"
    answer = client.post if act in POSTS else client.get
    assert answer(path).status_code == 404


@pytest.mark.parametrize("act", POSTS)
def test_acts_are_not_done_by_following_a_link(client: Client, reports: Program, act: str) -> None:
    assert client.get(address(reports, act)).status_code == 405


# Registering


def test_a_registered_application_signs_in_with_the_secret_that_was_shown_once(
    client: Client, ada: Agent
) -> None:
    answer = client.post(NEW, REPORTS, follow=True)

    assert answer.status_code == 200
    assert "shown this once" in text_of(answer)
    application = Application.objects.get()
    assert (application.name, application.role_names) == ("Reports", ["Sales agent"])
    assert application.client.get_redirect_uris() == [CALLBACK]
    assert str(application.pk) in text_of(answer)
    assert actions() == ["register_application"]
    program = Program(application, shown_secret(answer))
    assert program.for_itself().status_code == 200
    assert "access_token" in program.tokens_for(ada)


def test_the_shown_secret_is_kept_nowhere_in_clear(client: Client) -> None:
    secret = shown_secret(client.post(NEW, REPORTS, follow=True))

    kept = OAuthClient.objects.get()
    assert secret not in str(vars(kept))
    assert len(secret) >= 43
    assert secret not in str(ActivityRecord.objects.get().facts())
    assert secret not in str(dict(client.session))
    assert secret not in text_of(client.get(f"{LIST}{kept.pk}/"))


def test_the_answer_is_not_to_be_kept_by_anybody(client: Client) -> None:
    assert "no-store" in client.post(NEW, REPORTS, follow=True)["Cache-Control"]


def test_the_answer_shows_how_to_sign_in_in_each_way(client: Client, settings: Settings) -> None:
    page = unescape(client.post(NEW, REPORTS, follow=True).content.decode())
    assert "grant_type=client_credentials" in page
    found = re.search(rf"http://testserver/{settings.TENANT_ID}/oauth2/v2.0/authorize\?\S+", page)
    assert found
    asked = parse_qs(urlsplit(found[0].partition("<")[0]).query)
    assert asked["redirect_uri"] == [CALLBACK]
    assert asked["code_challenge_method"] == ["S256"]


def test_what_is_pasted_carries_out_nothing_that_stands_in_an_address(client: Client) -> None:
    trap = "https://tools.example/?a=1&b=$(reboot)"
    page = unescape(
        client.post(NEW, {**REPORTS, "redirect_uris": trap}, follow=True).content.decode()
    )
    assert f"'redirect_uri={trap}'" in page


@pytest.mark.parametrize(
    ("left_out", "shown", "hidden"),
    [
        ("roles", "grant_type=authorization_code", "grant_type=client_credentials"),
        ("redirect_uris", "grant_type=client_credentials", "grant_type=authorization_code"),
    ],
)
def test_a_way_that_is_not_open_to_it_is_not_shown(
    client: Client, left_out: str, shown: str, hidden: str
) -> None:
    fields = {name: value for name, value in REPORTS.items() if name != left_out}
    page = unescape(client.post(NEW, fields, follow=True).content.decode())
    assert shown in page
    assert hidden not in page


def test_addresses_stand_one_a_line(client: Client) -> None:
    lines = f"\r\n {CALLBACK} \r\n\r\nhttp://127.0.0.1:8400/\r\n{CALLBACK}\r\n"
    client.post(NEW, {**REPORTS, "redirect_uris": lines})
    kept = OAuthClient.objects.get().get_redirect_uris()
    assert kept == [CALLBACK, "http://127.0.0.1:8400/"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": " "},
        {"name": "n" * 101},
        {"roles": ["Global admin"]},
        {"roles": [], "redirect_uris": ""},
        {"redirect_uris": "http://tools.example/"},
        {"redirect_uris": f"{CALLBACK}\nhttps://tools.example/#fragment"},
        {"redirect_uris": "javascript:alert(1)"},
        {"redirect_uris": "https://*.example/"},
        {"redirect_uris": "https://tools.example/" + "x" * 4000},
    ],
)
def test_what_is_not_accepted_keeps_what_was_typed(
    sign_in: SignIn, ada: Agent, wrong: dict[str, object]
) -> None:
    answer = sign_in(ada).post(NEW, {**REPORTS, **wrong})

    assert answer.status_code == 422
    assert 'class="error' in text_of(answer)
    assert "Reports" in text_of(answer) or "name" in wrong
    assert Application.objects.count() == OAuthClient.objects.count() == 0
    assert actions() == []


def test_the_mistake_in_an_address_stands_at_its_field(client: Client) -> None:
    page = text_of(client.post(NEW, {**REPORTS, "redirect_uris": "ftp://tools.example/"}))
    error = page.partition('id="id_redirect_uris_error">')[2].partition("<")[0]
    assert "ftp://tools.example/" in error


def test_characters_that_cannot_be_used_are_refused(client: Client) -> None:
    assert client.post(NEW, {**REPORTS, "name": "Rep\x00orts"}).status_code == 400
    assert Application.objects.count() == 0


def test_a_name_is_shown_as_text(client: Client) -> None:
    client.post(NEW, {**REPORTS, "name": "<b>Reports</b>"})
    page = client.get(LIST).content.decode()
    assert "&lt;b&gt;Reports" in page
    assert "<b>Reports" not in page


# One application


def test_the_page_tells_who_it_is(client: Client, reports: Program) -> None:
    page = text_of(client.get(address(reports)))
    assert all(word in page for word in ("Reports", "Sales agent", CALLBACK, "Active"))
    assert f'data-copy="{reports.application.pk}"' in page
    assert "No token lives" in page


def test_the_page_counts_live_tokens_by_agent(client: Client, reports: Program, sam: Agent) -> None:
    for agent, kind in ((sam, "at"), (sam, "at"), (sam, "rt"), (None, "at")):
        give(reports, agent, kind)
    give(reports, sam, "at", expires_at=timezone.now() - timedelta(seconds=1))
    page = text_of(client.get(address(reports)))
    itself, of_sam = page.partition("Live tokens")[2].split("<tr>")[2:4]

    assert "The application itself" in itself
    assert re.findall(r'class="number">(\d+)', itself) == ["1", "0"]
    assert "sam@partner.example" in of_sam
    assert re.findall(r'class="number">(\d+)', of_sam) == ["2", "1"]


def test_the_page_leads_to_what_the_application_did(
    client: Client, reports: Program, ada: Agent
) -> None:
    found = re.search(
        r'href="(/activity-log/\?agent=[^"]+)"', text_of(client.get(address(reports)))
    )
    assert found
    asked = reports.application.actor_id
    assert found[1].endswith(asked)
    assert "No activity matches" in text_of(client.get(found[1]))


def test_name_roles_and_addresses_are_changed_with_one_record(
    client: Client, reports: Program
) -> None:
    fields = {"name": "Robot", "roles": ["Admin agent"], "redirect_uris": ""}
    answer = client.post(address(reports, "edit"), fields)

    assert (answer.status_code, answer["Location"]) == (302, address(reports))
    assert (stored(reports).name, stored(reports).role_names) == ("Robot", ["Admin agent"])
    assert actions() == ["update_application"]
    assert "The changes were saved." in text_of(client.get(address(reports)))


def test_the_form_shows_what_is_stored_and_saving_it_records_nothing(
    client: Client, reports: Program
) -> None:
    page = text_of(client.get(address(reports, "edit")))
    assert CALLBACK in page
    assert "checked" in page
    client.post(address(reports, "edit"), REPORTS)
    assert actions() == []


@pytest.mark.parametrize("wrong", [{"name": ""}, {"roles": [], "redirect_uris": ""}])
def test_changes_that_are_not_accepted_change_nothing(
    client: Client, reports: Program, wrong: dict[str, object]
) -> None:
    answer = client.post(address(reports, "edit"), {**REPORTS, **wrong})
    assert answer.status_code == 422
    assert stored(reports).name == "Reports"
    assert actions() == []


def test_deactivating_states_what_is_wanted_and_not_the_other_one(
    client: Client, reports: Program
) -> None:
    for wanted in ("false", "false", "true", "true"):
        answer = client.post(address(reports, "active"), {"active": wanted})
        assert answer["Location"] == address(reports)
        assert stored(reports).is_active == (wanted == "true")
    assert actions() == ["deactivate_application", "reactivate_application"]


def test_a_deactivated_application_is_out(client: Client, reports: Program, sam: Agent) -> None:
    give(reports, sam, "rt")
    client.post(address(reports, "active"), {"active": "false"})

    assert reports.for_itself().status_code == 401
    assert Token.objects.count() == 0
    assert "Deactivated" in text_of(client.get(address(reports)))


@pytest.mark.parametrize("fields", [{}, {"active": "maybe"}, {"active": "1"}])
def test_a_form_that_wants_no_state_is_refused(
    client: Client, reports: Program, fields: dict[str, str]
) -> None:
    answer = client.post(address(reports, "active"), fields)
    assert answer.status_code == 400
    assert "must say whether the application is active" in sentence_of(answer)
    assert stored(reports).is_active


# Its secret


def test_a_replaced_secret_ends_the_old_one_at_once(client: Client, reports: Program) -> None:
    asked = text_of(client.get(address(reports, "secret")))
    assert "ends at once" in asked
    answer = client.post(address(reports, "secret"), follow=True)

    renewed = Program(reports.application, shown_secret(answer))
    assert reports.for_itself().status_code == 401
    assert renewed.for_itself().status_code == 200
    assert actions() == ["add_application_credential"]
    assert renewed.secret not in str(ActivityRecord.objects.newest_first()[0].facts())


def test_reading_the_question_replaces_nothing(client: Client, reports: Program) -> None:
    client.get(address(reports, "secret"))
    assert reports.for_itself().status_code == 200
    assert actions() == []


# Its tokens


def test_revoking_ends_all_tokens_with_one_record(
    client: Client, reports: Program, sam: Agent
) -> None:
    give(reports, sam, "at")
    give(reports, None, "at")
    for _ in range(2):
        assert client.post(address(reports, "tokens"))["Location"] == address(reports)

    assert Token.objects.count() == 0
    assert actions() == ["revoke_application_tokens"]
    assert "have ended" in text_of(client.get(address(reports)))


# My account


def withdrawing(program: Program) -> str:
    return f"/my-account/applications/{program.application.pk}/withdraw/"


def test_my_account_lists_who_acts_for_the_agent(reports: Program, sam: Agent) -> None:
    client = signed_in(sam)
    assert "Applications that act for you" not in text_of(client.get("/my-account/"))
    reports.tokens_for(sam)

    page = text_of(client.get("/my-account/"))
    assert "Applications that act for you" in page
    assert "Allowed just now" in page
    assert withdrawing(reports) in page


def test_tokens_of_others_are_not_listed(reports: Program, sam: Agent, ada: Agent) -> None:
    give(reports, ada, "rt")
    give(reports, None, "at")
    assert "Applications that act for you" not in text_of(signed_in(sam).get("/my-account/"))


def test_an_application_is_listed_since_it_was_allowed_and_not_since_its_last_token(
    reports: Program, sam: Agent
) -> None:
    reports.tokens_for(sam)
    Token.objects.update(created_at=timezone.now() - timedelta(days=90))
    assert "Allowed just now" in text_of(signed_in(sam).get("/my-account/"))


def test_a_token_that_nobody_allowed_counts_since_it_was_made(reports: Program, sam: Agent) -> None:
    give(reports, sam, "rt", created_at=timezone.now() - timedelta(days=2))
    assert "Allowed 2 days ago" in text_of(signed_in(sam).get("/my-account/"))


@pytest.mark.parametrize("who", ["sam", "hana"])
def test_an_agent_of_any_role_withdraws_and_others_keep_their_tokens(
    reports: Program, ada: Agent, who: str, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(who)
    for each in (agent, ada):
        give(reports, each, "rt")
    client = signed_in(agent)
    answer = client.post(withdrawing(reports))

    assert (answer.status_code, answer["Location"]) == (302, "/my-account/")
    assert "Reports does not act for you any more." in text_of(client.get("/my-account/"))
    assert [token.user for token in Token.objects.all()] == [ada]
    assert actions() == ["withdraw_authorization"]


def test_withdrawing_what_was_never_allowed_records_nothing(
    client: Client, reports: Program, sam: Agent
) -> None:
    give(reports, sam, "rt")
    assert client.post(withdrawing(reports)).status_code == 302
    assert Token.objects.count() == 1
    assert actions() == []


def test_withdrawing_is_not_done_by_following_a_link(client: Client, reports: Program) -> None:
    assert client.get(withdrawing(reports)).status_code == 405


def test_withdrawing_from_nobody_is_not_found(client: Client) -> None:
    assert client.post(f"/my-account/applications/{uuid.uuid4()}/withdraw/").status_code == 404


# Public applications


@pytest.fixture
def desktop(client: Client) -> Program:
    """A public application, registered on the page."""
    client.post(NEW, DESKTOP)
    return Program(Application.objects.get(), "")


def test_a_public_application_is_registered_and_has_no_secret(client: Client) -> None:
    answer = client.post(NEW, DESKTOP, follow=True)

    application = Application.objects.get()
    assert application.is_public
    assert answer.redirect_chain == [(f"{LIST}{application.pk}/", 302)]
    page = text_of(answer)
    assert "Public, without a secret" in page
    assert "Replace the secret" not in page
    assert f"http://testserver/{settings.TENANT_ID}<" in page
    new = ActivityRecord.objects.latest("number").new
    assert new is not None
    assert new["type"] == "public"


def test_the_list_tells_public_applications(client: Client, desktop: Program) -> None:
    assert "Public, without a secret" in text_of(client.get(LIST))


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_public_application_has_no_secret_to_replace(
    client: Client, desktop: Program, method: str
) -> None:
    assert getattr(client, method)(address(desktop, "secret")).status_code == 404


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"roles": ["Sales agent"]}, "A public application acts for agents only."),
        ({"redirect_uris": ""}, "Enter a redirect address"),
        ({"type": ""}, "This field is required."),
        ({"type": "secretive"}, "Select a valid choice."),
    ],
)
def test_what_a_public_application_cannot_be_is_refused_at_its_field(
    client: Client, change: dict[str, Any], sentence: str
) -> None:
    answer = client.post(NEW, {**DESKTOP, **change})
    assert (answer.status_code, sentence in text_of(answer)) == (422, True)
    assert not Application.objects.exists()


def test_a_public_application_stays_one_when_it_is_changed(
    client: Client, desktop: Program
) -> None:
    changed = {"type": "confidential", "name": "Tablet", "roles": ["Admin agent"]}
    client.post(address(desktop, "edit"), {**DESKTOP, **changed})

    application = stored(desktop)
    assert (application.name, application.is_public) == ("Tablet", True)
    assert application.role_names == []
