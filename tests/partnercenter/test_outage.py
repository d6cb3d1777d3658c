"""Days on which the database is gone, comes back, or is held by somebody else."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tests.factories import PASSWORD
from tests.partnercenter.installation import Answer, Browser, Installation
from tests.partnercenter.site import SOMEBODY
from tests.postgresql import PrivateServer, binaries_of_postgresql

BINARIES = binaries_of_postgresql()
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(
        BINARIES is None,
        reason="These tests stop and start a PostgreSQL server of their own, and the programs of "
        "one were not found: install the package “postgresql”.",
    ),
]

ACCOUNT = f"/customers/{SOMEBODY}/account/"
SWITCH = f"/customers/{SOMEBODY}/purchase-permissions/AzureReservedInstances/"
PAGES = ("/", "/customers/", ACCOUNT, "/activity-log/", "/admin/", "/change-password/")
LOCK_SECONDS = 3  # as in partnercenter/patience.py
STORY = f"""
from partnercenter.agents.roles import Role
from tests.factories import AgentFactory, RoleAssignmentFactory
AgentFactory.create(username="ada@partner.example", role=Role.ADMIN, password="{PASSWORD}")
RoleAssignmentFactory.create(subscription__customer__pk="{SOMEBODY}")
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Somebody is ready to purchase, and Ada may allow it."""
    assert BINARIES
    with PrivateServer(BINARIES) as database:
        installation = Installation(database, tmp_path_factory.mktemp("installation"))
        for command in ("migrate", "createcachetable"):
            installation.manage(command, "--verbosity", "0")
        installation.manage("collectstatic", "--noinput", "--verbosity", "0")
        installation.manage("shell", "--verbosity", "0", "--command", STORY)
        with installation.serving():
            yield installation


@pytest.fixture
def ada(installation: Installation) -> Browser:
    """Signed in, and seen by every worker."""
    browser = Browser(installation.site)
    assert browser.sign_in("ada@partner.example", PASSWORD).status == 200
    assert statuses(browser, ACCOUNT, times=40) == {200}
    return browser


def statuses(browser: Browser, path: str, *, times: int) -> set[int]:
    """Asked eight at a time, so that every worker has to answer on several connections."""
    with ThreadPoolExecutor(8) as pool:
        return {answer.status for answer in pool.map(browser.get, [path] * times)}


def turn_on(browser: Browser) -> Answer:
    return browser.post(SWITCH, allowed="true")


def turn_off(browser: Browser) -> Answer:
    return browser.post(SWITCH, allowed="false")


def lines_about(installation: Installation, status: int) -> list[dict[str, object]]:
    lines = map(json.loads, installation.log.read_text().splitlines())
    return [line for line in lines if line.get("status") == status]


def assert_says_that_it_is_unavailable(answer: Answer) -> None:
    assert answer.status == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "reload the page to see what is stored" in answer.text


@pytest.fixture
def stopped(installation: Installation, ada: Browser) -> Iterator[PrivateServer]:
    """The database, from the middle of the work of the day; it runs again for the next test."""
    installation.database.stop()
    yield installation.database
    if not installation.database.is_running:
        installation.database.start()


@pytest.mark.usefixtures("stopped")
def test_without_the_database_every_page_and_press_is_answered_with_503(ada: Browser) -> None:
    for page in PAGES:
        assert_says_that_it_is_unavailable(ada.get(page))

    assert_says_that_it_is_unavailable(turn_on(ada))
    assert_says_that_it_is_unavailable(ada.sign_in("ada@partner.example", PASSWORD))


@pytest.mark.usefixtures("stopped")
def test_without_the_database_the_server_is_alive_but_not_ready(ada: Browser) -> None:
    assert ada.get("/livez").status == 200

    not_ready = ada.get("/readyz")
    assert not_ready.status == 503
    assert int(not_ready.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("stopped")
def test_the_page_about_the_outage_speaks_the_readers_language(ada: Browser) -> None:
    answer = ada.get("/", **{"Accept-Language": "ja"})
    assert answer.status == 503
    assert '<html lang="ja"' in answer.text


def test_when_the_database_is_back_nobody_meets_an_error(
    installation: Installation, ada: Browser, stopped: PrivateServer
) -> None:
    assert statuses(ada, ACCOUNT, times=16) == {503}
    stopped.start()

    assert ada.get("/readyz").status == 200
    assert statuses(ada, ACCOUNT, times=40) == {200}
    assert turn_on(ada).status == turn_off(ada).status == 200
    assert lines_about(installation, 500) == []
    assert "The activity log is sound" in installation.manage("verify_activity_log")


@pytest.mark.parametrize("held", ["customers_customer", "activitylog_activityhead"])
def test_a_press_that_waits_for_somebody_else_gives_up_and_changes_nothing(
    installation: Installation, ada: Browser, held: str
) -> None:
    with psycopg.connect(installation.database.url) as somebody_else:
        somebody_else.execute(f"SELECT * FROM {held} FOR UPDATE")  # noqa: S608 (constants)
        start = time.monotonic()
        answer = turn_on(ada)
        waited = time.monotonic() - start
        (records,) = somebody_else.execute("SELECT count(*) FROM activitylog_activityrecord")

    assert_says_that_it_is_unavailable(answer)
    assert LOCK_SECONDS - 1 < waited < LOCK_SECONDS + 7
    assert turn_on(ada).status == turn_off(ada).status == 200
    with psycopg.connect(installation.database.url) as looking:
        (after,) = looking.execute("SELECT count(*) FROM activitylog_activityrecord")
    assert after[0] == records[0] + 2
    assert "The activity log is sound" in installation.manage("verify_activity_log")


def test_a_statement_that_takes_too_long_is_ended_for_pages_and_not_for_commands(
    installation: Installation,
) -> None:
    show = (
        "from django.db import connection as c; u=c.cursor(); u.execute('SHOW statement_timeout')"
    )
    by_server = f"import partnercenter.wsgi; {show}; print(u.fetchone()[0])"
    by_command = f"{show}; print(u.fetchone()[0])"

    assert installation.manage("shell", "-v", "0", "-c", by_server).strip() == "10s"
    assert installation.manage("shell", "-v", "0", "-c", by_command).strip() == "0"


def test_what_gunicorn_and_the_workers_write_is_one_json_object_a_line(
    installation: Installation, ada: Browser
) -> None:
    assert ada.get("/customers/?q=what-somebody-searched").status == 200

    lines = [json.loads(line) for line in installation.log.read_text().splitlines()]
    loggers = {line["logger"] for line in lines}
    assert {"gunicorn.error", "partnercenter.requests"} <= loggers
    assert all({"time", "level", "message"} <= set(line) for line in lines)
    assert "what-somebody-searched" not in installation.log.read_text()
    assert PASSWORD not in installation.log.read_text()
