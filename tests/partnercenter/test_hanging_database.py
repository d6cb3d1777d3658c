"""Days on which the database neither answers nor goes away."""

import inspect
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import psycopg
import pytest
from django.db.backends.postgresql import base
from psycopg import errors

from tests.factories import PASSWORD
from tests.partnercenter.installation import ROOT, SECONDS, Browser, Installation
from tests.partnercenter.site import SOMEBODY
from tests.postgresql import PrivateServer, binaries_of_postgresql, free_port

BINARIES = binaries_of_postgresql()
pytestmark = [
    pytest.mark.postgresql,
    pytest.mark.skipif(
        BINARIES is None,
        reason="These tests freeze a PostgreSQL server of their own, and the programs of one were "
        "not found: install the package “postgresql”.",
    ),
]

ACCOUNT = f"/customers/{SOMEBODY}/account/"
SWITCH = f"/customers/{SOMEBODY}/purchase-permissions/AzureReservedInstances/"
STORY = f"""
from partnercenter.agents.roles import Role
from tests.factories import AgentFactory, RoleAssignmentFactory
from tests.partnercenter.api.calling import a_token, an_application
ada = AgentFactory.create(username="ada@partner.example", role=Role.ADMIN, password="{PASSWORD}")
RoleAssignmentFactory.create(subscription__customer__pk="{SOMEBODY}")
print(a_token(an_application(), ada))
"""
WAIT = (
    "from django.db import connection; connection.ensure_connection();"
    "print(connection.connection.longest_wait)"
)
TENANT = "cd8f5f9f-e3e8-569f-87ef-f03c6cfc29bc"
POLICY = {
    "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": str(SOMEBODY)},
    "grantor": {"grantorType": "billToPartner", "tenantID": TENANT},
    "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
}


class Relay:
    """Stands between the server and its database."""

    def __init__(self, server_port: int) -> None:
        self.port, self._server_port = free_port(), server_port
        self._process: subprocess.Popen[str]

    @contextmanager
    def running(self) -> Iterator[None]:
        command = [sys.executable, "-m", "tests.relay", str(self.port), str(self._server_port)]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        assert self._process.stdout.readline() == "ready\n"
        try:
            yield
        finally:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


class Scene:
    """An installation behind a relay; `token` is an application's that acts for Ada."""

    def __init__(self, database: PrivateServer, relay: Relay, installation: Installation) -> None:
        self.database, self.relay, self.installation = database, relay, installation
        self.token = ""

    def frozen(self, what: str) -> AbstractContextManager[None]:
        return self.relay.frozen() if what == "relay" else self.database.frozen()

    def allow_purchases(self, request_id: str) -> tuple[int, str, bool]:
        """Status and body of POST /v1/SelfServePolicy, and whether it was answered before."""
        request = Request(  # noqa: S310 (our own server)
            f"{self.installation.site}/v1/SelfServePolicy",
            json.dumps(POLICY).encode(),
            {"Authorization": f"Bearer {self.token}", "MS-RequestId": request_id},
        )
        try:
            response = urlopen(request, timeout=SECONDS)  # noqa: S310
        except HTTPError as error:
            response = error
        with response:
            is_repeat = response.headers["Idempotent-Replay"] == "true"
            return response.status, response.read().decode(), is_repeat


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    assert BINARIES
    with PrivateServer(BINARIES) as database:
        relay = Relay(database.port)
        installation = Installation(
            database.url.replace(str(database.port), str(relay.port)),
            tmp_path_factory.mktemp("installation"),
            TENANT_ID=TENANT,
        )
        scene = Scene(database, relay, installation)
        with relay.running():
            installation.install()
            story = installation.manage("shell", "--verbosity", "0", "--command", STORY)
            scene.token = story.strip()
            with installation.serving():
                yield scene


@pytest.fixture
def ada(scene: Scene) -> Browser:
    """Signed in, and seen by every worker."""
    browser = Browser(scene.installation.site)
    assert browser.sign_in("ada@partner.example", PASSWORD).status == 200
    with ThreadPoolExecutor(8) as pool:
        assert {answer.status for answer in pool.map(browser.get, [ACCOUNT] * 40)} == {200}
    return browser


