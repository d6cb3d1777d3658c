"""Agents and roles: the list, one agent, and what Admin agents do for others."""

import re
import uuid
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from activitylog.models import ActivityRecord
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_active, set_one_time_password
from partnercenter.agents.roles import Role
from tests.conftest import SignIn, signed_in
from tests.factories import PASSWORD, AgentFactory, AuthenticatorFactory
from tests.partnercenter.site import Answer, browser, fill_in_sign_in, sentence_of, text_of

pytestmark = pytest.mark.django_db

INVITATION = {
    "display_name": "Nora Berg",
    "username": "Nora@partner.example",
    "roles": ["Sales agent", "Helpdesk agent"],
}
ACTS = ("edit", "active", "one-time-password", "second-factors")


@pytest.fixture
def client(ada: Agent) -> Client:
    return signed_in(ada)


def address(agent: Agent, act: str = "") -> str:
    return f"/agents/{agent.pk}/{act}/" if act else f"/agents/{agent.pk}/"


def stored(agent: Agent) -> Agent:
    return Agent.objects.get(pk=agent.pk)


def actions() -> list[str]:
    return list(ActivityRecord.objects.order_by("number").values_list("action", flat=True))


def shown_password(answer: Answer) -> str:
    found = re.search(r'id="one-time-password">([^<]+)<', answer.content.decode())
    assert found
    return found[1]


# The list


def test_the_list_tells_roles_state_and_second_factor(
    client: Client, ada: Agent, sam: Agent, hana: Agent
) -> None:
    AuthenticatorFactory.create(user=sam)
    set_active(agent=hana, active=False, by=ada)
    rows = text_of(client.get("/agents/")).split("<tr>")[2:]

    of_ada, of_hana, of_sam = rows
    assert "Admin agent" in of_ada
    assert "Deactivated" in of_hana
    assert "Active" in of_sam
    assert "Not set up" in of_ada
    assert "Not set up" not in of_sam


def test_recovery_codes_alone_are_no_second_factor(client: Client, ada: Agent) -> None:
    AuthenticatorFactory.create(user=ada, type="recovery_codes")
    assert "Not set up" in text_of(client.get("/agents/"))


def queries_of_the_list(client: Client) -> int:
    client.get("/agents/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/agents/?size=50")
    return len(captured)


def test_twenty_agents_take_no_more_queries_than_two(client: Client, sam: Agent) -> None:
    few = queries_of_the_list(client)
    for agent in AgentFactory.create_batch(18, role=Role.SALES):
        AuthenticatorFactory.create(user=agent)

    assert queries_of_the_list(client) == few
    assert few <= 10


def test_many_agents_are_paged(sign_in: SignIn, ada: Agent) -> None:
    AgentFactory.create_batch(30)
    client = sign_in(ada)
    first = client.get("/agents/")
    assert first.content.count(b'scope="row"') == 25
    following = re.search(r'href="(\?[^"]*cursor[^"]*)"', first.content.decode())
    assert following
    second = client.get("/agents/" + unescape(following[1]))
    assert second.content.count(b'scope="row"') == 6


def test_the_gear_menu_leads_to_the_list_and_not_to_the_admin(client: Client, sam: Agent) -> None:
    assert 'href="/agents/">Agents and roles' in text_of(client.get("/"))
    assert "Agents and roles" not in text_of(signed_in(sam).get("/"))


# Who may


@pytest.mark.parametrize("path", ["", "invite/"])
def test_other_roles_see_none_of_it(sign_in: SignIn, sam: Agent, path: str) -> None:
    assert sign_in(sam).get(f"/agents/{path}").status_code == 403


@pytest.mark.parametrize("act", ["", *ACTS])
def test_other_roles_change_nobody(sign_in: SignIn, sam: Agent, ada: Agent, act: str) -> None:
    client = sign_in(sam)
    answers = [client.get(address(ada, act)), client.post(address(ada, act))]
    assert {answer.status_code for answer in answers} <= {403, 405}
    assert actions() == []


@pytest.mark.parametrize("act", ["", *ACTS])
def test_an_unknown_agent_is_not_found(client: Client, act: str) -> None:
    nobody = Agent(pk=uuid.uuid4())
    answer = client.post if act == "active" else client.get
    assert answer(address(nobody, act)).status_code == 404


# Inviting


def test_an_invited_agent_signs_in_with_the_password_that_was_shown_once(client: Client) -> None:
    answer = client.post("/agents/invite/", INVITATION, follow=True)

    assert answer.status_code == 200
    assert "shown this once" in text_of(answer)
    assert "http://testserver/sign-in/" in text_of(answer)
    agent = Agent.objects.get(username="nora@partner.example")
    assert agent.role_names == ["Sales agent", "Helpdesk agent"]
    assert agent.must_change_password
    assert actions() == ["create_partner_user"]
    assert fill_in_sign_in(browser(), agent.username, shown_password(answer)).status_code == 302


def test_the_shown_password_is_kept_nowhere_in_clear(client: Client) -> None:
    password = shown_password(client.post("/agents/invite/", INVITATION, follow=True))

    assert password not in str(dict(client.session))
    assert password not in str(ActivityRecord.objects.get().facts())
    assert password not in Agent.objects.get(username="nora@partner.example").password
    assert password not in text_of(client.get("/agents/"))


def test_no_two_one_time_passwords_are_alike(ada: Agent, sam: Agent) -> None:
    passwords = {set_one_time_password(agent=sam, by=ada) for _ in range(5)}
    assert len(passwords) == 5
    assert all(len(password) == 19 for password in passwords)


