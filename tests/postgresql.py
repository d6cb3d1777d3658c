"""Runs the tests on PostgreSQL: python -m tests.postgresql [arguments for pytest]

Against TEST_DATABASE_URL where one is given; else against a private server that is started on a
free port, as an ordinary user when root runs it, and thrown away afterwards.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UNPRIVILEGED = ("postgres", "nobody")


def main(arguments: list[str]) -> int:
    """The exit status of pytest; 0 with a reason where there is no PostgreSQL, 1 for that on CI."""
    if os.environ.get("TEST_DATABASE_URL"):
        return _pytest(os.environ["TEST_DATABASE_URL"], arguments)
    binaries = _binaries()
    if binaries is None:
        print("SKIPPED: the tests on PostgreSQL. No PostgreSQL server was found: install the")
        print("package “postgresql”, or set TEST_DATABASE_URL to a server for databases of tests.")
        return 1 if os.environ.get("CI") else 0
    with _private_server(binaries) as url:
        return _pytest(url, arguments)


def _pytest(url: str, arguments: list[str]) -> int:
    command = [sys.executable, "-m", "pytest", "-m", "not browser", *arguments]
    return subprocess.call(command, env={**os.environ, "TEST_DATABASE_URL": url})


def _binaries() -> Path | None:
    """The folder with initdb and postgres: on the PATH, or the newest of Debian's."""
    on_path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    candidates = [Path(on_path).parent] if on_path else folders
    return next((folder for folder in candidates if (folder / "postgres").exists()), None)


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


@contextmanager
def _private_server(binaries: Path) -> Iterator[str]:
    """A server of our own on the loopback address, with its files in a folder that goes with it."""
    user = _ordinary_user()
    with tempfile.TemporaryDirectory(prefix="partnercenter-pg-") as folder:
        shutil.chown(folder, user=user)
        data, port = Path(folder, "data"), _free_port()
        _run([binaries / "initdb", "-D", data, "-U", "tests", "-A", "trust", "-N",
              "--encoding=UTF8", "--locale=C.UTF-8"], user)  # fmt: skip
        options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} "
            "-c fsync=off -c max_connections=200"
        )
        start = [binaries / "pg_ctl", "-D", data, "-w", "-l", Path(folder, "log"), "-o", options]
        _run([*start, "start"], user)
        try:
            yield f"postgres://tests@127.0.0.1:{port}/postgres"
        finally:
            _run([binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop"], user)


def _ordinary_user() -> str:
    """Whoever runs this; but PostgreSQL refuses to be run by root."""
    if os.getuid() != 0:
        return pwd.getpwuid(os.getuid()).pw_name
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in UNPRIVILEGED if name in names)


def _run(command: list[object], user: str) -> None:
    as_root = os.getuid() == 0
    subprocess.run(
        [str(part) for part in command],
        check=True,
        cwd="/",
        stdout=subprocess.DEVNULL,
        user=user if as_root else None,
        group=pwd.getpwnam(user).pw_gid if as_root else None,
    )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
