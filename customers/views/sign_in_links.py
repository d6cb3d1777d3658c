"""Sign-in links of a customer's user, sent and withdrawn from Users and roles."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.models import CustomerUser, SignInLink
from customers.operations.portal_sessions import sign_out_customer_user
from customers.operations.sign_in_links import send_sign_in_link, withdraw_sign_in_link
from customers.sign_in_mail import sign_in_path
from partnercenter.access import requires
from partnercenter.handover import hand_over, take_over
from partnercenter.http import AgentRequest
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused


@requires("customers.add_signinlink", methods=("GET", "HEAD", "POST"))
def send(request: AgentRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Sends a link. In a demonstration, the page that follows shows it, once, instead."""
    users = CustomerUser.objects.select_related("customer")
    user = get_object_or_404(users, pk=user_id, customer=customer_id)
    if request.method != "POST":
        return _shown_once(request, user)
    try:
        link, token = send_sign_in_link(user=user, by=request.user)
    except Refused as refusal:
        note_refusal(refusal.code)
        messages.error(request, _("%(reason)s Nothing was changed.") % {"reason": refusal})
        return redirect("customers:users", customer_id)
    if settings.DEMONSTRATION:
        hand_over(request, str(user.pk), {"token": token})
        return redirect("customers:send_sign_in_link", customer_id, user_id)
    _tell(request, link)
    return redirect("customers:users", customer_id)


def _shown_once(request: AgentRequest, user: CustomerUser) -> HttpResponse:
    """The link that was just made; otherwise back to where links are sent."""
    shown = take_over(request, str(user.pk))
    if not shown:
        return redirect("customers:users", user.customer_id)
    context = {
        "customer": user.customer,
        "user_of_link": user,
        "address": request.build_absolute_uri(sign_in_path(shown["token"])),
    }
    return render(request, "customers/sign_in_link_once.html", context)


def _tell(request: AgentRequest, link: SignInLink) -> None:
    """Whether the mail server took the mail."""
    names = {"address": link.user.user_principal_name, "hours": settings.SIGN_IN_LINK_HOURS}
    if link.delivered:
        sentence = ngettext(
            "A sign-in link was sent to %(address)s. It works once, within %(hours)s hour.",
            "A sign-in link was sent to %(address)s. It works once, within %(hours)s hours.",
            settings.SIGN_IN_LINK_HOURS,
        )
        messages.success(request, sentence % names)
    else:
        sentence = _(
            "The mail server did not take the mail to %(address)s, so the sign-in link reached "
            "nobody. Withdraw it, and send another one later."
        )
        messages.error(request, sentence % names)


@requires("customers.delete_signinlink", methods=("POST",))
def sign_out_everywhere(request: AgentRequest, customer_id: UUID, user_id: UUID) -> HttpResponse:
    """Ends the user's sessions in the portal."""
    users = CustomerUser.objects.select_related("customer")
    user = get_object_or_404(users, pk=user_id, customer=customer_id)
    sign_out_customer_user(user=user, by=request.user)
    sentence = _("%(user)s was signed out of the portal everywhere.") % {"user": str(user)}
    messages.success(request, sentence)
    return redirect("customers:users", customer_id)


@requires("customers.delete_signinlink", methods=("POST",))
def withdraw(
    request: AgentRequest, customer_id: UUID, user_id: UUID, link_id: UUID
) -> HttpResponse:
    """Withdraws a link; one that is not open any more is no error."""
    links = SignInLink.objects.select_related("user__customer")
    link = get_object_or_404(links, pk=link_id, user=user_id, user__customer=customer_id)
    withdraw_sign_in_link(link=link, by=request.user)
    names = {"user": str(link.user)}
    messages.success(request, _("The sign-in link of %(user)s does not work any more.") % names)
    return redirect("customers:users", customer_id)