@pytest.mark.parametrize(
    "wrong",
    [
        {"roles": []},
        {"roles": ["Global admin"]},
        {"username": "nora"},
        {"username": "ada@partner.example"},
        {"username": ""},
        {"display_name": " "},
        {"display_name": "n" * 257},
    ],
)
def test_an_invitation_that_is_not_accepted_keeps_what_was_typed(
    client: Client, wrong: dict[str, object]
) -> None:
    answer = client.post("/agents/invite/", {**INVITATION, **wrong})

    assert answer.status_code == 422
    assert 'class="error"' in text_of(answer)
    assert "Berg" in text_of(answer) or "display_name" in wrong
    assert Agent.objects.count() == 1
    assert actions() == []


# One agent


def test_the_page_links_to_what_the_agent_did(client: Client, sam: Agent) -> None:
    page = text_of(client.get(address(sam)))
    assert 'href="/activity-log/?agent=sam%40partner.example"' in page


def test_name_and_roles_are_changed_with_a_record_each(client: Client, sam: Agent) -> None:
    answer = client.post(address(sam, "edit"), {"display_name": "Samuel", "roles": ["Admin agent"]})

    assert (answer.status_code, answer["Location"]) == (302, address(sam))
    assert (stored(sam).display_name, stored(sam).role_names) == ("Samuel", ["Admin agent"])
    assert actions() == ["update_partner_user", "change_partner_user_roles"]
    assert "The changes were saved." in text_of(client.get(address(sam)))


def test_saving_what_is_so_already_records_nothing(client: Client, sam: Agent) -> None:
    client.post(address(sam, "edit"), {"display_name": "Sam", "roles": ["Sales agent"]})
    assert actions() == []


def test_an_agent_keeps_at_least_one_role(client: Client, sam: Agent) -> None:
    answer = client.post(address(sam, "edit"), {"display_name": "Samuel"})
    assert answer.status_code == 422
    assert stored(sam).display_name == "Sam"


def test_deactivating_states_what_is_wanted_and_not_the_other_one(
    client: Client, sam: Agent
) -> None:
    for wanted in ("false", "false", "true", "true"):
        answer = client.post(address(sam, "active"), {"active": wanted})
        assert answer["Location"] == address(sam)
        assert stored(sam).is_active == (wanted == "true")
    assert actions() == ["deactivate_partner_user", "reactivate_partner_user"]


@pytest.mark.parametrize("fields", [{}, {"active": "maybe"}, {"active": "1"}])
def test_a_form_that_wants_no_state_is_refused(
    client: Client, sam: Agent, fields: dict[str, str]
) -> None:
    assert client.post(address(sam, "active"), fields).status_code == 400
    assert stored(sam).is_active


def test_a_one_time_password_replaces_the_old_one_and_ends_every_session(
    client: Client, sam: Agent
) -> None:
    his = signed_in(sam)
    assert client.get(address(sam, "one-time-password")).status_code == 200
    password = shown_password(client.post(address(sam, "one-time-password"), follow=True))

    assert stored(sam).check_password(password)
    assert stored(sam).must_change_password
    assert his.get("/customers/")["Location"].startswith("/sign-in/")
    assert actions() == ["set_partner_user_password"]


def test_second_factors_of_somebody_who_lost_them_are_removed(client: Client, sam: Agent) -> None:
    for kind in ("totp", "webauthn", "recovery_codes"):
        AuthenticatorFactory.create(user=sam, type=kind)
    assert client.get(address(sam, "second-factors")).status_code == 200
    client.post(address(sam, "second-factors"))

    assert not sam.authenticator_set.exists()
    record = ActivityRecord.objects.get()
    assert record.action == "remove_second_factor"
    assert record.old == {"second_factors": ["totp", "webauthn"]}
    assert record.new == {"second_factors": []}


def test_removing_what_is_not_there_records_nothing(client: Client, sam: Agent) -> None:
    assert client.post(address(sam, "second-factors")).status_code == 302
    assert actions() == []


# Oneself


@pytest.mark.parametrize(
    ("act", "fields"),
    [("active", {"active": "false"}), ("one-time-password", {}), ("second-factors", {})],
)
def test_nobody_does_it_to_himself(
    client: Client, ada: Agent, act: str, fields: dict[str, str]
) -> None:
    AuthenticatorFactory.create(user=ada)
    answer = client.post(address(ada, act), fields)

    assert answer.status_code == 422
    assert "Nothing was changed." in sentence_of(answer)
    assert stored(ada).is_active
    assert stored(ada).second_factors == ["totp"]
    assert actions() == []


def test_one_s_own_page_explains_instead_of_offering(client: Client, ada: Agent) -> None:
    page = text_of(client.get(address(ada)))
    assert "This is your own account." in page
    assert "Deactivate</button>" not in page
    assert 'name="roles"' not in text_of(client.get(address(ada, "edit")))


def test_one_s_own_name_is_changed_and_roles_sent_along_are_not(client: Client, ada: Agent) -> None:
    client.post(address(ada, "edit"), {"display_name": "Ada L", "roles": ["Sales agent"]})
    assert (stored(ada).display_name, stored(ada).role_names) == ("Ada L", ["Admin agent"])


# The admin's door


def test_a_password_that_was_typed_in_the_admin_has_to_be_changed(
    client: Client, sam: Agent
) -> None:
    fields = {"display_name": "Sam", "roles": ["Sales agent"], "is_active": "on"}
    client.post(f"/admin/agents/agent/{sam.pk}/change/", {**fields, "password": PASSWORD})

    assert stored(sam).check_password(PASSWORD)
    assert stored(sam).must_change_password
