"""Whether an application may act for the agent who is signed in: the page where he says so.

django-allauth makes the code; the page is ours, and so is the record.
"""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from allauth.core.internal.httpkit import add_query_params
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
    if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
        raise BadInput(
            _("The application has to ask with a code_challenge of the method S256 (PKCE).")
        )
    prompts = asked.pop("prompt", "").split()
    if "none" in prompts:
        return _without_asking(asked)
    if "login" in prompts:
        asked["prompt"] = "login"
    asked["scope"] = " ".join(_scopes(asked))
    request.META["QUERY_STRING"] = urlencode(asked)
    request.GET = QueryDict(request.META["QUERY_STRING"])
    response = views.authorization(request)
    if not isinstance(response, TemplateResponse):
        return _sent_back(response)
    response._csp_update = {"form-action": [origin_of(asked["redirect_uri"])]}  # type: ignore[attr-defined]
    return response


def _scopes(asked: dict[str, str]) -> list[str]:
    """Those that django-allauth knows. They carry no rights, so that others need no refusal."""
    return [scope for scope in asked.get("scope", "").split() if scope in SCOPES] or [DEFAULT]


def _without_asking(asked: dict[str, str]) -> HttpResponse:
    """The agent is always asked, even if he allowed the same application before."""
    facts = {"error": "interaction_required"}
    if "state" in asked:
        facts["state"] = asked["state"]
    location = add_query_params(asked["redirect_uri"], facts)
    return HttpResponse(status=302, headers={"Location": location})


def _answered(request: AgentRequest) -> HttpResponseBase:
    """The application gets a code in the transaction of the record, or learns of the refusal."""
    try:
        _scopes, asked = Signer().unsign_object(request.POST.get("request", ""))
    except (BadSignature, ValueError) as error:
        raise BadInput(_("The form was changed. Start again from the application.")) from error
    application = _demand_known(asked)
    try:
        with transaction.atomic():
            response = _sent_back(views.authorization(request))
            code = parse_qs(urlsplit(response.headers.get("Location", "")).query).get("code")
            if code:
                authorize_application(application=application, by=request.user)
                keep_code(code[0], application=application, agent=request.user)
            return response
    except Refused as refusal:
        raise BadInput(refusal.sentence) from refusal


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
