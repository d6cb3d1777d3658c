"""Whether an application may act for the agent who is signed in: the page where he says so.

django-allauth makes the code; the page is ours, and so is the record.
"""

from urllib.parse import parse_qs, urlsplit

from allauth.idp.oidc import views
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.http import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from partnercenter.access import open_to_agents
from partnercenter.api.models import Application
from partnercenter.api.operations import authorize_application
from partnercenter.api.redirects import origin_of
from partnercenter.http import AgentRequest, BadInput
from partnercenter.operations import Refused


@csrf_exempt  # django-allauth checks the token of its form by itself
@open_to_agents(methods=("GET", "HEAD", "POST"))
def authorize(request: AgentRequest, tenant: str = "") -> HttpResponseBase:
    """Asks the agent, and sends him back to the application with his answer.

    Raises BadInput (400) for what no application of ours asks.
    """
    return _answered(request) if request.method == "POST" else _asked(request)


def _asked(request: AgentRequest) -> HttpResponseBase:
    """The page. Its form may lead to the registered address, and the policy says so."""
    if not request.GET.get("code_challenge") or request.GET.get("code_challenge_method") != "S256":
        raise BadInput(
            _("The application has to ask with a code_challenge of the method S256 (PKCE).")
        )
    response = views.authorization(request)
    if not isinstance(response, TemplateResponse):
        return _sent_back(response)
    _known(request.GET.get("client_id", ""))
    origin = origin_of(request.GET["redirect_uri"])
    response._csp_update = {"form-action": [origin]}  # type: ignore[attr-defined]
    return response


def _answered(request: AgentRequest) -> HttpResponseBase:
    """The application gets a code in the transaction of the record, or learns of the refusal."""
    try:
        _scopes, asked = Signer().unsign_object(request.POST.get("request", ""))
    except (BadSignature, ValueError) as error:
        raise BadInput(_("The form was changed. Start again from the application.")) from error
    application = _known(asked["client_id"])
    try:
        with transaction.atomic():
            response = _sent_back(views.authorization(request))
            if "code" in parse_qs(urlsplit(response.headers.get("Location", "")).query):
                authorize_application(application=application, by=request.user)
            return response
    except Refused as refusal:
        raise BadInput(refusal.sentence) from refusal


def _sent_back(response: HttpResponseBase) -> HttpResponseBase:
    """A redirect, or the refusal of a form without its token; anything else is a question that
    cannot be answered, since nobody knows who asks.
    """
    if response.status_code in (302, 403):
        return response
    raise BadInput(
        _(
            "Nobody knows the application that sent you here, or its address is not registered. "
            "Nothing was allowed."
        )
    )


def _known(client_id: str) -> Application:
    found = Application.objects.select_related("client").filter(pk=client_id).first()
    if found is None or not found.is_known:
        raise BadInput(_("This application was deactivated. Nothing was allowed."))
    return found
