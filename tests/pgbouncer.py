"""A PgBouncer of our own in front of the database of the tests, pooling by transaction."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.postgresql import free_port, ordinary_user

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(database: dict[str, Any], *, connections: int) -> Iterator[int]:
    """Its port. `database` is Django's settings; at most so many connections lead to it."""
    assert PROGRAM
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="partnercenter-pgbouncer-") as folder:
        settings = Path(folder, "pgbouncer.ini")
        settings.write_text(_settings(database, port, connections))
        user = ordinary_user()
        for path in (folder, settings):
            shutil.chown(path, user=user)
        as_root = os.getuid() == 0
        process = subprocess.Popen(
            [PROGRAM, "-q", str(settings)],
            stderr=subprocess.DEVNULL,
            user=user if as_root else None,
            group=pwd.getpwnam(user).pw_gid if as_root else None,
        )
        try:
            _wait_for(port)
            yield port
        finally:
            process.kill()
            process.wait()


def _settings(database: dict[str, Any], port: int, connections: int) -> str:
    password = f" password={database['PASSWORD']}" if database["PASSWORD"] else ""
    return f"""
[databases]
* = host={database["HOST"]} port={database["PORT"]} user={database["USER"]}{password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
"""


def _wait_for(port: int) -> None:
    """Raises RuntimeError where nobody answers within ten seconds."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
    raise RuntimeError("PgBouncer did not start.")
