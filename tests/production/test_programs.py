"""Real programs against the real server, over https and outside of the demonstration mode.

Microsoft's library and the clients are as they are on PyPI; nothing of theirs is replaced.
"""

import json
import shutil
import subprocess
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis
from msal.application import (
    ClientApplication,
    ConfidentialClientApplication,
    PublicClientApplication,
)
from msrest.authentication import BasicTokenAuthentication

from tests.browser.test_demo import objects_in
from tests.partnercenter.installation import ROOT
from tests.production.consent import AgentsBrowser, allow, brought_by
from tests.production.installation import Production
from tests.production.people import SECONDS
from tests.production.world import CUSTOMER, LICENSE, NAME

SCOPE = "https://api.partnercenter.microsoft.com/user_impersonation"
DEFAULT = "https://api.partnercenter.microsoft.com/.default"
CALLBACK = "https://tools.example/"
DEMONSTRATION, DEMONSTRATIONS_TENANT = (
    "http://127.0.0.1:8000",
    "cd8f5f9f-e3e8-569f-87ef-f03c6cfc29bc",
)
AN_HOUR = "dt.timedelta(hours=1)"
PASSES = """
import datetime as dt
from allauth.idp.oidc.models import Token
from django.db.models import F
from partnercenter.applications.models import Descent
Token.objects.update(expires_at=F("expires_at") - {passed})
Descent.objects.update(replaced_at=F("replaced_at") - {passed})
"""


@dataclass(frozen=True)
class World:
    """The installation, and what programs know of it."""

    production: Production
    tenant: str
    service: str
    secret: str
    desktop: str
    subscription: str

    @property
    def authority(self) -> str:
        return f"{self.production.site}/{self.tenant}"

    def http(self) -> requests.Session:
        """For a program on this machine, which trusts the certificate."""
        session = requests.Session()
        session.trust_env = False
        session.verify = str(self.production.certificate)
        return session

    def ask(self, **fields: str) -> dict[str, Any]:
        """One request for a token, as the README's line sends it."""
        address = f"{self.authority}/oauth2/v2.0/token"
        answer: dict[str, Any] = self.http().post(address, fields, timeout=SECONDS).json()
        return answer

    def get(self, token: str, path: str = "/v1/customers") -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self.http().get(f"{self.production.site}{path}", headers=headers, timeout=SECONDS)

    def passes(self, time: str) -> None:
        """Moves what the server keeps of tokens so far into the past."""
        self.production.manage("shell", "--command", PASSES.format(passed=time))


@pytest.fixture(scope="module")
def world(production: Production) -> World:
    made = production.manage(
        "shell", "--command", "from tests.production.world import make_world; make_world()"
    )
    return World(production, **json.loads(made.splitlines()[-1]))


@pytest.fixture
def service(world: World) -> ConfidentialClientApplication:
    """A website or service with its secret."""
    return ConfidentialClientApplication(
        world.service,
        client_credential=world.secret,
        authority=world.authority,
        instance_discovery=False,
        http_client=world.http(),
    )


@pytest.fixture
def desktop(world: World) -> PublicClientApplication:
    """A program on the agent's own computer."""
    return PublicClientApplication(
        world.desktop,
        authority=world.authority,
        instance_discovery=False,
        http_client=world.http(),
    )


def let_act(world: World, application: ClientApplication, redirect_uri: str) -> dict[str, Any]:
    """The agent allows it, and the library redeems the code."""
    flow = application.initiate_auth_code_flow([SCOPE], redirect_uri=redirect_uri)
    brought = brought_by(allow(world.production, flow["auth_uri"]))
    answer: dict[str, Any] = application.acquire_token_by_auth_code_flow(flow, brought)
    assert "access_token" in answer, answer
    return answer


@pytest.fixture
def refresh_token(world: World, service: ConfidentialClientApplication) -> str:
    """Which the service keeps, as in the Secure Application Model."""
    return str(let_act(world, service, CALLBACK)["refresh_token"])


# As the README has it


