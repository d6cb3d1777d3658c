"""The cast, and what every test stands on."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client, TransactionTestCase
from django.utils import translation
from pytest_django import Settings

from activitylog import triggers
from customers.models import Customer, ReservationProduct, Subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.factories import (
    AgentFactory,
    CustomerFactory,
    ReservationProductFactory,
    RoleAssignmentFactory,
    SubscriptionFactory,
)


@pytest.fixture(autouse=True, scope="session")
def _static_files_by_their_plain_names() -> None:
    """The live server finds files by their names; hashed names exist after collectstatic only."""
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


@pytest.fixture(autouse=True, scope="session")
def _triggers_lifted_around_flush() -> Iterator[None]:
    """Tests with real transactions end with a flush, which the log's triggers refuse.

    Django's flush announces itself like a migrate, so the triggers are put back by the program's
    own receiver; `test_triggers_are_back_after_a_flush` sees that they are.
    """
    original = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def teardown(self: TransactionTestCase) -> None:
        triggers.remove(connection)
        original(self)

    TransactionTestCase._fixture_teardown = teardown  # type: ignore[attr-defined]
    yield
    TransactionTestCase._fixture_teardown = original  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _quick_settings(settings: Settings) -> None:
    """Hashes that cost little, and no list of the collected static files for each new client."""
    quick = "django.contrib.auth.hashers.MD5PasswordHasher"
    settings.PASSWORD_HASHERS = [quick, *settings.PASSWORD_HASHERS]
    settings.WHITENOISE_AUTOREFRESH = settings.WHITENOISE_USE_FINDERS = True


@pytest.fixture(autouse=True)
def _no_language_of_another_test() -> Iterator[None]:
    """A request leaves its language active; the next request sets its own, a test does not."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _no_counters_of_another_test(request: pytest.FixtureRequest) -> None:
    """Counters of failed sign-ins live in the database cache, which no flush empties."""
    if {"db", "transactional_db"} & set(request.fixturenames):
        request.getfixturevalue("db" if "db" in request.fixturenames else "transactional_db")
        cache.clear()


# Ada is an Admin agent, Sam a Sales agent, Hana a Helpdesk agent.


@pytest.fixture
def ada(db: None) -> Agent:
    return AgentFactory.create(username="ada@partner.example", display_name="Ada", role=Role.ADMIN)


@pytest.fixture
def sam(db: None) -> Agent:
    return AgentFactory.create(username="sam@partner.example", display_name="Sam", role=Role.SALES)


@pytest.fixture
def hana(db: None) -> Agent:
    return AgentFactory.create(
        username="hana@partner.example", display_name="Hana", role=Role.HELPDESK
    )


# Fabrikam is ready to purchase, Contoso has no subscription, Northwind has no Owner.


@pytest.fixture
def fabrikam(db: None) -> Customer:
    customer = CustomerFactory.create(company_name="Fabrikam", domain="fabrikam.example")
    RoleAssignmentFactory.create(subscription__customer=customer)
    return customer


@pytest.fixture
def fabrikam_azure(fabrikam: Customer) -> Subscription:
    return fabrikam.subscriptions.get()


@pytest.fixture
def contoso(db: None) -> Customer:
    return CustomerFactory.create(company_name="Contoso", domain="contoso.example")


@pytest.fixture
def northwind(db: None) -> Customer:
    customer = CustomerFactory.create(company_name="Northwind Traders", domain="northwind.example")
    SubscriptionFactory.create(customer=customer)
    return customer


@pytest.fixture
def product(db: None) -> ReservationProduct:
    """Standard_D2s_v5 in westeurope for a year, at 500.00 USD."""
    return ReservationProductFactory.create(sku="Standard_D2s_v5")


def signed_in(agent: Agent, **defaults: Any) -> Client:
    client = Client(raise_request_exception=False, **defaults)
    client.force_login(agent)
    return client


SignIn = Callable[[Agent], Client]


@pytest.fixture(params=["plain", "htmx"])
def sign_in(request: pytest.FixtureRequest) -> SignIn:
    """Signs an agent in; the test runs once with a plain browser and once as htmx asks."""
    headers = {"HX-Request": "true"} if request.param == "htmx" else {}
    return lambda agent: signed_in(agent, headers=headers)


def text_of(response: HttpResponse) -> str:
    """The answer's text, with white space folded so that sentences can be looked for."""
    return " ".join(response.content.decode().split())


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """On CI everything is installed, so a test that is skipped there is a failure."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.skipped and os.environ.get("CI"):
        report.outcome = "failed"
        report.longrepr = f"Skipped on CI: {report.longrepr[2]}"
