"""The README's first command, as a newcomer types it, with the production server behind it."""

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

ROOT = Path(__file__).parents[2]


@pytest.fixture
def demonstration(tmp_path: Path) -> Iterator[list[str]]:
    """What `make demo` prints until the server is ready, on a database of its own."""
    if not shutil.which("make"):
        pytest.skip("“make” was not found: install the package “make”.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("HTTPS", "ALLOWED_HOSTS", "SECRET_KEY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"PORT": str(port), "DATABASE_URL": f"sqlite:///{tmp_path}/demo.sqlite3"}
    server = subprocess.Popen(
        ["make", "demo"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield _lines_until_ready(server)
    os.killpg(server.pid, signal.SIGTERM)
    server.wait()


def _lines_until_ready(server: "subprocess.Popen[str]") -> list[str]:
    lines: list[str] = []
    for line in server.stdout or ():
        lines.append(line.strip())
        if line.startswith("http://"):
            return lines
    raise AssertionError(f"make demo ended before the server was ready: {lines}")


def test_make_demo_prints_who_can_sign_in_and_the_sign_in_page_offers_them(
    demonstration: list[str], chromium: Browser
) -> None:
    address = demonstration[-1]
    roles = ["Admin agent", "Sales agent", "Helpdesk agent"]
    printed = [line for line in demonstration if line.startswith(tuple(roles))]
    assert [line.split("  ")[0] for line in printed] == roles

    for role, line in zip(roles, printed, strict=True):
        name, password = line.split("  ")[1:]
        page = chromium.new_page()
        page.goto(address)
        expect(page.get_by_text(name)).to_be_visible()
        expect(page.get_by_text(password)).to_be_visible()
        page.get_by_role("button", name=f"Sign in as {role}").click()
        expect(page.get_by_role("heading", name="Home")).to_be_visible()
        expect(page.get_by_text("customers can purchase on your bill")).to_be_visible()
        expect(page.locator("body")).to_have_css("margin", "0px")  # the style sheets are there
        page.context.close()


def test_the_curl_lines_of_the_readme_work_as_they_stand(demonstration: list[str]) -> None:
    """But for the port: the demonstration of a test runs on one that is free."""
    if not shutil.which("curl"):
        pytest.skip("“curl” was not found: install the package “curl”.")
    readme = (ROOT / "README.md").read_text()
    lines = readme.partition("```sh\n")[2].partition("```")[0]
    script = lines.replace("http://127.0.0.1:8000/", demonstration[-1])

    said = subprocess.run(["bash", "-ec", script], cwd=ROOT, capture_output=True, text=True)

    listed, policy, audit = objects_in(said.stdout)
    assert len(lines.splitlines()) == 4
    assert listed["totalCount"] == len(listed["items"]) == 3
    assert policy["permissions"] == [{"resource": "AzureReservedInstances", "action": "Purchase"}]
    assert audit["items"][0]["operationType"] == "create_self_serve_policy"
    assert audit["items"][0]["customerName"] == "Proseware"
    assert audit["items"][0]["userPrincipalName"] == "ada.admin@partner.example"


def objects_in(text: str) -> Iterator[dict[str, Any]]:
    """The JSON objects that stand one behind the other."""
    decoder = json.JSONDecoder()
    while text:
        found, end = decoder.raw_decode(text)
        yield found
        text = text[end:]
