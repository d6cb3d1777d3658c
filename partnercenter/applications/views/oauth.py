"""How programs sign in: OAuth 2.0 at the addresses that Microsoft's clients know.

django-allauth's OpenID Connect provider does the work. Here it gets its limits, one request for a
token of an application at a time, and what of Microsoft's answers clients look at.

Source: partner-center facts, section 6.1; reliability, section 4.
"""

import json
from typing import Any, cast

from allauth.idp.oidc import views
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from partnercenter.access import open_to_everyone
from partnercenter.agents.models import Agent
from partnercenter.applications.adapter import issuer_of
from partnercenter.applications.client_authentication import client_id_of, contradicts_itself
from partnercenter.applications.codes import grant_of_used_code, use_up_code
from partnercenter.applications.failures import count_failure, seconds_after_failures
from partnercenter.applications.grants import Reused, begin, end_reused, refresh
from partnercenter.applications.models import Application
from partnercenter.applications.response_modes import RESPONSE_MODES
from partnercenter.applications.scopes import SCOPES
from partnercenter.applications.sign_in_errors import description_of, for_programs, sign_in_error
from partnercenter.applications.token_answers import as_microsoft_answers
from partnercenter.errors import wait_in_words
from partnercenter.logs import note_refusal

REASON = "programs sign in here"
ASKING = ("GET", "HEAD", "POST")
FORM = "application/x-www-form-urlencoded"
# What clients send along and what carries no rights here: those come from roles.
CARRYING_NO_RIGHTS = ("scope", "resource")
GRANTS = [
    Client.GrantType.CLIENT_CREDENTIALS.value,
    Client.GrantType.AUTHORIZATION_CODE.value,
    Client.GrantType.REFRESH_TOKEN.value,
]


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON, methods=("POST",))
def token(request: HttpRequest, tenant: str = "") -> HttpResponseBase:
    """A token for an application, or for an agent through one. Failures to prove which application
    asks are limited for each application and address, and for each address.

    One installation is one partner, so that any tenant in the address is ours.
    """
    client_id = client_id_of(request)
    seconds = seconds_after_failures(request, client_id)
    if seconds:
        return _too_many(seconds)
    error = _malformed(request)
    if error:
        return _refused(400, error)
    asked = request.POST
    _leave_out_what_carries_no_rights(request)
    status, answer = _answer(request, client_id)
    if status == 200:
        return JsonResponse(as_microsoft_answers(answer, asked=asked))
    if answer["error"] == "invalid_client":
        count_failure(request, client_id)
    return _refused(status, answer["error"])


def _malformed(request: HttpRequest) -> str:
    """The error of a request that asks for nothing, or for two things (RFC 6749, section 3.2);
    empty for one that asks. A resource may be named several times (RFC 8707, section 2).
    """
    is_form = request.content_type == FORM
    asked = [values for name, values in request.POST.lists() if name != "resource"]
    is_twofold = any(len(each) > 1 for each in asked) or contradicts_itself(request)
    if not is_form or not request.POST.get("grant_type") or is_twofold:
        return "invalid_request"
    return "" if request.POST["grant_type"] in GRANTS else "unsupported_grant_type"


def _leave_out_what_carries_no_rights(request: HttpRequest) -> None:
    """The query too, in which older clients name a version; secrets have no place there."""
    asked = request.POST.copy()
    for name in CARRYING_NO_RIGHTS:
        asked.pop(name, None)
    request.POST = asked  # type: ignore[assignment]
    request.GET, request.META["QUERY_STRING"] = QueryDict(), ""


def _answer(request: HttpRequest, client_id: str) -> tuple[int, dict[str, Any]]:
    """The status and what is said with it. A refusal leaves nothing behind, unless a token or code
    came back that should not have: then what it gave has ended.
    """
    try:
        with transaction.atomic():
            status, answer = _provided(request, client_id)
            if status != 200:
                transaction.set_rollback(True)
            return status, answer
    except Reused as reused:
        end_reused(reused)
        return 400, {"error": "invalid_grant"}


