"""What the token endpoint gives programs, and what it tells those that it gives nothing."""

import base64
import time
from datetime import timedelta
from urllib.parse import urlencode

import jwt
import pytest
from allauth.idp.oidc.models import Token
from django.contrib.auth.hashers import identify_hasher
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_one_time_password
from partnercenter.agents.roles import Role
from partnercenter.applications.models import SigningKey
from partnercenter.applications.operations import replace_secret, set_application_active
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import (
    CALLBACK,
    TOKEN,
    Program,
    a_program,
    claims_of,
    code_from,
)
from tests.partnercenter.site import FORM, Answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(db: None) -> Program:
    return a_program(Role.ADMIN)


def refusal(answer: Answer) -> tuple[int, str]:
    """The status and the word of the standard; the whole shape is looked at on the way."""
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    assert body["error_description"]
    return answer.status_code, body["error"]


# What is given


@pytest.mark.parametrize(
    "address",
    [
        TOKEN,
        "/contoso.example/oauth2/token",
        "/11111111-2222-3333-4444-555555555555/oauth2/token/",
        "/common/oauth2/v2.0/token/",
        "/contoso.example/oauth2/token?api-version=1.0",
    ],
)
def test_any_tenant_gives_a_token_at_both_of_microsofts_addresses(
    program: Program, address: str
) -> None:
    answer = program.ask(at=address, grant_type="client_credentials")

    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert Caller(answer.json()["access_token"]).get("/v1/customers").status == 200


def test_the_answer_says_how_long_the_token_lives_in_both_of_microsofts_ways(
    program: Program,
) -> None:
    now = int(time.time())
    answer = program.for_itself().json()

    assert (answer["token_type"], answer["expires_in"]) == ("Bearer", 3600)
    assert now <= int(answer["not_before"]) <= now + 60
    assert int(answer["expires_on"]) == int(answer["not_before"]) + 3600


@pytest.mark.parametrize(
    "fields",
    [
        {"scope": "https://api.partnercenter.microsoft.com/.default"},
        {"scope": "anything at all"},
        {"resource": "https://graph.windows.net"},
        {"resource": "https://api.partnercenter.microsoft.com", "scope": "openid"},
        {"resource": "no address"},
    ],
)
def test_scopes_and_resources_carry_no_rights_and_do_not_matter(
    program: Program, fields: dict[str, str]
) -> None:
    assert program.for_itself(**fields).status_code == 200


def test_credentials_may_stand_in_the_header(program: Program) -> None:
    answer = program.send("grant_type=client_credentials", Authorization=basic(program))
    assert answer.status_code == 200


def test_an_applications_own_token_is_a_jwt_that_names_tenant_and_application(
    program: Program, settings: Settings
) -> None:
    claims = claims_of(program.for_itself().json()["access_token"])

    assert (claims["tid"], claims["appid"]) == (settings.TENANT_ID, str(program.application.pk))
    assert claims["exp"] - claims["iat"] == 3600
    assert not {"oid", "upn"} & set(claims)


def test_a_token_for_an_agent_names_him_too(program: Program, ada: Agent) -> None:
    claims = claims_of(program.tokens_for(ada)["access_token"])
    assert (claims["oid"], claims["upn"]) == (str(ada.pk), ada.username)


def test_anybody_can_check_the_signature_with_the_published_key(program: Program) -> None:
    token = program.for_itself().json()["access_token"]
    (published,) = Client().get("/any/discovery/v2.0/keys").json()["keys"]

    assert "d" not in published
    assert jwt.get_unverified_header(token)["kid"] == published["kid"]
    jwt.decode(token, jwt.PyJWK(published), algorithms=["RS256"])


def test_a_secret_of_the_key_is_stored_sealed(program: Program) -> None:
    program.for_itself()
    assert "PRIVATE" not in SigningKey.objects.get().sealed


def test_what_is_stored_of_tokens_codes_and_secrets_opens_nothing(
    program: Program, ada: Agent
) -> None:
    code = code_from(program, ada)
    answer = program.by_code(code).json()
    kept = [*Token.objects.values_list("hash", flat=True), program.application.client.secret]

    secrets = [code, answer["access_token"], answer["refresh_token"], program.secret]
    assert [secret for secret in secrets if secret in " ".join(kept)] == []


def test_a_secret_holds_256_bits_and_is_kept_by_a_fast_hash(program: Program) -> None:
    assert len(base64.urlsafe_b64decode(program.secret + "=")) == 32
    assert identify_hasher(program.application.client.secret).algorithm == "sha256_random_secret"


