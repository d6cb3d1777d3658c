"""Whom records name where a program acted, and what is never written down of it."""

import uuid

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer, Subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from partnercenter.applications.models import SigningKey
from tests.conftest import signed_in
from tests.partnercenter.api.calling import Caller
from tests.partnercenter.applications.signing_in import Program, a_program, claims_of, code_from
from tests.partnercenter.test_logs import Written, written

pytestmark = pytest.mark.django_db
__all__ = ["written"]


@pytest.fixture
def program(db: None) -> Program:
    return a_program(Role.ADMIN)


def rename(token: str, subscription: Subscription) -> int:
    address = f"/v1/customers/{subscription.customer_id}/subscriptions/{subscription.pk}"
    body = {"friendlyName": f"Renamed {uuid.uuid4()}"}
    return Caller(token).patch(address, body).status


def test_what_an_application_does_for_itself_is_its_own_act(
    program: Program, fabrikam_azure: Subscription
) -> None:
    assert rename(program.for_itself().json()["access_token"], fabrikam_azure) == 200

    record = ActivityRecord.objects.latest("number")
    application = program.application
    assert (record.actor_id, record.actor_name) == (str(application.pk), "Contoso Tools")
    assert record.actor_roles == [Role.ADMIN.value]
    assert (record.application_id, record.application_name) == (
        str(application.pk),
        "Contoso Tools",
    )


def test_what_it_does_for_an_agent_bears_both(
    program: Program, ada: Agent, fabrikam_azure: Subscription
) -> None:
    assert rename(program.tokens_for(ada)["access_token"], fabrikam_azure) == 200

    record = ActivityRecord.objects.latest("number")
    assert (record.actor_id, record.actor_name) == (str(ada.pk), ada.username)
    assert record.application_id == str(program.application.pk)


def test_a_sales_application_may_do_what_a_sales_agent_may(
    fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    token = a_program(Role.SALES).for_itself().json()["access_token"]

    assert Caller(token).get(f"/v1/customers/{fabrikam.pk}").status == 200
    assert rename(token, fabrikam_azure) == 403
    assert Caller(token).get("/v1/auditrecords?startDate=2024-01-01").status == 403


def test_no_secret_is_written_anywhere_in_clear(
    written: Written, program: Program, ada: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    code = code_from(program, ada)
    tokens = program.by_code(code).json()
    Caller(tokens["access_token"]).get("/v1/customers")
    program.by_refresh_token("wrong-refresh-token")
    program.for_itself(client_secret="wrong-secret")
    pages = "".join(
        signed_in(ada).get(address).content.decode()
        for address in ("/api-access/", f"/api-access/{program.application.pk}/", "/my-account/")
    )

    secrets = [
        program.secret,
        code,
        tokens["access_token"],
        tokens["refresh_token"],
        "wrong-refresh-token",
        "wrong-secret",
    ]
    places = {"log": written.text, "pages": pages, "database": everything_stored()}
    found = [(place, each) for place, text in places.items() for each in secrets if each in text]
    assert found == []
    assert '"status": 401' in written.text


def everything_stored() -> str:
    """Every row of every table, the cache among them."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608 (our own tables)
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows)


# Another SECRET_KEY

ANOTHER_KEY = "another-secret-key-of-more-than-fifty-characters-0123456789"


def test_tokens_and_key_outlive_a_secret_key_that_is_kept_as_a_fallback(
    program: Program, settings: Settings
) -> None:
    token = program.for_itself().json()["access_token"]
    sealed = SigningKey.objects.get().sealed

    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], ANOTHER_KEY

    assert Caller(token).get("/v1/customers").status == 200
    assert program.for_itself().status_code == 200
    assert SigningKey.objects.get().sealed == sealed


def test_another_secret_key_means_another_signing_key_and_no_dead_tokens(
    program: Program, ada: Agent, settings: Settings
) -> None:
    tokens = program.tokens_for(ada)
    sealed = SigningKey.objects.get().sealed
    (old,) = Client().get("/any/discovery/v2.0/keys").json()["keys"]

    settings.SECRET_KEY = ANOTHER_KEY

    assert Caller(tokens["access_token"]).get("/v1/customers").status == 200
    fresh = program.by_refresh_token(tokens["refresh_token"]).json()
    (new,) = Client().get("/any/discovery/v2.0/keys").json()["keys"]
    assert (new["kid"] == old["kid"], SigningKey.objects.get().sealed == sealed) == (False, False)
    assert claims_of(fresh["access_token"])["oid"] == str(ada.pk)
