"""API access: the applications, one of them, and what Admin agents do with them."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from partnercenter.access import open_to_agents, requires
from partnercenter.applications import shell_lines
from partnercenter.applications.forms import ActiveForm, ApplicationForm
from partnercenter.applications.listing import NEWEST_FIRST, ApplicationRow, tokens_of
from partnercenter.applications.models import Application
from partnercenter.applications.operations import (
    replace_secret,
    revoke_tokens,
    set_application_active,
    withdraw_authorization,
)
from partnercenter.forms import attempt, form_of, status_of, was_sent_before
from partnercenter.handover import hand_over, take_over
from partnercenter.http import AgentRequest, BadInput, answers_fragment, at_address
from partnercenter.lists import FilterForm

VIEW, ADD, CHANGE = (
    "applications.view_application",
    "applications.add_application",
    "applications.change_application",
)
FORM = ("GET", "HEAD", "POST")


@requires(VIEW)
def applications(request: AgentRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = Application.objects.select_related("client")
    page = form.page(found, order=NEWEST_FIRST, path=request.path) if form.is_valid() else None
    fragment = answers_fragment(request)
    context = {
        "form": form,
        "rows": [ApplicationRow.of(application) for application in page.rows] if page else [],
        "links": form.links(page),
        **_places(request),
    }
    template = "applications/applications.html#applications"
    response = render(
        request,
        template if fragment else template.partition("#")[0],
        context,
        status=200 if page else 400,
    )
    return at_address(response, request, form.here) if fragment and page else response


def _places(request: AgentRequest) -> dict[str, Any]:
    """Where programs find this installation, and the lines to try it with."""
    places = shell_lines.addresses(request)
    lines = {"fill_in": shell_lines.TO_FILL_IN, "try": shell_lines.to_try(places)}
    return {**places, "lines": lines}


@requires(ADD, methods=FORM)
def new_application(request: AgentRequest) -> HttpResponse:
    """Registers one; the next page shows its secret, if it has one, once."""
    form = form_of(ApplicationForm, request)
    made: list[tuple[Application, str]] = []
    if attempt(form, lambda: made.append(form.register(by=request.user))):
        application, secret = made[0]
        if application.is_public:
            return _done(request, application, _("%(application)s is registered."))
        return _to_secret(request, application, secret, is_new=True)
    if was_sent_before(form):
        return redirect("applications:application", form.cleaned_data["key"])
    return render(request, "applications/new.html", {"form": form}, status=status_of(form))


def _to_secret(
    request: AgentRequest, application: Application, secret: str, *, is_new: bool = False
) -> HttpResponse:
    hand_over(request, application.pk, {"secret": secret, "is_new": "yes" if is_new else ""})
    return redirect("applications:application_secret", application.pk)


def _secret_page(request: AgentRequest, application: Application) -> HttpResponse:
    """The secret that was just made, once; otherwise the question whether to replace it."""
    shown = take_over(request, application.pk)
    if not shown:
        return render(request, "applications/secret.html", {"application": application})
    places = shell_lines.addresses(request)
    lines = _lines(places, application)
    context = {**places, **_about(application), **shown, "lines": lines}
    return render(request, "applications/secret_once.html", context)


def _lines(places: dict[str, str], application: Application) -> dict[str, str]:
    """How it signs in, in each way that it may."""
    lines = {"alone": shell_lines.for_itself(places, application)} if application.role_names else {}
    for redirect_uri in application.client.get_redirect_uris()[:1]:
        lines["ask"] = shell_lines.to_ask_agents(places, application, redirect_uri)
        lines["exchange"] = shell_lines.to_exchange(places, application, redirect_uri)
    return lines


def _about(application: Application) -> dict[str, Any]:
    return {
        "application": application,
        "redirect_uris": application.client.get_redirect_uris(),
    }


@requires(VIEW)
def application(request: AgentRequest, application_id: UUID) -> HttpResponse:
    found = _found(application_id)
    query = urlencode({"agent": found.pk})
    context = {
        **_about(found),
        "row": ApplicationRow.of(found),
        "tokens": tokens_of(found),
        "authority": shell_lines.addresses(request)["authority"],
        "activity": f"{reverse('activitylog:activity_log')}?{query}",
    }
    return render(request, "applications/application.html", context)


def _found(application_id: UUID) -> Application:
    return get_object_or_404(Application.objects.select_related("client"), pk=str(application_id))


@requires(CHANGE, methods=FORM)
def edit_application(request: AgentRequest, application_id: UUID) -> HttpResponse:
    found = _found(application_id)
    form = form_of(ApplicationForm, request, application=found)
    if attempt(form, lambda: form.update(by=request.user)):
        messages.success(request, _("The changes were saved."))
        return redirect("applications:application", found.pk)
    context = {"application": found, "form": form}
    return render(request, "applications/edit.html", context, status=status_of(form))


@requires(CHANGE, methods=("POST",))
def application_active(request: AgentRequest, application_id: UUID) -> HttpResponse:
    """Deactivates or reactivates: the form says which."""
    found = _found(application_id)
    form = ActiveForm(request.POST)
    if not form.is_valid():
        raise BadInput(
            _("The form must say whether the application is active. Nothing was changed.")
        )
    wanted = form.cleaned_data["active"]
    sentence = (
        _("%(application)s can sign in again.")
        if wanted
        else _("%(application)s was deactivated, and its tokens have ended.")
    )
    set_application_active(application=found, active=wanted, by=request.user)
    return _done(request, found, sentence)


@requires(CHANGE, methods=FORM)
def application_secret(request: AgentRequest, application_id: UUID) -> HttpResponse:
    """Asks, then replaces the secret. The page that follows shows the new one, once. Raises Http404
    for a public application, which has none.
    """
    found = _found(application_id)
    if found.is_public:
        raise Http404
    if request.method != "POST":
        return _secret_page(request, found)
    return _to_secret(request, found, replace_secret(application=found, by=request.user))


@requires(CHANGE, methods=("POST",))
def application_tokens(request: AgentRequest, application_id: UUID) -> HttpResponse:
    """Revokes all of them."""
    found = _found(application_id)
    revoke_tokens(application=found, by=request.user)
    return _done(request, found, _("The tokens of %(application)s have ended."))


@open_to_agents(methods=("POST",))
def withdraw(request: AgentRequest, application_id: UUID) -> HttpResponse:
    """The agent's own tokens with the application, from My account."""
    found = _found(application_id)
    withdraw_authorization(application=found, agent=request.user, by=request.user)
    messages.success(
        request, _("%(application)s does not act for you any more.") % {"application": found.name}
    )
    return redirect("my_account")


def _done(request: AgentRequest, found: Application, sentence: str) -> HttpResponse:
    """Back to the application's page with the sentence."""
    messages.success(request, sentence % {"application": found.name})
    return redirect("applications:application", found.pk)
