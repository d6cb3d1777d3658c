"""Every page speaks Japanese to whoever reads Japanese, full and empty, accepted and refused."""

import re
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.utils.translation import override

from customers.models import Customer
from customers.operations.customers import remove_reseller_relationship
from customers.operations.subscriptions import suspend_subscription
from partnercenter import errors
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.conftest import signed_in
from tests.customers.pages import read
from tests.factories import (
    PASSWORD,
    AgentFactory,
    AuthenticatorFactory,
    CustomerUserFactory,
    RoleAssignmentFactory,
)
from tests.partnercenter.english import english, is_english
from tests.partnercenter.japanese import (
    JAPANESE,
    agent,
    browser_of,
    contract,
    customer,
    faults,
    faults_of,
    passkey,
    turn_on,
)
from tests.partnercenter.site import SOMEBODY, addresses
from tests.partnercenter.test_multi_factor import set_up_app

pytestmark = pytest.mark.django_db

HTMX: dict[str, Any] = {"HTTP_HX_REQUEST": "true"}
ADDRESSES = [address for address, _ in addresses() if not address.startswith("/admin/")]
CUSTOMER = f"/customers/{SOMEBODY}"
AGENT = f"/agents/{SOMEBODY}"
MINE = "/my-account/second-factor"


@pytest.fixture
def hanako(db: None) -> Agent:
    """An Admin agent who has set up everything."""
    hanako = agent("山田 花子", role=Role.ADMIN)
    AuthenticatorFactory.create(pk=1, user=hanako, type="webauthn", data=passkey())
    return hanako


@pytest.fixture
def fabrikam(hanako: Agent) -> Customer:
    """The customer in the addresses: its pages, and those of its subscription, are full."""
    fabrikam = customer("ファブリカム株式会社", pk=SOMEBODY, phone_number="03-0000-0000")
    azure = contract(fabrikam, pk=SOMEBODY)
    user = CustomerUserFactory.create(
        pk=SOMEBODY, customer=fabrikam, first_name="太郎", last_name="鈴木"
    )
    RoleAssignmentFactory.create(pk=1, subscription=azure, user=user)
    contract(fabrikam, product="license")
    turn_on(fabrikam, hanako)
    return fabrikam


@pytest.fixture
def everything(fabrikam: Customer, contoso: Customer, left: Customer, hanako: Agent) -> None:
    """Customers in each state, and the agent in the addresses."""
    agent("佐藤 次郎", pk=SOMEBODY, role=Role.SALES)
    northwind = customer("ノースウィンド商事")
    azure = contract(northwind)
    turn_on(northwind, hanako)
    suspend_subscription(subscription=azure, by=hanako)


@pytest.fixture
def contoso(db: None) -> Customer:
    """Without a subscription and without users."""
    return customer("コントソ株式会社")


@pytest.fixture
def left(hanako: Agent) -> Customer:
    """The relationship with this one was removed."""
    left = customer("元の顧客")
    remove_reseller_relationship(customer=left, by=hanako)
    return left


# Pages


def test_every_page_is_japanese(everything: None, hanako: Agent) -> None:
    client = browser_of(hanako)
    pages = sum(client.get(address).status_code == 200 for address in ADDRESSES)

    assert pages > 25
    assert faults(client, ADDRESSES) == {}


def test_with_an_authenticator_app_too(hanako: Agent) -> None:
    client = browser_of(hanako)
    set_up_app(client)
    assert faults(client, [address for address in ADDRESSES if MINE in address]) == {}


def test_pages_are_in_the_agent_s_own_language(everything: None, hanako: Agent) -> None:
    hanako.language = "ja"
    hanako.save()
    client = signed_in(hanako, HTTP_ACCEPT_LANGUAGE="en")
    answer = client.get("/")

    assert answer["Content-Language"] == "ja"
    assert faults(client, ["/", "/customers/", f"{CUSTOMER}/account/", "/activity-log/"]) == {}


def test_fragments_are_japanese(everything: None, hanako: Agent) -> None:
    lists = ["/customers/", "/activity-log/", "/activity-log/1/", "/agents/"]
    assert faults(browser_of(hanako), lists, **HTMX) == {}


@pytest.mark.parametrize("role", [Role.SALES, Role.HELPDESK, None])
def test_pages_are_japanese_for_agents_who_may_do_less(everything: None, role: Role | None) -> None:
    assert faults(browser_of(agent("鈴木 一郎", role=role)), ADDRESSES) == {}


