"""Webhooks: the list, one webhook with what it was told, and what Admin agents do with them."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from partnercenter.access import requires
from partnercenter.agents.forms import ActiveForm
from partnercenter.forms import attempt, form_of, status_of, was_sent_before
from partnercenter.handover import hand_over, take_over
from partnercenter.http import AgentRequest, BadInput, answers_fragment, at_address
from partnercenter.lists import FilterForm
from partnercenter.operations import Refused
from partnercenter.webhooks import operations
from partnercenter.webhooks.forms import DeliveriesForm, WebhookForm
from partnercenter.webhooks.listing import DeliveryRow, WebhookRow
from partnercenter.webhooks.models import Delivery, Webhook

VIEW, ADD = "webhooks.view_webhook", "webhooks.add_webhook"
CHANGE, DELETE = "webhooks.change_webhook", "webhooks.delete_webhook"
FORM = ("GET", "HEAD", "POST")


@requires(VIEW)
def webhooks(request: AgentRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    page = None
    if form.is_valid():
        found = Webhook.objects.with_last_attempt()
        page = form.page(found, order=("name", "id"), path=request.path)
    context = {
        "form": form,
        "rows": [WebhookRow.of(webhook) for webhook in page.rows] if page else [],
        "links": form.links(page),
    }
    return _list(request, "webhooks/webhooks.html", context, fragment="webhooks")


@requires(ADD, methods=FORM)
def new_webhook(request: AgentRequest) -> HttpResponse:
    """Makes a webhook; the next page shows its secret, once."""
    form = form_of(WebhookForm, request)
    made: list[tuple[Webhook, str]] = []
    if attempt(form, lambda: made.append(form.create(by=request.user))):
        return _to_secret(request, *made[0], is_new=True)
    if was_sent_before(form):
        return redirect("webhooks:webhook", form.cleaned_data["key"])
    return render(request, "webhooks/new.html", {"form": form}, status=status_of(form))


def _to_secret(
    request: AgentRequest, webhook: Webhook, secret: str, *, is_new: bool = False
) -> HttpResponse:
    hand_over(request, str(webhook.pk), {"secret": secret, "is_new": "yes" if is_new else ""})
    return redirect("webhooks:webhook_secret", webhook.pk)


@requires(VIEW)
def webhook(request: AgentRequest, webhook_id: UUID) -> HttpResponse:
    return _webhook_page(request, get_object_or_404(Webhook, pk=webhook_id))


def _webhook_page(
    request: AgentRequest, found: Webhook, *, refusal: Refused | None = None
) -> HttpResponse:
    """With the delivery log, the newest first, filtered and paged by the address."""
    form = DeliveriesForm(request.GET)
    page = None
    if form.is_valid():
        deliveries = form.deliveries_of(found)
        page = form.page(deliveries, order=("-record_number",), path=request.path)
    context = {
        "webhook": found,
        "refusal": refusal,
        "form": form,
        "rows": [DeliveryRow.of(delivery) for delivery in page.rows] if page else [],
        "links": form.links(page),
    }
    return _list(request, "webhooks/webhook.html", context, fragment="deliveries")


def _list(
    request: AgentRequest, template: str, context: dict[str, Any], *, fragment: str
) -> HttpResponse:
    """The page, or its list alone for htmx; 400 where the address is not understood."""
    form, refusal = context["form"], context.get("refusal")
    status = 400 if form.errors else 422 if refusal else 200
    if not answers_fragment(request) or refusal:
        return render(request, template, context, status=status)
    response = render(request, f"{template}#{fragment}", context, status=status)
    return at_address(response, request, form.here) if status == 200 else response


@requires(CHANGE, methods=FORM)
def edit_webhook(request: AgentRequest, webhook_id: UUID) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=webhook_id)
    form = form_of(WebhookForm, request, webhook=found)
    if attempt(form, lambda: form.update(found, by=request.user)):
        messages.success(request, _("The changes were saved."))
        return redirect("webhooks:webhook", found.pk)
    context = {"webhook": found, "form": form}
    return render(request, "webhooks/edit.html", context, status=status_of(form))


@requires(CHANGE, methods=("POST",))
def webhook_active(request: AgentRequest, webhook_id: UUID) -> HttpResponse:
    """Deactivates or reactivates: the form says which."""
    found = get_object_or_404(Webhook, pk=webhook_id)
    form = ActiveForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("The form must say whether the webhook is active. Nothing was changed."))
    wanted = form.cleaned_data["active"]
    return _done(
        request,
        found,
        lambda: operations.set_webhook_active(webhook=found, active=wanted, by=request.user),
        _("The webhook was reactivated.") if wanted else _("The webhook was deactivated."),
    )


@requires(CHANGE, methods=FORM)
def webhook_secret(request: AgentRequest, webhook_id: UUID) -> HttpResponse:
    """Asks, then replaces the secret. The page that follows shows the new one, once."""
    found = get_object_or_404(Webhook, pk=webhook_id)
    if request.method != "POST":
        shown = take_over(request, str(found.pk))
        template = "webhooks/secret_once.html" if shown else "webhooks/replace_secret.html"
        return render(request, template, {"webhook": found, **(shown or {})})
    try:
        secret = operations.replace_webhook_secret(webhook=found, by=request.user)
    except Refused as refusal:
        return _webhook_page(request, found, refusal=refusal)
    return _to_secret(request, found, secret)


@requires(DELETE, methods=FORM)
def delete_webhook(request: AgentRequest, webhook_id: UUID) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=webhook_id)
    if request.method != "POST":
        return render(request, "webhooks/delete.html", {"webhook": found})
    operations.delete_webhook(webhook=found, by=request.user)
    messages.success(request, _("%(webhook)s was deleted.") % {"webhook": found.name})
    return redirect("webhooks:webhooks")


@requires(CHANGE, methods=("POST",))
def resend(request: AgentRequest, webhook_id: UUID, delivery_id: UUID) -> HttpResponse:
    """Sends one delivery again, at once."""
    found = get_object_or_404(Delivery, pk=delivery_id, webhook_id=webhook_id)
    return _done(
        request,
        found.webhook,
        lambda: operations.resend_delivery(delivery=found, by=request.user),
        _("The event is sent again in a moment. Load this page again to see the answer."),
    )


def _done(
    request: AgentRequest, found: Webhook, act: Callable[[], Any], sentence: str
) -> HttpResponse:
    """Back to the webhook's page with the sentence, or that page with the refusal."""
    try:
        act()
    except Refused as refusal:
        return _webhook_page(request, found, refusal=refusal)
    messages.success(request, sentence)
    return redirect("webhooks:webhook", found.pk)
