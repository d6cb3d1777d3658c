"""The documentation as a page: for strangers as well as for agents, without JavaScript."""

import pytest
from django.test import Client
from pytest_django import Settings

from customers.api.finding import REFUSALS
from partnercenter.agents.models import Agent
from partnercenter.api import faults
from partnercenter.api.fault_codes import CODES
from partnercenter.api.openapi import document, operations_of
from partnercenter.api.urls import api
from tests.conftest import signed_in
from tests.customers.pages import Part, read

pytestmark = pytest.mark.django_db

OPERATIONS = [operation for _method, operation in operations_of(document(api))]


def page_of(client: Client) -> Part:
    answer = client.get("/api/")
    assert answer.status_code == 200
    return read(answer)


@pytest.fixture
def page(db: None) -> Part:
    """As a stranger sees it."""
    return page_of(Client())


def test_a_stranger_reads_it_without_the_menus_of_agents(page: Part) -> None:
    assert [heading.words for heading in page.all("h1")] == ["API documentation"]
    assert "Sign out" not in page.words
    assert "API access" not in [link.words for link in page.all("a")]


def test_an_admin_agent_finds_the_way_back(ada: Agent, sam: Agent) -> None:
    for agent, leads_back in ((ada, True), (sam, False)):
        nav = page_of(signed_in(agent)).the("nav", class_="breadcrumb")
        assert ("API access" in nav.words) == leads_back


def test_every_operation_is_on_it_with_method_path_and_summary(page: Part) -> None:
    articles = page.all("article")
    assert len(articles) == len(OPERATIONS)
    made = {
        (article.the("p", class_="code endpoint").words, article.the("h3").words)
        for article in articles
    }
    assert made == {
        (f"{method.upper()} {path}", operation["summary"])
        for path, item in document(api)["paths"].items()
        for method, operation in item.items()
    }


def test_every_entry_of_the_contents_leads_somewhere(page: Part) -> None:
    ids = [part["id"] for part in page.all() if "id" in part]
    anchors = [
        link["href"].removeprefix("#") for link in page.all("a") if link["href"].startswith("#")
    ]
    assert len(anchors) > len(OPERATIONS)
    assert set(anchors) <= set(ids)
    assert len(ids) == len(set(ids))


def article_of(page: Part, operation_id: str) -> Part:
    (found,) = [
        article
        for article in page.all("article")
        if article["aria-labelledby"] == operation_id.replace("_", "-")
    ]
    return found


@pytest.mark.parametrize(
    ("operation_id", "says"),
    [
        ("create_policy", "Who may call it: Admin agent. Only with the token of an agent."),
        ("create_order", "Who may call it: Admin agent, Sales agent. With the token of an agent"),
        ("customers", "Admin agent, Sales agent, Helpdesk agent"),
    ],
)
def test_an_operation_says_who_may_call_it(page: Part, operation_id: str, says: str) -> None:
    assert says in article_of(page, operation_id).words


def test_an_operation_shows_its_parameters_its_body_and_its_answer(page: Part) -> None:
    article = article_of(page, "replace_policy_by_id")
    names = [row.the("th").words for row in article.the("tbody").all("tr")]
    assert {"policy_id", "grantor.tenantID", "permissions[].resource"} < set(names)
    body, answer = [sample.words for sample in article.all("pre")]
    assert '"AzureSavingsPlan"' in body
    assert '"objectType": "SelfServePolicy"' in answer


def test_a_list_is_shown_with_one_item_and_a_deletion_without_an_answer(page: Part) -> None:
    assert '"totalCount": 1' in article_of(page, "subscriptions").the("pre").words
    assert article_of(page, "delete_policy").all("pre") == []


def test_the_introduction_names_this_installation(page: Part, settings: Settings) -> None:
    assert f"http://testserver/{settings.TENANT_ID}/oauth2/v2.0/token" in page.words
    assert f"http://testserver/{settings.TENANT_ID}/oauth2/v2.0/authorize" in page.words


@pytest.mark.parametrize(
    ("rate", "says"), [(500, "500 calls a minute"), (0, "Calls are not limited")]
)
def test_the_introduction_says_how_many_calls_there_can_be(
    settings: Settings, rate: int, says: str
) -> None:
    settings.API_CALLS_A_MINUTE = rate
    assert says in page_of(Client()).words


def test_it_links_to_the_document(page: Part) -> None:
    assert "/api/openapi.json" in [link["href"] for link in page.all("a")]


def test_it_needs_no_script_of_its_own(page: Part) -> None:
    names = [part["src"].rpartition("/")[2] for part in page.all("script")]
    assert [name.partition(".")[0] for name in names] == ["htmx-2", "app"]


def test_nothing_but_reading_is_possible() -> None:
    assert Client().post("/api/").status_code == 405
    assert Client().post("/api/openapi.json").status_code == 405


# The table of codes


def test_every_code_that_an_error_can_have_is_in_the_table() -> None:
    constants = {
        value
        for name, value in vars(faults).items()
        if name.isupper() and isinstance(value, str) and value.isdecimal()
    }
    refused = {code for _status, code in REFUSALS.values()}
    assert constants | refused <= {code for _status, code, _meaning in CODES}


def test_every_refusal_of_a_rule_is_in_the_table_with_its_status() -> None:
    assert set(REFUSALS.values()) <= {(status, code) for status, code, _meaning in CODES}


def test_the_table_stands_on_the_page_in_the_order_of_the_statuses(page: Part) -> None:
    rows = [
        (int(row.the("td", class_="code").words), row.the("th").words)
        for row in page.the("section", aria_labelledby="errors").the("tbody").all("tr")
    ]
    assert rows == [(status, code) for status, code, _meaning in CODES]
    assert [status for status, _code in rows] == sorted(status for status, _code in rows)