def _provided(request: HttpRequest, client_id: str) -> tuple[int, dict[str, Any]]:
    """allauth's answer, if the application is known. While that is held, no code and no refresh
    token of it is used twice at once. Raises Reused.
    """
    _hold_agent(request, client_id)
    held = Application.objects.select_for_update(no_key=True).filter(pk=client_id).first()
    if held is None or not held.is_known:
        return 401, {"error": "invalid_client"}
    response = cast("HttpResponse", views.token(request))
    status, answer = response.status_code, json.loads(response.content)
    if request.POST["grant_type"] == Client.GrantType.AUTHORIZATION_CODE:
        return _by_code(request.POST.get("code", ""), held, status, answer)
    if request.POST["grant_type"] == Client.GrantType.REFRESH_TOKEN and status == 200:
        refresh(request.POST["refresh_token"], application=held, answer=answer)
    return status, answer


def _by_code(
    code: str, application: Application, status: int, answer: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """The answer, if the code was good for it. Raises Reused for a code that was used before, when
    the application has proved itself and only the code is wrong (RFC 6749, section 4.1.2).
    """
    if status == 200:
        grant = use_up_code(code, application=application)
        if grant is None:
            return 400, {"error": "invalid_grant"}
        begin(grant, answer)
    elif answer["error"] == "invalid_grant":
        grant = grant_of_used_code(code, application=application)
        if grant is not None:
            raise Reused(grant, "authorization_code_reused")
    return status, answer


def _hold_agent(request: HttpRequest, client_id: str) -> None:
    """Whoever ends the agent's tokens at this moment waits, and finds the new one too; or was
    first, and then what was sent is found no more. Agents are locked before applications.
    """
    is_refresh = request.POST["grant_type"] == Client.GrantType.REFRESH_TOKEN
    sent = Token.objects.by_value(request.POST.get("refresh_token" if is_refresh else "code", ""))
    agents = sent.filter(client_id=client_id, user__isnull=False).values("user")
    Agent.objects.select_for_update(no_key=True).filter(pk__in=agents).first()


def _refused(status: int, error: str) -> JsonResponse:
    note_refusal(error)
    response = sign_in_error(status, description_of(error), error)
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="partnercenter"'
    return response


def _too_many(seconds: int) -> JsonResponse:
    note_refusal("too_many_failures")
    response = sign_in_error(429, wait_in_words(seconds))
    response["Retry-After"] = str(seconds)
    return response


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON)
def metadata(request: HttpRequest, tenant: str) -> JsonResponse:
    """Where this tenant's addresses are, for libraries that look them up before they sign in."""
    here = request.build_absolute_uri(f"/{tenant}")
    return JsonResponse(
        {
            "issuer": issuer_of(request),
            "authorization_endpoint": f"{here}/oauth2/v2.0/authorize",
            "token_endpoint": f"{here}/oauth2/v2.0/token",
            "jwks_uri": f"{here}/discovery/v2.0/keys",
            "response_types_supported": ["code"],
            "response_modes_supported": list(RESPONSE_MODES),
            "grant_types_supported": GRANTS,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
                "none",
            ],
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


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON, methods=ASKING)
def device_code(request: HttpRequest, tenant: str) -> JsonResponse:
    """400: nobody signs in with a code that is typed on another device."""
    sentence = _("Sign-in with a device code isn't supported. Sign in with a browser instead.")
    return sign_in_error(400, sentence, "unsupported_grant_type")


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON, methods=ASKING)
def nothing(request: HttpRequest, **_path: str) -> JsonResponse:
    """404 for the other addresses of Microsoft's sign-in, which clients read as JSON."""
    sentence = _(
        "There is nothing at this address. See /%(tenant)s/v2.0/.well-known/openid-configuration."
    )
    return sign_in_error(404, sentence % {"tenant": settings.TENANT_ID})
