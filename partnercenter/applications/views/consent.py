"""Whether an application may act for the agent who is signed in: the page where he says so.

django-allauth makes the code; the page is ours, and so is the record.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.idp.oidc import views
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from partnercenter.access import open_to_agents
from partnercenter.applications.codes import keep_code
from partnercenter.applications.models import Application
from partnercenter.applications.operations import authorize_application
from partnercenter.applications.redirects import is_registered, origin_of
from partnercenter.applications.response_modes import RESPONSE_MODES, brought_by, send_back
from partnercenter.applications.scopes import DEFAULT, SCOPES
from partnercenter.http import AgentRequest, BadInput
from partnercenter.operations import Refused


@open_to_agents(methods=("GET", "HEAD", "POST"))
def authorize(request: AgentRequest, tenant: str = "") -> HttpResponseBase:
    """Asks the agent, and sends him back to the application with his answer.

    Raises BadInput (400) for what no application of ours asks.
    """
    return _answered(request) if request.method == "POST" else _asked(request)


def _asked(request: AgentRequest) -> HttpResponseBase:
    """The page. Its form may lead to the registered address, and the policy says so."""
    asked = request.GET.dict()
    _demand_known(asked)
    refusal = _refusal_of(asked)
    if refusal:
        return _told(request, asked, refusal)
    prompts = asked.pop("prompt", "").split()
    if "login" in prompts:
        asked["prompt"] = "login"
    asked["scope"] = " ".join(_scopes(asked))
    mode = asked.pop("response_mode", "")
    _ask_allauth(request, asked)
    response = views.authorization(request)
    if not isinstance(response, TemplateResponse):
        return _delivered(request, response, {**asked, "response_mode": mode})
    if mode:
        _ask_allauth(request, {**asked, "response_mode": mode})  # where the page's form leads
    response._csp_update = {"form-action": [origin_of(asked["redirect_uri"])]}  # type: ignore[attr-defined]
    return response


def _refusal_of(asked: dict[str, str]) -> dict[str, str]:
    """What the application is told that asks in a way in which nobody is asked; else empty."""
    if asked.get("response_mode", RESPONSE_MODES[0]) not in RESPONSE_MODES:
        modes = ", ".join(RESPONSE_MODES)
        sentence = _("The response_mode has to be one of these: %(modes)s.") % {"modes": modes}
        return {"error": "invalid_request", "error_description": sentence}
    if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
        sentence = _("The application has to ask with a code_challenge of the method S256 (PKCE).")
        return {"error": "invalid_request", "error_description": sentence}
    # The agent is always asked, even if they allowed the same application before.
    if "none" in asked.get("prompt", "").split():
        return {"error": "interaction_required"}
    return {}


def _scopes(asked: dict[str, str]) -> list[str]:
    """Those that django-allauth knows. They carry no rights, so that others need no refusal."""
    return [scope for scope in asked.get("scope", "").split() if scope in SCOPES] or [DEFAULT]


def _ask_allauth(request: AgentRequest, asked: dict[str, str]) -> None:
    request.META["QUERY_STRING"] = urlencode(asked)
    request.GET = QueryDict(request.META["QUERY_STRING"])


def _told(request: AgentRequest, asked: dict[str, str], facts: dict[str, str]) -> HttpResponse:
    """Back to the application with the facts, and with its state."""
    state = {"state": asked["state"]} if "state" in asked else {}
    mode = asked.get("response_mode", "")
    return send_back(request, to=asked["redirect_uri"], facts={**facts, **state}, mode=mode)


def _answered(request: AgentRequest) -> HttpResponseBase:
    """The application gets a code in the transaction of the record, or learns of the refusal."""
    try:
        _scopes, asked = Signer().unsign_object(request.POST.get("request", ""))
    except (BadSignature, ValueError) as error:
        raise BadInput(_("The form was changed. Start again from the application.")) from error
    application = _demand_known(asked)
    _take_several_scopes(request)
    query = request.GET.dict()
    asked["response_mode"] = query.pop("response_mode", "")
    _ask_allauth(request, query)
    try:
        with transaction.atomic():
            response = views.authorization(request)
            facts = _facts(response, asked)
            if "code" in facts:
                authorize_application(application=application, by=request.user)
                keep_code(facts["code"], application=application, agent=request.user)
            return _delivered(request, response, asked)
    except Refused as refusal:
        raise BadInput(refusal.sentence) from refusal


def _take_several_scopes(request: AgentRequest) -> None:
    """allauth reads each field as if it had one value, and then the scopes as the several that they
    are. The button is one of ours: pressed twice, it would be refused here.
    """
    request.POST.get("action")
    several = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        several.setlist(name, values)
    request.POST = several  # type: ignore[assignment]


def _delivered(
    request: AgentRequest, response: HttpResponseBase, asked: dict[str, Any]
) -> HttpResponseBase:
    """What allauth sends back, in the way that the application wants; and where allauth leads the
    agent elsewhere first, there.
    """
    if not response.headers.get("Location", "").startswith(asked["redirect_uri"]):
        return _sent_back(response)
    facts, mode = _facts(response, asked), asked["response_mode"]
    return send_back(request, to=asked["redirect_uri"], facts=facts, mode=mode)


def _facts(response: HttpResponseBase, asked: dict[str, Any]) -> dict[str, str]:
    return brought_by(response.headers.get("Location", ""), asked["redirect_uri"])


def _sent_back(response: HttpResponseBase) -> HttpResponseBase:
    """A redirect; anything else is a question that cannot be answered, since nobody knows who
    asks.
    """
    if response.status_code == 302:
        return response
    raise _nobody_known()


def _demand_known(asked: dict[str, Any]) -> Application:
    """The application that asks. Raises BadInput for an unknown or deactivated one, and for an
    address that is not registered: nobody is sent there.
    """
    found = Application.objects.select_related("client").filter(pk=asked.get("client_id")).first()
    if found and not found.is_known:
        raise BadInput(_("This application was deactivated. Nothing was allowed."))
    registered = found.client.get_redirect_uris() if found else []
    if found is None or not is_registered(asked.get("redirect_uri", ""), registered):
        raise _nobody_known()
    return found


def _nobody_known() -> BadInput:
    return BadInput(
        _(
            "Nobody knows the application that sent you here, or its address is not registered. "
            "Nothing was allowed."
        )
    )
