"""The life of an application: what each act does, what it records, and what it refuses."""

import pytest
from django.core.exceptions import ValidationError

from activitylog.models import ActivityRecord
from activitylog.recording import System
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import sign_out_everywhere
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import (
    authorize_application,
    register_application,
    replace_secret,
    set_application_active,
    update_application,
)
from partnercenter.authority import SignedOut
from partnercenter.operations import Refused
from tests.partnercenter.applications.signing_in import CALLBACK, a_program

pytestmark = pytest.mark.django_db


def actions() -> list[str]:
    return list(ActivityRecord.objects.order_by("number").values_list("action", flat=True))


def test_an_application_is_registered_with_its_record_and_without_its_secret(ada: Agent) -> None:
    application, secret = register_application(name="Tools", roles=[Role.SALES], by=ada)

    record = ActivityRecord.objects.get()
    assert (record.resource_type, record.resource_id) == ("application", str(application.pk))
    assert record.actor_id == str(ada.pk)
    assert secret not in str(record.new)


@pytest.mark.parametrize(
    "address",
    [
        "http://tools.example/",
        "https://tools.example/#x",
        "https://a:b@tools.example/",
        "https://tools.example/ x",
        "https://*.tools.example/",
        "javascript:alert(1)",
        "https://",
        "https://[",
    ],
)
def test_an_address_that_cannot_be_trusted_is_refused(ada: Agent, address: str) -> None:
    with pytest.raises(ValidationError):
        register_application(name="Tools", redirect_uris=[CALLBACK, address], by=ada)
    assert actions() == []


def test_an_application_that_could_not_sign_in_is_refused(ada: Agent) -> None:
    with pytest.raises(ValidationError):
        register_application(name="Tools", by=ada)


def test_changing_nothing_is_not_recorded(ada: Agent) -> None:
    application = a_program(Role.SALES).application
    before = actions()

    update_application(
        application=application,
        name=application.name,
        roles=[Role.SALES],
        redirect_uris=[CALLBACK],
        by=ada,
    )
    set_application_active(application=application, active=True, by=ada)

    assert actions() == before


def test_a_new_secret_is_recorded_and_nothing_of_it_kept_in_clear(ada: Agent) -> None:
    application = a_program(Role.SALES).application
    secret = replace_secret(application=application, by=ada)

    record = ActivityRecord.objects.latest("number")
    application.client.refresh_from_db()
    assert secret not in f"{record.old}{record.new}{application.client.secret}"
    assert application.client.check_secret(secret)


def test_an_agent_who_was_signed_out_meanwhile_allows_nothing(ada: Agent) -> None:
    application = a_program().application
    sign_out_everywhere(agent=Agent.objects.get(pk=ada.pk), by=System())
    before = actions()

    with pytest.raises(SignedOut):
        authorize_application(application=application, by=ada)

    assert actions() == before


def test_a_public_application_has_no_secret_and_gets_none(ada: Agent) -> None:
    application, secret = register_application(
        name="Desktop", redirect_uris=[CALLBACK], public=True, by=ada
    )
    assert secret == ""
    with pytest.raises(Refused):
        replace_secret(application=application, by=ada)
    assert actions() == ["register_application"]


def test_an_application_has_a_secret_unless_it_is_public(ada: Agent) -> None:
    application, secret = register_application(name="Tools", redirect_uris=[CALLBACK], by=ada)
    assert (application.is_public, application.client.check_secret(secret)) == (False, True)
