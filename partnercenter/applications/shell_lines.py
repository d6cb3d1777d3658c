"""Lines for a shell that show how programs use this installation, as they are pasted."""

import json
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from partnercenter.applications.models import Application

KEPT, KEPT_TOO = "$CLIENT_SECRET", "$REFRESH_TOKEN"  # variables of the shell
AS_BEARER = 'curl -s -H "Authorization: Bearer $TOKEN"'
OUT_OF_ANSWER = r"""sed 's/.*"access_token": "\([^"]*\)".*/\1/'"""
CUSTOMER = "'$CUSTOMER_ID'"  # outside of the quotes that are around the body
TO_FILL_IN = "CLIENT_ID= CLIENT_SECRET= REFRESH_TOKEN= CUSTOMER_ID="


def addresses(request: HttpRequest) -> dict[str, str]:
    """Where programs find this installation, by the address that the request came to."""
    base = request.build_absolute_uri("/").rstrip("/")
    return {
        "base": base,
        "tenant": settings.TENANT_ID,
        "authority": f"{base}/{settings.TENANT_ID}",
        "token_address": f"{base}/{settings.TENANT_ID}/oauth2/v2.0/token",
        "authorize_address": f"{base}/{settings.TENANT_ID}/oauth2/v2.0/authorize",
    }


def to_try(places: Mapping[str, str]) -> str:
    """Four lines: sign in for an agent, list customers, turn one on, read who did that."""
    base = places["base"]
    policy = json.dumps(_policy(places["tenant"]), separators=(",", ":"))
    token = _ask(
        places,
        grant_type="refresh_token",
        client_id="$CLIENT_ID",
        client_secret=KEPT,
        refresh_token=KEPT_TOO,
    )
    lines = [
        f"TOKEN=$({token} | {OUT_OF_ANSWER})",
        f'{AS_BEARER} "{base}/v1/customers?size=3"',
        f"{AS_BEARER} {base}/v1/SelfServePolicy -d '{policy}'",
        f'{AS_BEARER} "{base}/v1/auditrecords?size=1"',
    ]
    return "\n".join(lines)


def for_itself(places: Mapping[str, str], application: Application) -> str:
    """The application asks for a token of its own."""
    return _ask(
        places,
        grant_type="client_credentials",
        client_id=application.actor_id,
        client_secret=KEPT,
    )


def to_ask_agents(places: Mapping[str, str], application: Application, redirect_uri: str) -> str:
    """The address at which an agent is asked; the challenge is the program's own."""
    query = urlencode(
        {
            "client_id": application.actor_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "code_challenge_method": "S256",
            "code_challenge": "CODE_CHALLENGE",
        }
    )
    return f"{places['authorize_address']}?{query}"


def to_exchange(places: Mapping[str, str], application: Application, redirect_uri: str) -> str:
    """The application gets tokens for the code with which the agent was sent back."""
    return _ask(
        places,
        grant_type="authorization_code",
        client_id=application.actor_id,
        client_secret=KEPT,
        redirect_uri=redirect_uri,
        code="$CODE",
        code_verifier="$CODE_VERIFIER",
    )


def _ask(places: Mapping[str, str], **fields: str) -> str:
    """Registered addresses hold no quotation marks, and may hold what a shell would carry out."""
    sent = " ".join(
        f"--data-urlencode '{name}={value}'" if "://" in value else f"-d {name}={value}"
        for name, value in fields.items()
    )
    return f"curl -s {places['token_address']} {sent}"


def _policy(tenant: str) -> dict[str, object]:
    return {
        "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": CUSTOMER},
        "grantor": {"grantorType": "billToPartner", "tenantID": tenant},
        "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
    }