def test_a_password_is_never_kept_by_the_fast_hash_of_secrets(
    ada: Agent, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = [
        hasher for hasher in settings.PASSWORD_HASHERS if "MD5" not in hasher
    ]
    set_one_time_password(agent=ada, by=System())
    ada.refresh_from_db()
    assert identify_hasher(ada.password).algorithm == "scrypt"


def test_a_good_request_asks_the_database_little(
    program: Program, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    """The counters, the application, its client, the key, the token; the rest are savepoints."""
    program.for_itself()
    with django_assert_max_num_queries(10):
        program.for_itself()


# What is refused


@pytest.mark.parametrize("secret", ["wrong", "", "\ufffd", "x" * 10_000])
def test_a_wrong_secret_is_answered_like_an_unknown_application(
    program: Program, secret: str
) -> None:
    wrong = program.for_itself(client_secret=secret)
    unknown = program.for_itself(client_id="11111111-2222-3333-4444-555555555555")

    assert refusal(wrong) == refusal(unknown) == (401, "invalid_client")
    assert wrong.content == unknown.content
    assert wrong["WWW-Authenticate"] == 'Basic realm="partnercenter"'


def test_a_replaced_secret_has_ended(program: Program) -> None:
    new = replace_secret(application=program.application, by=System())

    assert refusal(program.for_itself()) == (401, "invalid_client")
    assert program.for_itself(client_secret=new).status_code == 200


def test_a_deactivated_application_gets_nothing(program: Program, ada: Agent) -> None:
    tokens = program.tokens_for(ada)
    set_application_active(application=program.application, active=False, by=System())

    assert refusal(program.for_itself()) == (401, "invalid_client")
    assert refusal(program.by_refresh_token(tokens["refresh_token"])) == (401, "invalid_client")


@pytest.mark.parametrize(
    "grant",
    [
        "password",
        "implicit",
        "openid",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "x",
    ],
)
def test_there_are_no_other_grants(program: Program, grant: str) -> None:
    answer = program.ask(grant_type=grant, username="ada@partner.example", password="x")
    assert refusal(answer) == (400, "unsupported_grant_type")


def test_an_application_without_a_role_gets_no_token_of_its_own() -> None:
    assert refusal(a_program().for_itself()) == (400, "unauthorized_client")


def test_an_application_without_a_redirect_address_acts_for_nobody() -> None:
    program = a_program(Role.ADMIN, redirects=False)
    assert refusal(program.by_code("x")) == (400, "unauthorized_client")
    assert refusal(program.by_refresh_token("x")) == (400, "unauthorized_client")


@pytest.mark.parametrize("fields", [{"code_verifier": "w" * 64}, {"code_verifier": ""}])
def test_a_code_needs_the_verifier_that_it_was_asked_for_with(
    program: Program, ada: Agent, fields: dict[str, str]
) -> None:
    status, _error = refusal(program.by_code(code_from(program, ada), **fields))
    assert status == 400


def test_a_code_needs_the_address_to_which_it_was_sent(program: Program, ada: Agent) -> None:
    code = code_from(program, ada)
    status, _error = refusal(program.by_code(code, redirect_uri="https://evil.example/"))
    assert status == 400


def test_a_code_that_was_guessed_at_still_works(program: Program, ada: Agent) -> None:
    code = code_from(program, ada)
    program.by_code(code, code_verifier="w" * 64)
    assert program.by_code(code).status_code == 200


def test_a_code_lives_for_a_minute(program: Program, ada: Agent) -> None:
    code = code_from(program, ada)
    kept = Token.objects.get(type=Token.Type.AUTHORIZATION_CODE)
    assert kept.expires_at is not None
    assert timedelta(seconds=50) < kept.expires_at - timezone.now() <= timedelta(seconds=60)

    Token.objects.update(expires_at=timezone.now())
    assert refusal(program.by_code(code)) == (400, "invalid_grant")


def test_a_code_that_is_used_again_ends_what_the_first_use_gave(
    program: Program, ada: Agent
) -> None:
    code = code_from(program, ada)
    first, other = program.by_code(code).json(), program.tokens_for(ada)

    assert refusal(program.by_code(code)) == (400, "invalid_grant")

    assert Caller(first["access_token"]).get("/v1/customers").status == 401
    assert refusal(program.by_refresh_token(first["refresh_token"])) == (400, "invalid_grant")
    assert Caller(other["access_token"]).get("/v1/customers").status == 200
    record = ActivityRecord.objects.latest("number")
    assert (record.action, record.new) == (
        "revoke_application_tokens",
        {"user_principal_name": ada.username, "reason": "authorization_code_reused"},
    )


def test_a_code_that_is_used_again_ends_what_was_refreshed_since(
    program: Program, ada: Agent
) -> None:
    code = code_from(program, ada)
    first = program.by_code(code).json()
    later = program.by_refresh_token(first["refresh_token"]).json()["access_token"]

    program.by_code(code)

    assert Caller(later).get("/v1/customers").status == 401


@pytest.mark.parametrize("fields", [{"client_secret": "wrong"}, {"client_id": "another"}])
def test_a_used_code_in_the_hands_of_a_stranger_ends_nothing(
    program: Program, ada: Agent, fields: dict[str, str]
) -> None:
    code = code_from(program, ada)
    token = program.by_code(code).json()["access_token"]

    program.by_code(code, **fields)
    a_program(name="Another").by_code(code)

    assert Caller(token).get("/v1/customers").status == 200


def test_a_code_that_was_never_used_ends_nothing(program: Program, ada: Agent) -> None:
    tokens = program.tokens_for(ada)
    code = code_from(program, ada)
    program.by_code(code, code_verifier="w" * 64)
    assert Caller(tokens["access_token"]).get("/v1/customers").status == 200


def test_codes_and_refresh_tokens_are_of_no_use_to_another_application(
    program: Program, ada: Agent
) -> None:
    other = a_program(Role.ADMIN, name="Another")
    refresh_token = program.tokens_for(ada)["refresh_token"]

    assert refusal(other.by_code(code_from(program, ada))) == (400, "invalid_grant")
    assert refusal(other.by_refresh_token(refresh_token)) == (400, "invalid_grant")


def test_an_access_token_refreshes_nothing(program: Program, ada: Agent) -> None:
    tokens = program.tokens_for(ada)
    assert refusal(program.by_refresh_token(tokens["access_token"])) == (400, "invalid_grant")


def test_a_refresh_token_opens_nothing_of_the_api(program: Program, ada: Agent) -> None:
    tokens = program.tokens_for(ada)
    assert Caller(tokens["refresh_token"]).get("/v1/customers").status == 401


def test_an_access_token_that_has_ended_opens_nothing(program: Program) -> None:
    token = program.for_itself().json()["access_token"]
    Token.objects.update(expires_at=timezone.now())
    assert Caller(token).get("/v1/customers").status == 401


def test_a_token_that_somebody_else_signed_opens_nothing(program: Program, ada: Agent) -> None:
    claims = claims_of(program.tokens_for(ada)["access_token"])
    forged = jwt.encode(claims, "x" * 32, algorithm="HS256")
    unsigned = jwt.encode(claims, "", algorithm="none")

    assert {Caller(token).get("/v1/customers").status for token in (forged, unsigned)} == {401}


# What is malformed


@pytest.mark.parametrize(
    ("name", "status"), [("grant_type", 400), ("client_id", 400), ("scope", 400), ("resource", 200)]
)
def test_a_parameter_is_sent_once_but_for_resources(
    program: Program, name: str, status: int
) -> None:
    fields = {
        **program.credentials,
        "grant_type": "client_credentials",
        "scope": "openid",
        "resource": "https://graph.windows.net",
    }
    answer = program.send(f"{urlencode(fields)}&{urlencode({name: fields[name]})}")

    assert answer.status_code == status
    assert status == 200 or refusal(answer) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", FORM),
        ("", "application/json"),
        ('{"grant_type": "client_credentials"}', "application/json"),
        ("grant_type=client_credentials", "text/plain"),
        ("grant_type=client_credentials", ""),
        ("grant_type=", FORM),
        ("grant_type=client_credentials&grant_type=client_credentials", FORM),
        ("grant_type=client_credentials&client_id=a&client_id=b", FORM),
        ("grant_type=client_credentials&client_id=%00", FORM),
        (b"grant_type=client_credentials&\x00=\x00", FORM),
        ("&".join(f"f{n}=1" for n in range(2000)), FORM),
        ("grant_type=client_credentials", f"{FORM}; charset=utf-16"),
        ("--x--", "multipart/form-data; boundary=x"),
        ("--x--", "multipart/form-data"),
    ],
)
def test_a_body_that_asks_for_nothing_is_malformed(
    program: Program, body: str | bytes, content_type: str
) -> None:
    answer = program.send(body, content_type=content_type)
    assert refusal(answer) == (400, "invalid_request")


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code", "code_verifier"])
@pytest.mark.parametrize("value", [b"%ff%fe", b"\xff\xfe", b"%ed%a0%80", b"%", b"a b", b"x" * 9999])
def test_hostile_values_are_refused_like_any_others(
    program: Program, name: str, value: bytes
) -> None:
    fields = {
        **program.credentials,
        "grant_type": "authorization_code",
        "code": "x",
        "redirect_uri": CALLBACK,
        "code_verifier": "x",
    }
    fields.pop(name)
    body = "&".join(f"{key}={each}" for key, each in fields.items()).encode()

    answer = program.send(b"%b&%b=%b" % (body, name.encode(), value))

    assert refusal(answer)[0] == (401 if name.startswith("client") else 400)


