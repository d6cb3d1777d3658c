"""Runs the tests on PostgreSQL: python -m tests.postgresql [arguments for pytest]

Against TEST_DATABASE_URL where one is given; else against a private server that is started on a
free port, as an ordinary user when root runs it, and thrown away afterwards.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

UNPRIVILEGED = ("postgres", "nobody")


def main(arguments: list[str]) -> int:
    """The exit status of pytest; 0 with a reason where there is no PostgreSQL, 1 for that on CI."""
    if os.environ.get("TEST_DATABASE_URL"):
        return _pytest(os.environ["TEST_DATABASE_URL"], arguments)
    binaries = binaries_of_postgresql()
    if binaries is None:
        print("SKIPPED: the tests on PostgreSQL. No PostgreSQL server was found: install the")
        print("package “postgresql”, or set TEST_DATABASE_URL to a server for databases of tests.")
        return 1 if os.environ.get("CI") else 0
    with PrivateServer(binaries) as server:
        return _pytest(server.url, arguments)


def _pytest(url: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-m", "not browser", *arguments]
    return subprocess.call(command, env={**os.environ, "TEST_DATABASE_URL": url})


def binaries_of_postgresql() -> Path | None:
    """The folder with initdb and postgres: on the PATH, or the newest of Debian's."""
    on_path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    candidates = [Path(on_path).parent] if on_path else folders
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


class PrivateServer:
    """A server of our own on the loopback address, with its files in a folder that goes with it.

    As a context it runs from beginning to end; inside it can be stopped and started again.
    """

    def __init__(self, binaries: Path) -> None:
        self._binaries = binaries
        self._user = ordinary_user()
        self._folder = tempfile.TemporaryDirectory(prefix="partnercenter-pg-")
        self._data = Path(self._folder.name, "data")
        self.port = free_port()
        self.url = f"postgres://tests@127.0.0.1:{self.port}/postgres"

    def __enter__(self) -> Self:
        shutil.chown(self._folder.name, user=self._user)
        self._run("initdb", "-D", self._data, "-U", "tests", "-A", "trust", "-N",
                  "--encoding=UTF8", "--locale=C.UTF-8")  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        if self.is_running:
            self.stop()
        self._folder.cleanup()

    @property
    def is_running(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        """Returns when it answers."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 "
            f"-c unix_socket_directories={self._folder.name} -c fsync=off -c max_connections=200"
        )
        log = Path(self._folder.name, "log")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """As if the machine lost its power: nobody is told, and nothing is tidied up."""
        self._run("pg_ctl", "-D", self._data, "-m", "immediate", "stop")

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """None of its processes does anything meanwhile; its connections stand."""
        processes = self._processes()
        _signal(processes, signal.SIGSTOP)
        try:
            yield
        finally:
            _signal(processes, signal.SIGCONT)

    def _processes(self) -> list[int]:
        """The first process and its children, by their ids."""
        first = int((self._data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{first}/task/{first}/children").read_text().split()
        return [first, *map(int, children)]

    def _run(self, program: str, *arguments: object) -> None:
        as_root = os.getuid() == 0
        subprocess.run(
            [str(self._binaries / program), *map(str, arguments)],
            check=True,
            cwd="/",
            stdout=subprocess.DEVNULL,
            user=self._user if as_root else None,
            group=pwd.getpwnam(self._user).pw_gid if as_root else None,
        )


def ordinary_user() -> str:
    """Whoever runs this; but PostgreSQL refuses to be run by root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