def test_the_curl_lines_of_the_readme_work_as_they_stand(
    world: World, refresh_token: str, tmp_path: Path
) -> None:
    """But for the address and the tenant, which are those of the demonstration there."""
    if not shutil.which("curl"):
        pytest.skip("“curl” was not found: install the package “curl”.")
    lines = (ROOT / "README.md").read_text().partition("```sh\n")[2].partition("```")[0]
    assert lines.count(DEMONSTRATION) == 4
    script = lines.replace(DEMONSTRATION, world.production.site)
    script = script.replace(DEMONSTRATIONS_TENANT, world.tenant)
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "api_client").write_text(
        f"CLIENT_ID={world.service} CLIENT_SECRET={world.secret} REFRESH_TOKEN={refresh_token}\n"
    )

    said = subprocess.run(
        ["bash", "-ec", script],
        cwd=tmp_path,
        env={"CURL_CA_BUNDLE": str(world.production.certificate), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=True,
    )

    listed, policy, audit = objects_in(said.stdout)
    assert "permissions" in policy, policy
    assert [item["companyProfile"]["companyName"] for item in listed["items"]] == ["Proseware"]
    assert policy["permissions"] == [{"resource": "AzureReservedInstances", "action": "Purchase"}]
    assert audit["items"][0]["operationType"] == "create_self_serve_policy"
    assert audit["items"][0]["userPrincipalName"] == NAME


# Refresh tokens


def test_a_stored_refresh_token_works_again_an_hour_later(world: World, refresh_token: str) -> None:
    for _ in range(2):
        answer = world.ask(
            grant_type="refresh_token",
            client_id=world.service,
            client_secret=world.secret,
            refresh_token=refresh_token,
        )
        assert world.get(answer["access_token"]).status_code == 200
        world.passes(AN_HOUR)


def test_a_public_program_whose_answer_got_lost_asks_again(
    world: World, desktop: PublicClientApplication
) -> None:
    fields = {
        "grant_type": "refresh_token",
        "client_id": world.desktop,
        "refresh_token": let_act(world, desktop, "http://localhost:40001")["refresh_token"],
    }
    assert "access_token" in world.ask(**fields)

    again = world.ask(**fields)

    assert world.get(again["access_token"]).status_code == 200
    world.passes(AN_HOUR)
    assert world.ask(**{**fields, "refresh_token": again["refresh_token"]})["access_token"]
    assert world.ask(**fields)["error"] == "invalid_grant"


# Microsoft's library


def test_msal_signs_a_service_in_and_finds_its_token_again(
    world: World, service: ConfidentialClientApplication
) -> None:
    first = service.acquire_token_for_client([DEFAULT])
    second = service.acquire_token_for_client([DEFAULT])

    assert world.get(first["access_token"]).status_code == 200
    assert (second["access_token"], second["token_source"]) == (first["access_token"], "cache")


def test_msal_finds_the_token_of_a_scope_that_is_not_microsofts(
    service: ConfidentialClientApplication,
) -> None:
    service.acquire_token_for_client(["https://tools.example/.default"])
    again = service.acquire_token_for_client(["https://tools.example/.default"])
    assert again["token_source"] == "cache"


def test_msal_signs_an_agent_in_at_a_service(
    world: World, service: ConfidentialClientApplication
) -> None:
    answer = let_act(world, service, CALLBACK)

    assert world.get(answer["access_token"]).status_code == 200
    (account,) = service.get_accounts()
    assert (account["username"], account["realm"]) == (NAME, world.tenant)
    assert answer["id_token_claims"]["tid"] == world.tenant
    kept = service.acquire_token_silent([SCOPE], account)
    assert (kept["access_token"], kept["token_source"]) == (answer["access_token"], "cache")


@pytest.mark.parametrize("client", ["service", "desktop"])
def test_msal_refreshes_in_silence(
    world: World, client: str, request: pytest.FixtureRequest
) -> None:
    application = request.getfixturevalue(client)
    let_act(world, application, CALLBACK if client == "service" else "http://localhost:40002")
    (account,) = application.get_accounts()

    for _ in range(3):
        world.passes(AN_HOUR)
        answer = application.acquire_token_silent([SCOPE], account, force_refresh=True)
        assert world.get(answer["access_token"]).status_code == 200


def test_msal_signs_an_agent_in_from_a_desktop(
    world: World, desktop: PublicClientApplication
) -> None:
    """In a browser, and at whatever port is free."""
    browser = AgentsBrowser(world.production)
    webbrowser.register(browser.name, None, browser, preferred=True)

    answer = desktop.acquire_token_interactive([SCOPE], timeout=SECONDS)

    assert "access_token" in answer, answer
    assert world.get(answer["access_token"]).status_code == 200
    assert "redirect_uri=http%3A%2F%2Flocalhost%3A" in browser.opened[0]
    (account,) = desktop.get_accounts()
    assert desktop.acquire_token_silent([SCOPE], account)["token_source"] == "cache"


def test_msal_reads_that_there_is_no_device_code(desktop: PublicClientApplication) -> None:
    with pytest.raises(ValueError, match="device authorization endpoint"):
        desktop.initiate_device_flow([SCOPE])


def test_msal_takes_the_authority_for_a_provider_of_openid_connect(world: World) -> None:
    application = ConfidentialClientApplication(
        world.service,
        client_credential=world.secret,
        oidc_authority=f"{world.authority}/v2.0",
        http_client=world.http(),
    )
    assert "access_token" in application.acquire_token_for_client([DEFAULT])


# partnercenterservices


@pytest.fixture
def access_token(world: World, refresh_token: str) -> str:
    """For an agent."""
    answer = world.ask(
        grant_type="refresh_token",
        client_id=world.service,
        client_secret=world.secret,
        refresh_token=refresh_token,
    )
    return str(answer["access_token"])


@pytest.fixture
def partner_store(
    world: World, access_token: str, monkeypatch: pytest.MonkeyPatch
) -> MicrosoftPartnerStoreApis:
    """With the token of an agent, as its own documentation signs in."""
    monkeypatch.setenv("NO_PROXY", "*")
    credentials = BasicTokenAuthentication({"access_token": access_token})
    client = MicrosoftPartnerStoreApis(credentials, base_url=world.production.site)
    client.config.connection.verify = str(world.production.certificate)
    return client


def test_partnercenterservices_reads(
    world: World, partner_store: MicrosoftPartnerStoreApis
) -> None:
    one = partner_store.getvversioncustomerscustomer
    customer = str(CUSTOMER)

    listed = partner_store.getvversioncustomersfilterfilter.value(version="1")
    assert [each.id for each in listed.items] == [customer]
    assert one.id(customer, "1").company_profile.company_name == "Proseware"
    assert one.idprofilesbilling(customer, "1").email == "nils@proseware.example"
    assert one.idprofilescompany(customer, "1").domain == "proseware.example"
    assert one.value6(customer, "1").items == []
    subscriptions = [each.id for each in one.value9(customer, "1").items]
    assert (len(subscriptions), world.subscription in subscriptions) == (2, True)
    assert one.id6(customer, world.subscription, "1").offer_id == LICENSE
    orders = one.value7(customer, "1").items
    assert [one.id5(customer, order.id, "1").id for order in orders] == [each.id for each in orders]
    own = partner_store.getvversionprofilesorganization("1")
    assert own.id == world.tenant


def test_partnercenterservices_changes_a_quantity(
    world: World, partner_store: MicrosoftPartnerStoreApis
) -> None:
    read: Callable[..., Any] = partner_store.getvversioncustomerscustomer.id6
    subscription = read(str(CUSTOMER), world.subscription, "1")
    wanted = subscription.quantity = subscription.quantity + 2

    partner_store.patchvversioncustomerscustomer.id4(
        str(CUSTOMER), world.subscription, subscription, "1"
    )

    assert read(str(CUSTOMER), world.subscription, "1").quantity == wanted


def test_partnercenterservices_exchanges_its_token(
    partner_store: MicrosoftPartnerStoreApis,
) -> None:
    raw = partner_store.postgeneratetoken("jwt_token", raw=True)
    assert raw.response.status_code == 200


# ms-partner-tools


def test_ms_partner_tools_reads(world: World, access_token: str) -> None:
    """Enrolling devices and inviting customers is not there, which it is told as a fault."""
    python = ROOT / "var" / "ms-partner-tools" / "bin" / "python"
    if not python.exists():
        pytest.skip("ms-partner-tools was not found: “make var/ms-partner-tools/.ready”.")
    said = subprocess.run(
        [
            python,
            ROOT / "tests" / "production" / "ms_partner_tools.py",
            world.production.site,
            access_token,
        ],
        env={"REQUESTS_CA_BUNDLE": str(world.production.certificate), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=True,
    )

    read = json.loads(said.stdout)

    assert read["customers"] == ["Proseware"]
    assert read["audit"] > 0
    assert (read["link"], read["batches"]) == ("1000", "1000")