@pytest.mark.parametrize(
    "header",
    [
        "Basic",
        "Basic !",
        "Basic " + base64.b64encode(b"\xff:\xff").decode(),
        "Basic " + base64.b64encode(b"a\0b:c").decode(),
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Basic " + "é" * 10,
        "Bearer x",
        "x" * 5000,
    ],
)
def test_hostile_headers_are_those_of_an_unknown_application(program: Program, header: str) -> None:
    answer = program.send("grant_type=client_credentials", Authorization=header)
    assert refusal(answer) == (401, "invalid_client")


def basic(program: Program) -> str:
    pair = f"{program.application.pk}:{program.secret}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


@pytest.mark.parametrize(
    "fields", [{"client_secret": "{secret}"}, {"client_secret": "x"}, {"client_assertion": "x"}]
)
def test_an_application_that_authenticates_in_two_ways_is_refused(
    program: Program, fields: dict[str, str]
) -> None:
    """RFC 6749, section 2.3: no more than one method in each request."""
    given = {name: value.format(secret=program.secret) for name, value in fields.items()}
    body = urlencode({"grant_type": "client_credentials", **given})
    answer = program.send(body, Authorization=basic(program))
    assert refusal(answer) == (400, "invalid_request")


def test_an_application_that_names_another_one_is_refused(program: Program) -> None:
    other = a_program(Role.ADMIN, name="Another").application
    body = f"grant_type=client_credentials&client_id={other.pk}"
    answer = program.send(body, Authorization=basic(program))
    assert refusal(answer) == (400, "invalid_request")


