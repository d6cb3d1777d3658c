"""ValidateMfa and isMfaCompliant.

Source: https://learn.microsoft.com/partner-center/developer/partner-center-authentication.
"""

import pytest
from allauth.mfa.models import Authenticator

from partnercenter.agents.models import Agent
from tests.partnercenter.api.calling import Caller

pytestmark = pytest.mark.django_db

PATHS = ["/v1/customers", "/v1/customers/nobody", "/v1/auditrecords"]


def told(caller: Caller, path: str = PATHS[0], *, asks: str = "true") -> str | None:
    return caller.get(path, ValidateMfa=asks).headers.get("isMfaCompliant")


@pytest.mark.parametrize("path", PATHS)
def test_an_agent_without_a_second_factor_does_not_comply(for_ada: Caller, path: str) -> None:
    assert told(for_ada, path) == "false"


@pytest.mark.parametrize("path", PATHS)
def test_an_agent_with_a_second_factor_complies(for_ada: Caller, ada: Agent, path: str) -> None:
    Authenticator.objects.create(user=ada, type=Authenticator.Type.TOTP, data={})
    assert told(for_ada, path) == "true"
    assert told(for_ada, path, asks="True") == "true"


def test_recovery_codes_alone_are_no_second_factor(for_ada: Caller, ada: Agent) -> None:
    Authenticator.objects.create(user=ada, type=Authenticator.Type.RECOVERY_CODES, data={})
    assert told(for_ada) == "false"


@pytest.mark.parametrize("asks", ["", "false"])
def test_who_does_not_ask_is_told_nothing(for_ada: Caller, asks: str) -> None:
    assert told(for_ada, asks=asks) is None
    assert "isMfaCompliant" not in for_ada.get(PATHS[0]).headers


def test_an_application_by_itself_and_a_stranger_are_told_nothing(alone: Caller) -> None:
    assert told(alone) is None
    assert told(Caller()) is None


def test_anything_else_is_refused_by_its_name(for_ada: Caller) -> None:
    answer = for_ada.get(PATHS[0], ValidateMfa="perhaps")
    assert answer.fault == (400, "800002")
    assert "ValidateMfa" in answer.json["description"]
