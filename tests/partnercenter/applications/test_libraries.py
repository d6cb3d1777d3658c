"""What Microsoft's sign-in libraries read beside the standard, and where they ask for it."""

import base64
import json

import jwt
import pytest
from django.test import Client
from pytest_django import Settings

from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.partnercenter.applications.signing_in import (
    Program,
    a_program,
    a_public_program,
    claims_of,
    code_from,
)

pytestmark = pytest.mark.django_db

OPENID = "openid profile offline_access https://api.partnercenter.microsoft.com/.default"


@pytest.fixture
def program(db: None) -> Program:
    return a_program(Role.ADMIN)


def test_an_id_token_says_who_signed_in_where_openid_was_asked_for(
    program: Program, ada: Agent, settings: Settings
) -> None:
    answer = program.by_code(code_from(program, ada, scope=OPENID, nonce="a-nonce")).json()
    (published,) = Client().get("/any/discovery/v2.0/keys").json()["keys"]

    claims = jwt.decode(
        answer["id_token"],
        jwt.PyJWK(published),
        algorithms=["RS256"],
        audience=str(program.application.pk),
        issuer=f"http://testserver/{settings.TENANT_ID}/v2.0",
    )

    assert (claims["tid"], claims["oid"]) == (settings.TENANT_ID, str(ada.pk))
    assert (claims["preferred_username"], claims["name"]) == (ada.username, "Ada")
    assert claims["nonce"] == "a-nonce"


def test_a_refresh_brings_an_id_token_too(program: Program, ada: Agent) -> None:
    value = program.by_code(code_from(program, ada, scope=OPENID)).json()["refresh_token"]
    answer = program.by_refresh_token(value).json()
    assert claims_of(answer["id_token"])["oid"] == str(ada.pk)


def test_an_agents_name_stays_out_where_no_profile_was_asked_for(
    program: Program, ada: Agent
) -> None:
    answer = program.by_code(code_from(program, ada, scope="openid")).json()
    assert not {"name", "preferred_username"} & set(claims_of(answer["id_token"]))


def test_there_is_no_id_token_where_it_was_not_asked_for(program: Program, ada: Agent) -> None:
    assert "id_token" not in program.tokens_for(ada)


def test_client_info_names_agent_and_tenant_where_it_was_asked_for(
    program: Program, ada: Agent, settings: Settings
) -> None:
    code = code_from(program, ada)
    answer = program.by_code(code, client_info="1").json()

    facts = json.loads(base64.urlsafe_b64decode(answer["client_info"] + "=="))
    assert facts == {"uid": str(ada.pk), "utid": settings.TENANT_ID}


def test_there_is_no_client_info_where_it_was_not_asked_for(program: Program, ada: Agent) -> None:
    assert "client_info" not in program.tokens_for(ada)


def test_an_application_by_itself_has_no_client_info(program: Program) -> None:
    assert "client_info" not in program.for_itself(client_info="1").json()


@pytest.mark.parametrize("scope", ["https://tools.example/.default", OPENID])
def test_the_scopes_of_the_answer_are_those_that_were_asked_for(
    program: Program, scope: str
) -> None:
    """By them libraries find the token again that they keep."""
    assert program.for_itself(scope=scope).json()["scope"] == scope


@pytest.mark.parametrize(
    "address",
    [
        "/contoso.example/v2.0/.well-known/openid-configuration",
        "/contoso.example/.well-known/openid-configuration",
    ],
)
def test_the_issuer_is_where_its_addresses_are_found(settings: Settings, address: str) -> None:
    issuer = Client().get(address).json()["issuer"]
    assert issuer == f"http://testserver/{settings.TENANT_ID}/v2.0"

    found = Client().get(
        f"{issuer.removeprefix('http://testserver')}/.well-known/openid-configuration"
    )
    assert found.json()["issuer"] == issuer


def test_libraries_read_that_public_clients_and_forms_are_known() -> None:
    found = Client().get("/contoso.example/v2.0/.well-known/openid-configuration").json()
    assert "none" in found["token_endpoint_auth_methods_supported"]
    assert found["response_modes_supported"] == ["query", "fragment", "form_post"]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("version", ["", "v2.0/"])
def test_a_device_code_is_refused_with_an_error_of_oauth(method: str, version: str) -> None:
    program = a_public_program()
    address = f"/contoso.example/oauth2/{version}devicecode"

    answer = getattr(Client(enforce_csrf_checks=True), method)(
        address, {"client_id": str(program.application.pk), "scope": "openid"}
    )

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert answer.json()["error"] == "unsupported_grant_type"


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(
    "address",
    [
        "/contoso.example/oauth2/v2.0/logout",
        "/contoso.example/oauth2",
        "/contoso.example/oauth2/v2.0/token/more",
        "/contoso.example/discovery/x",
        "/contoso.example/v2.0/x",
        "/contoso.example/.well-known/x",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server/contoso.example/v2.0",
    ],
)
def test_an_unknown_address_of_oauth_is_answered_in_json(method: str, address: str) -> None:
    answer = getattr(Client(enforce_csrf_checks=True), method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
    assert answer.json()["error"] == "invalid_request"


def test_another_method_is_refused_in_json_too() -> None:
    answer = Client().put("/contoso.example/oauth2/v2.0/logout")
    assert (answer.status_code, answer.json()["error"]) == (405, "invalid_request")


def test_an_unknown_address_of_the_api_is_a_fault_of_the_api() -> None:
    assert "error" not in Client().get("/v1/oauth2/token").json()
