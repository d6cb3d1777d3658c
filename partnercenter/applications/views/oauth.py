"""How programs sign in: OAuth 2.0 at the addresses that Microsoft's clients know.

django-allauth's OpenID Connect provider does the work. Here it gets its limits, one request for a
token of an application at a time, and what of Microsoft's answers clients look at.

Source: partner-center facts, section 6.1; reliability, section 4.
"""

import json
import re
import time
from typing import Any, cast

from allauth.core.internal.httpkit import extract_basic_auth
from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from partnercenter.access import open_to_everyone
from partnercenter.agents.models import Agent
from partnercenter.applications.codes import use_up_code
from partnercenter.applications.failures import count_failure, failures_are_used_up
from partnercenter.applications.models import Application
from partnercenter.applications.scopes import SCOPES
from partnercenter.applications.sign_in_errors import description_of, for_programs, sign_in_error
from partnercenter.errors import RETRY_AFTER_SECONDS
from partnercenter.logs import note_refusal

REASON = "programs sign in here"
FORM = "application/x-www-form-urlencoded"
# What clients send along and what carries no rights here: those come from roles.
CARRYING_NO_RIGHTS = ("scope", "resource")
GRANTS = [
    Client.GrantType.CLIENT_CREDENTIALS.value,
    Client.GrantType.AUTHORIZATION_CODE.value,
    Client.GrantType.REFRESH_TOKEN.value,
]
GUESSES = ("invalid_client", "invalid_grant")
CLIENT_ID = re.compile(r"[!-~]{1,100}")


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON, methods=("POST",))
def token(request: HttpRequest, tenant: str = "") -> HttpResponseBase:
    """A token for an application, or for an agent through one. Failures are limited for each
    application and address, and for each address.

    One installation is one partner, so that any tenant in the address is ours.
    """
    client_id = _client_id(request)
    if failures_are_used_up(request, client_id):
        return _too_many()
    error = _malformed(request)
    if error:
        return _refused(400, error)
    _leave_out_what_carries_no_rights(request)
    with transaction.atomic():
        provided = _provided(request, client_id)
        if provided.status_code == 200:
            return _as_microsoft_answers(provided)
        transaction.set_rollback(True)
    error = str(json.loads(provided.content)["error"])
    if error in GUESSES:
        count_failure(request, client_id)
    return _refused(provided.status_code, error)


def _malformed(request: HttpRequest) -> str:
    """The error of a request that asks for nothing; empty for one that asks."""
    is_form = request.content_type == FORM
    asked = [values for name, values in request.POST.lists() if name not in CARRYING_NO_RIGHTS]
    if not is_form or not request.POST.get("grant_type") or any(len(each) > 1 for each in asked):
        return "invalid_request"
    return "" if request.POST["grant_type"] in GRANTS else "unsupported_grant_type"


def _leave_out_what_carries_no_rights(request: HttpRequest) -> None:
    """The query too, in which older clients name a version; secrets have no place there."""
    asked = request.POST.copy()
    for name in CARRYING_NO_RIGHTS:
        asked.pop(name, None)
    request.POST = asked  # type: ignore[assignment]
    request.GET, request.META["QUERY_STRING"] = QueryDict(), ""


def _client_id(request: HttpRequest) -> str:
    """As the request names it, where an application can have such an id."""
    named, _secret = extract_basic_auth(dict(request.headers))
    client_id = named or request.POST.get("client_id", "")
    return client_id if CLIENT_ID.fullmatch(client_id) else ""


def _provided(request: HttpRequest, client_id: str) -> HttpResponse:
    """allauth's answer, if the application is known. While that is held, no code and no refresh
    token of it is used twice at once.
    """
    held = Application.objects.select_for_update(no_key=True).filter(pk=client_id).first()
    if held is None or not held.is_known:
        return JsonResponse({"error": "invalid_client"}, status=401)
    _hold_agent(request, held)
    response = cast("HttpResponse", views.token(request))
    by_code = request.POST["grant_type"] == Client.GrantType.AUTHORIZATION_CODE
    if response.status_code != 200 or not by_code:
        return response
    if use_up_code(request.POST["code"], application=held):
        return response
    return JsonResponse({"error": "invalid_grant"}, status=400)


def _hold_agent(request: HttpRequest, application: Application) -> None:
    """Whoever ends the agent's tokens at this moment waits, and finds the new one too; or was
    first, and then what was sent is found no more.
    """
    is_refresh = request.POST["grant_type"] == Client.GrantType.REFRESH_TOKEN
    sent = Token.objects.by_value(request.POST.get("refresh_token" if is_refresh else "code", ""))
    agents = sent.filter(client_id=application.pk, user__isnull=False).values("user")
    Agent.objects.select_for_update(no_key=True).filter(pk__in=agents).first()


def _refused(status: int, error: str) -> JsonResponse:
    note_refusal(error)
    response = sign_in_error(status, description_of(error), error)
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="partnercenter"'
    return response


def _too_many() -> JsonResponse:
    note_refusal("too_many_failures")
    response = sign_in_error(429, _("There were too many failures. Try again later."))
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _as_microsoft_answers(response: HttpResponse) -> JsonResponse:
    """With when the token begins and ends, in seconds since 1970, as older clients read it."""
    answer: dict[str, Any] = json.loads(response.content)
    now = int(time.time())
    answer["not_before"], answer["expires_on"] = str(now), str(now + answer["expires_in"])
    return JsonResponse(answer)


@csrf_exempt
@for_programs
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
            "grant_types_supported": GRANTS,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "scopes_supported": list(SCOPES),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
    )


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON)
def instance(request: HttpRequest, tenant: str) -> JsonResponse:
    """What Microsoft's libraries ask before they trust a server, and of its other names: none."""
    found = request.build_absolute_uri(f"/{tenant}/v2.0/.well-known/openid-configuration")
    return JsonResponse({"tenant_discovery_endpoint": found, "api-version": "1.1", "metadata": []})


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON)
def keys(request: HttpRequest, tenant: str) -> HttpResponseBase:
    """The public half of the key that signs tokens."""
    response: HttpResponseBase = views.jwks(request)
    return response
