"""The log's filter offers agents by name, and finds what they did under whatever name."""

import pytest
from django.test import Client
from django.urls import reverse

from activitylog.models import ActivityRecord
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import rename_agent
from tests.activitylog.acts import act
from tests.conftest import signed_in
from tests.customers.pages import Part, read

LOG = reverse("activitylog:activity_log")


@pytest.fixture
def did(sam: Agent) -> ActivityRecord:
    """What Sam did when he was known by his user principal name alone."""
    act(by=sam)
    return ActivityRecord.objects.latest("number")


def filtered(client: Client, text: str) -> list[str]:
    page = read(client.get(LOG, {"agent": text}))
    return [link["href"] for link in page.all("a", class_="expander")]


def field(client: Client, address: str = LOG) -> Part:
    return read(client.get(address)).the("form", class_="filters").the("input", name="agent")


@pytest.mark.parametrize("text", ["Sam", "sam", "ＳＡＭ", "sam@partner.example"])
def test_an_agent_is_found_by_the_name_of_now(ada: Agent, did: ActivityRecord, text: str) -> None:
    assert len(filtered(signed_in(ada), text)) == 1


def test_a_new_name_finds_what_was_done_under_the_old_one(
    ada: Agent, sam: Agent, did: ActivityRecord
) -> None:
    rename_agent(agent=sam, display_name="Ximena Ortega", by=ada)
    client = signed_in(ada)

    assert len(filtered(client, "ximena")) == 1
    assert len(filtered(client, "sam@")) == 1
    assert filtered(client, "nobody") == []


def test_names_are_offered_with_what_the_log_calls_them(ada: Agent, sam: Agent) -> None:
    page = read(signed_in(ada).get(LOG))
    offered = page.the("datalist", id=page.the("input", name="agent")["list"]).all("option")

    assert [(option["value"], option.words) for option in offered] == [
        ("ada@partner.example", "Ada"),
        ("sam@partner.example", "Sam"),
    ]


def test_what_is_offered_finds_that_agent_alone(ada: Agent, sam: Agent) -> None:
    act(by=sam)
    act(by=ada)
    assert len(filtered(signed_in(ada), sam.username)) == 1


def test_who_may_not_see_agents_is_offered_none(
    hana: Agent, ada: Agent, fabrikam: Customer
) -> None:
    client, address = signed_in(hana), reverse("customers:activity", args=[fabrikam.pk])

    assert "list" not in field(client, address)
    assert not read(client.get(address)).has("datalist")
