"""nginx on the loopback address, with the example that the README points to."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql import free_port
from tests.production.certificate import HOST, make_certificate

EXAMPLE = Path(__file__).parents[2] / "docs" / "nginx.conf"
SECONDS = 10  # within which it listens
# What a distribution's own nginx.conf says around the example, and every file in one folder.
AROUND = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/example.conf;
}}
"""


class Nginx:
    """In front of the server on `upstream_port`. `site` speaks https, `plain_site` http;
    `certificate` is the file by which clients trust it.
    """

    def __init__(self, folder: Path, upstream_port: int) -> None:
        self._folder, self._upstream_port = folder, upstream_port
        self._port, self._plain_port = free_port(), free_port()
        self.site = f"https://{HOST}:{self._port}"
        self.plain_site = f"http://{HOST}:{self._plain_port}"
        self.certificate = folder / "fullchain.pem"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Begins when it listens. What it has to say goes to `nginx.log` in the folder."""
        self._write_files()
        nginx = program()
        assert nginx
        log = self._folder / "nginx.log"
        with log.open("w") as errors:
            process = subprocess.Popen(
                [nginx, "-e", "stderr", "-c", self._folder / "nginx.conf"], stderr=errors
            )
        try:
            _wait_for(self._port, process, log)
            yield
        finally:
            process.terminate()
            process.wait(SECONDS)

    def _write_files(self) -> None:
        key = self._folder / "privkey.pem"
        make_certificate(self.certificate, key)
        user = "user root;" if os.getuid() == 0 else ""  # for a folder that is root's own
        around = AROUND.format(user=user, folder=self._folder)
        (self._folder / "nginx.conf").write_text(around)
        (self._folder / "example.conf").write_text(self._example(key))

    def _example(self, key: Path) -> str:
        """The example with ports and files of this machine; whatever isn't found there fails."""
        text = EXAMPLE.read_text()
        for pattern, replacement in (
            (r" listen \[::\].*;", ""),
            (r"listen 80;", f"listen 127.0.0.1:{self._plain_port};"),
            (r"listen 443 ssl;", f"listen 127.0.0.1:{self._port} ssl;"),
            (r"server_name \S+;", f"server_name {HOST};"),
            (r"ssl_certificate \S+;", f"ssl_certificate {self.certificate};"),
            (r"ssl_certificate_key \S+;", f"ssl_certificate_key {key};"),
            (r"proxy_pass \S+;", f"proxy_pass http://127.0.0.1:{self._upstream_port};"),
        ):
            text, count = re.subn(pattern, replacement, text)
            assert count, f"{EXAMPLE} has nothing like “{pattern}”"
        return text


def program() -> str | None:
    """Where nginx is; None where it isn't installed. Debian keeps it off people's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.02)