@pytest.mark.parametrize("frozen", ["relay", "database"])
def test_everybody_is_told_within_seconds_that_the_database_does_not_answer(
    scene: Scene, ada: Browser, frozen: str
) -> None:
    """More ask than the server has threads. Meanwhile it says that it lives, and isn't ready."""
    with scene.frozen(frozen), ThreadPoolExecutor(10) as pool:
        waiting = [pool.submit(ada.get, ACCOUNT) for _ in range(9)]
        press = pool.submit(ada.post, SWITCH, allowed="true")
        alive = [ada.get("/livez").status for _ in range(5)]
        is_first = not any(page.done() for page in waiting)
        not_ready = ada.get("/readyz")
        answers = [press.result(), *(page.result() for page in waiting)]

    assert alive == [200] * 5
    assert is_first
    assert {answer.status for answer in [*answers, not_ready]} == {503}
    assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
    assert "The activity log is sound" in scene.installation.manage("verify_activity_log")
    assert ada.get(ACCOUNT).status == 200


@contextmanager
def standby_gone(database: PrivateServer) -> Iterator[None]:
    """Every COMMIT waits for a standby that isn't there, as long as PostgreSQL is concerned."""
    with psycopg.connect(database.url, autocommit=True) as administrator:
        administrator.execute("ALTER SYSTEM SET synchronous_standby_names = 'gone'")
        administrator.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            administrator.execute("ALTER SYSTEM RESET synchronous_standby_names")
            administrator.execute("SELECT pg_reload_conf()")


def test_a_commit_whose_outcome_is_unknown_is_said_to_be_and_its_repeat_finds_the_first_answer(
    scene: Scene, ada: Browser
) -> None:
    with standby_gone(scene.database):
        status, body, _is_repeat = scene.allow_purchases("the-call")
        assert status == 503
        assert json.loads(body)["attributes"] == {"objectType": "ApiFault"}

    status, _body, is_repeat = scene.allow_purchases("the-call")
    assert (status, is_repeat) == (201, True)
    assert scene.allow_purchases("another-call")[0] == 409
    assert ada.get(ACCOUNT).status == 200
    assert "The activity log is sound" in scene.installation.manage("verify_activity_log")


def test_commands_wait_as_long_as_they_need(scene: Scene) -> None:
    assert (
        scene.installation.manage("shell", "--verbosity", "0", "--command", WAIT).strip() == "None"
    )


@pytest.mark.parametrize(("milliseconds", "wait"), [(42_000, "45.0"), (0, "None")])
def test_whoever_lets_statements_take_longer_is_given_longer(
    scene: Scene, milliseconds: int, wait: str
) -> None:
    options = f"?options=-c%20statement_timeout%3D{milliseconds}"
    printed = scene.installation.manage(
        "shell",
        "--verbosity",
        "0",
        "--command",
        f"import partnercenter.wsgi; {WAIT}",
        DATABASE_URL=scene.database.url + options,
    )
    assert printed.strip() == wait


def test_connections_end_when_the_other_machine_has_vanished(scene: Scene) -> None:
    """The system gives them up, unless the address of the database says otherwise."""
    ask = (
        "from django.db import connection; connection.ensure_connection();"
        "print(connection.connection.info.get_parameters()['tcp_user_timeout'])"
    )
    arguments = ("shell", "--verbosity", "0", "--command", ask)
    assert scene.installation.manage(*arguments).strip() == "15000"

    address = scene.database.url + "?tcp_user_timeout=60000"
    assert scene.installation.manage(*arguments, DATABASE_URL=address).strip() == "60000"


def test_what_is_not_documented_of_psycopg_and_django_is_there() -> None:
    assert "timeout" in inspect.signature(psycopg.Connection.wait).parameters
    assert issubclass(errors._WaitTimeout, errors.OperationalError)
    assert base.DatabaseWrapper.Database is psycopg