def test_pages_for_strangers_are_japanese() -> None:
    assert faults(Client(**JAPANESE), ["/sign-in/", "/inactive/", "/sign-out/", "/livez"]) == {}


def test_the_demonstration_s_pages_are_japanese(settings: Any) -> None:
    settings.DEMONSTRATION = True
    assert faults(Client(**JAPANESE), ["/sign-in/"]) == {}


def test_the_password_that_comes_first_is_asked_for_in_japanese() -> None:
    newcomer = agent("新井 三郎", role=Role.ADMIN, must_change_password=True)
    assert faults(browser_of(newcomer), ["/change-password/"]) == {}


def test_the_second_step_is_japanese(hanako: Agent) -> None:
    set_up_app(browser_of(hanako))
    client = Client(**JAPANESE)
    client.post("/sign-in/", {"login": hanako.username, "password": PASSWORD})
    answer = client.post("/sign-in/second-step/", {"code": "000000"})

    assert answer.status_code == 422
    assert faults(client, ["/sign-in/second-step/"]) == {}
    assert faults_of(answer) == []


# Where there is nothing to show


def test_an_installation_without_customers_is_japanese() -> None:
    alone = agent("鈴木 一郎", role=Role.ADMIN)
    beside = ["/", "/customers/", "/activity-log/", "/agents/", MINE + "/", f"{MINE}/app/add/"]
    assert faults(browser_of(alone), beside) == {}


def test_customers_with_nothing_and_those_who_left_are_japanese(
    everything: None, contoso: Customer, left: Customer, hanako: Agent
) -> None:
    pages = ["subscriptions", "users", "activity", "account", "account/bill-to",
             "account/relationship", "subscriptions/azure-plan"]  # fmt: skip
    below = [f"/customers/{each.pk}/{page}/" for each in (contoso, left) for page in pages]
    bare = contract(contoso)
    below += [f"/customers/{contoso.pk}/subscriptions/{bare.pk}/access-control/"]
    assert faults(browser_of(hanako), below) == {}


NOT_UNDERSTOOD = ["/nothing-here/", "/customers/?q=いません", "/customers/?size=7",
                  "/customers/?色=赤", "/customers/?cursor=x", "/customers/?q=%00",
                  "/customers/?purchase=多分", "/agents/?size=7", "/activity-log/?action=何か",
                  "/activity-log/?from=2999-01-01", "/activity-log/?from=昨日",
                  "/activity-log/?from=2026-02-02&to=2026-01-01", "/activity-log/99/",
                  f"{CUSTOMER}/users/?size=7"]  # fmt: skip


def test_filters_that_match_nothing_or_are_not_understood_are_answered_in_japanese(
    everything: None, hanako: Agent
) -> None:
    assert faults(browser_of(hanako), NOT_UNDERSTOOD) == {}


@pytest.mark.parametrize(
    "answer_to", [errors.server_error, errors.unavailable, errors.too_many_requests]
)
def test_errors_of_the_server_are_japanese(answer_to: Any) -> None:
    request = RequestFactory().get("/")
    request.user = AgentFactory.build(display_name="山田 花子")
    with override("ja"):
        page = read(answer_to(request))
    assert page.the("html")["lang"] == "ja"
    assert english(page) == []


# The site administration is Django's, but for what is named there

ADMINISTRATION = [address for address, _ in addresses() if address.startswith("/admin/")]
TAG = re.compile(r"<[^>]*>")
LABEL = re.compile(r"<(?:label|h1|title|caption)[^>]*>(.*?)</", re.DOTALL)


def test_the_site_administration_names_everything_in_japanese(
    everything: None, hanako: Agent
) -> None:
    client = browser_of(hanako)
    pages = {address: client.get(address).content.decode() for address in ADMINISTRATION}
    names = {
        address: [TAG.sub("", name) for name in LABEL.findall(page)]
        for address, page in pages.items()
    }

    assert "パートナー センター サイト管理" in pages["/admin/"]
    for model in ("顧客ユーザー", "ロールの割り当て", "アクティビティ レコード", "エージェント",
                  "予約インスタンス", "顧客別価格", "払い戻し条件"):  # fmt: skip
        assert model in pages["/admin/"]
    assert sum(map(len, names.values())) > 50
    assert [
        (address, name) for address in names for name in names[address] if is_english(name)
    ] == []