@pytest.mark.parametrize("body", ["client_id={id}", "client_id=&client_secret="])
def test_an_application_may_name_itself_twice(program: Program, body: str) -> None:
    named = body.format(id=program.application.pk)
    answer = program.send(f"grant_type=client_credentials&{named}", Authorization=basic(program))
    assert answer.status_code == 200


def test_credentials_in_the_address_count_for_nothing(program: Program) -> None:
    query = f"client_id={program.application.pk}&client_secret={program.secret}"
    answer = program.send("grant_type=client_credentials", at=f"{TOKEN}?{query}")
    assert refusal(answer) == (401, "invalid_client")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("address", [TOKEN, "/generatetoken"])
def test_other_methods_are_refused_in_json(method: str, address: str) -> None:
    answer = Client().generic(method, address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert answer["Content-Type"] == "application/json"


def test_a_host_that_is_not_ours_is_refused_in_json(program: Program) -> None:
    assert refusal(program.send("", Host="evil.example")) == (400, "invalid_request")


# An older way


def test_an_older_client_exchanges_its_token_for_the_same(program: Program) -> None:
    token = program.for_itself().json()["access_token"]
    answer = program.send(
        "grant_type=jwt_token", at="/generatetoken", Authorization=f"Bearer {token}"
    ).json()

    assert answer["access_token"] == token
    assert 3500 < answer["expires_in"] <= 3600


def test_a_client_that_sends_the_exchange_as_json_is_understood(program: Program) -> None:
    token = program.for_itself().json()["access_token"]
    answer = Client().post(
        "/generatetoken",
        {"grant_type": "jwt_token"},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.json()["access_token"] == token


def test_a_token_that_never_was_cannot_be_exchanged(program: Program) -> None:
    answer = program.send("grant_type=jwt_token", at="/generatetoken/", Authorization="Bearer x")
    assert answer.status_code == 401
    assert answer.json()["attributes"] == {"objectType": "ApiFault"}


# Where things are


def test_libraries_find_the_addresses_of_a_tenant() -> None:
    found = Client().get("/contoso.example/v2.0/.well-known/openid-configuration").json()

    assert found["token_endpoint"] == f"http://testserver{TOKEN}"
    assert found["grant_types_supported"] == [
        "client_credentials",
        "authorization_code",
        "refresh_token",
    ]
    assert Client().get(found["jwks_uri"].removeprefix("http://testserver")).status_code == 200


def test_libraries_are_told_that_the_server_has_no_other_names() -> None:
    found = Client().get("/common/discovery/instance?api-version=1.1").json()

    address = found["tenant_discovery_endpoint"].removeprefix("http://testserver")
    assert Client().get(address).json()["jwks_uri"].endswith("/common/discovery/v2.0/keys")
    assert found["metadata"] == []
