"""Days on which the database is gone, comes back, or is held by somebody else."""

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

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
def database() -> Iterator[PrivateServer]:
    assert BINARIES
    with PrivateServer(BINARIES) as server:
        yield server


@pytest.fixture(scope="module")
def installation(
    database: PrivateServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """Somebody is ready to purchase, and Ada may allow it."""
    installation = Installation(database.url, tmp_path_factory.mktemp("installation"))
    installation.install()
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
def stopped(database: PrivateServer, ada: Browser) -> Iterator[PrivateServer]:
    """The database, while every worker has connections to it; it runs again for the next test."""
    database.stop()
    yield database
    if not database.is_running:
        database.start()


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
    stopped.start()

    assert statuses(ada, ACCOUNT, times=40) == {200}
    assert ada.get("/readyz").status == 200
    assert turn_on(ada).status == turn_off(ada).status == 200
    assert lines_about(installation, 500) == []
    assert "The activity log is sound" in installation.manage("verify_activity_log")


@pytest.mark.parametrize("held", ["customers_customer", "activitylog_activityhead"])
def test_a_press_that_waits_for_somebody_else_gives_up_and_changes_nothing(
    installation: Installation, database: PrivateServer, ada: Browser, held: str
) -> None:
    with psycopg.connect(database.url) as somebody_else:
        somebody_else.execute(f"SELECT * FROM {held} FOR UPDATE")  # noqa: S608 (constants)
        start = time.monotonic()
        answer = turn_on(ada)
        waited = time.monotonic() - start
        (records,) = somebody_else.execute("SELECT count(*) FROM activitylog_activityrecord")

    assert_says_that_it_is_unavailable(answer)
    assert LOCK_SECONDS - 1 < waited < LOCK_SECONDS + 7
    assert turn_on(ada).status == turn_off(ada).status == 200
    with psycopg.connect(database.url) as looking:
        (after,) = looking.execute("SELECT count(*) FROM activitylog_activityrecord")
    assert after[0] == records[0] + 2
    assert "The activity log is sound" in installation.manage("verify_activity_log")


def test_a_session_that_cannot_be_stored_is_no_fault_of_the_request(
    database: PrivateServer, ada: Browser
) -> None:
    with psycopg.connect(database.url) as somebody_else:
        somebody_else.execute("SELECT * FROM django_session FOR UPDATE")
        answer = turn_on(ada)

    assert_says_that_it_is_unavailable(answer)
    assert turn_off(ada).status == 200


SHOW = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SHOW statement_timeout")
    print(cursor.fetchone()[0])
"""


@pytest.mark.parametrize(
    ("program", "limit"), [("import partnercenter.wsgi", "10s"), ("# a command", "0")]
)
def test_statements_have_a_limit_for_pages_and_none_for_commands(
    installation: Installation, program: str, limit: str
) -> None:
    printed = installation.manage("shell", "--verbosity", "0", "--command", program + SHOW)
    assert printed.strip() == limit


def test_a_limit_that_the_address_of_the_database_sets_is_kept(
    installation: Installation, database: PrivateServer
) -> None:
    shown = installation.manage(
        "shell",
        "--verbosity",
        "0",
        "--command",
        "import partnercenter.wsgi" + SHOW,
        DATABASE_URL=f"{database.url}?options=-c%20statement_timeout%3D42s",
    )
    assert shown.strip() == "42s"


# The server as it is installed


def test_what_gunicorn_and_the_workers_write_is_one_json_object_a_line(
    installation: Installation, ada: Browser
) -> None:
    assert ada.get("/customers/?q=what-somebody-searched").status == 200

    written = installation.log.read_text()
    lines = [json.loads(line) for line in written.splitlines()]
    assert {"gunicorn.error", "partnercenter.requests"} <= {line["logger"] for line in lines}
    assert all({"time", "level", "message"} <= set(line) for line in lines)
    assert "what-somebody-searched" not in written
    assert PASSWORD not in written


def test_style_sheets_are_guarded_and_kept_for_long_under_names_that_change_with_them(
    installation: Installation,
) -> None:
    browser = Browser(installation.site)
    addresses = re.findall(r'href="(/static/[^"]*css)"', browser.get("/sign-in/").text)
    assert addresses
    for address in addresses:
        headers = browser.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "immutable" in headers["Cache-Control"]
        assert "default-src 'self'" in headers["Content-Security-Policy"]
