"""How programs sign in: OAuth 2.0 at the addresses that Microsoft's clients know.

django-allauth's OpenID Connect provider does the work. Here it gets its limits, one request for a
token of an application at a time, and what of Microsoft's answers clients look at.

Source: partner-center facts, section 6.1; reliability, section 4.
"""

import json
import time
from typing import Any

from allauth.core import ratelimit
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc import views
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from partnercenter.access import open_to_everyone
from partnercenter.addresses import client_address
from partnercenter.api.faults import BAD_INPUT, Fault, fault_response
from partnercenter.api.models import Application
from partnercenter.api.principals import principal_of
from partnercenter.api.scopes import SCOPES
from partnercenter.errors import RETRY_AFTER_SECONDS
from partnercenter.logs import note_refusal

REASON = "programs sign in here"
# What clients send along and what carries no rights here: those come from roles.
CARRYING_NO_RIGHTS = ("scope", "resource")


@csrf_exempt
@open_to_everyone(reason=REASON, methods=("POST",))
def token(request: HttpRequest, tenant: str = "") -> HttpResponseBase:
    """A token for an application, or for an agent through one. Failures are limited for each
    application and address, and for each address.

    One installation is one partner, so that any tenant in the address is ours.
    """
    asked = request.POST.copy()
    for name in CARRYING_NO_RIGHTS:
        asked.pop(name, None)
    request.POST = asked  # type: ignore[assignment]
    client_id = _client_id(request)
    if not _limit(request, client_id, dry_run=True):
        return _too_many()
    with transaction.atomic():
        application = _locked(client_id)
        response = _unknown() if application is None else _provided(request)
    if response.status_code == 200:
        return _as_microsoft_answers(response)
    note_refusal("token")
    _limit(request, client_id)
    return response


def _provided(request: HttpRequest) -> HttpResponse:
    response: HttpResponse = views.token(request)
    return response


def _client_id(request: HttpRequest) -> str:
    named, _secret = extract_basic_auth(dict(request.headers))
    return named or request.POST.get("client_id", "")


def _locked(client_id: str) -> Application | None:
    """The application, if it is known. While it is held, no code and no refresh token is used
    twice at once.
    """
    held = Application.objects.select_for_update(no_key=True).filter(pk=client_id).first()
    return held if held and held.is_known else None


def _limit(request: HttpRequest, client_id: str, *, dry_run: bool = False) -> bool:
    """Counts a failure, or says with `dry_run` whether any is left."""
    key = f"{client_address(request)}:{client_id}"
    return ratelimit.consume(request, action="token_failed", key=key, dry_run=dry_run)


def _unknown() -> JsonResponse:
    return JsonResponse({"error": "invalid_client"}, status=401)


def _too_many() -> JsonResponse:
    sentence = _("There were too many failures. Try again later.")
    response = JsonResponse(
        {"error": "temporarily_unavailable", "error_description": sentence}, status=429
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _as_microsoft_answers(response: HttpResponse) -> JsonResponse:
    """With when the token begins and ends, in seconds since 1970, as older clients read it."""
    answer: dict[str, Any] = json.loads(response.content)
    now = int(time.time())
    answer["not_before"], answer["expires_on"] = str(now), str(now + answer["expires_in"])
    return JsonResponse(answer)


@csrf_exempt
@open_to_everyone(reason=REASON, methods=("POST",))
def generate_token(request: HttpRequest) -> HttpResponse:
    """An older way to sign in: a token is exchanged for one of Partner Center. Here one token
    opens everything, so that it is given back, for as long as it still lives.
    """
    try:
        principal = principal_of(request.headers.get("Authorization", ""))
        if request.POST.get("grant_type") != "jwt_token":
            raise Fault(400, BAD_INPUT, _("The grant_type has to be jwt_token."))
    except Fault as fault:
        note_refusal(fault.code)
        return fault_response(fault)
    ends = principal.token.expires_at
    seconds = int(ends.timestamp() - time.time()) if ends else 3600
    value = request.headers["Authorization"].strip().partition(" ")[2].strip()
    return JsonResponse(
        {"access_token": value, "token_type": "bearer", "expires_in": max(0, seconds)}
    )


@open_to_everyone(reason=REASON)
def metadata(request: HttpRequest, tenant: str) -> JsonResponse:
    """Where this tenant's addresses are, for libraries that look them up before they sign in."""
    site = request.build_absolute_uri("/")
    here = f"{site}{tenant}"
    return JsonResponse(
        {
            "issuer": site.rstrip("/"),
            "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
            "token_endpoint": f"{here}/oauth2/v2.0/token",
            "jwks_uri": f"{here}/discovery/v2.0/keys",
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": list(SCOPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


@open_to_everyone(reason=REASON)
def keys(request: HttpRequest, tenant: str) -> HttpResponseBase:
    """The public half of the key that signs tokens."""
    response: HttpResponseBase = views.jwks(request)
    return response
