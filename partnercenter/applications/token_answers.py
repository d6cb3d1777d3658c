"""What Microsoft's libraries read in the answer to a request for a token, beside the standard."""

import base64
import json
import time
from typing import Any

from allauth.idp.oidc.models import Token
from django.conf import settings
from django.http import QueryDict


def as_microsoft_answers(answer: dict[str, Any], *, asked: QueryDict) -> dict[str, Any]:
    """The answer with when the token begins and ends, in seconds since 1970, as older clients read
    it; with the scopes as they were asked for, by which libraries keep tokens; and with who signed
    in, where the client asks for that.
    """
    now = int(time.time())
    times = {"not_before": str(now), "expires_on": str(now + answer["expires_in"])}
    scope = {"scope": asked["scope"]} if asked.get("scope") else {}
    return {**answer, **times, **scope, **_client_info(answer, asked)}


def _client_info(answer: dict[str, Any], asked: QueryDict) -> dict[str, str]:
    """The agent and the tenant, by which MSAL tells accounts apart.

    https://github.com/AzureAD/microsoft-authentication-library-for-python reads `uid` and `utid`.
    """
    if asked.get("client_info") != "1":
        return {}
    given = Token.objects.by_value(answer["access_token"]).select_related("user").get()
    if given.user is None:
        return {}
    facts = json.dumps({"uid": str(given.user.pk), "utid": settings.TENANT_ID})
    return {"client_info": base64.urlsafe_b64encode(facts.encode()).decode().rstrip("=")}
