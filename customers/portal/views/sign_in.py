"""Signing in to the portal by a link, and signing out."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from customers.operations.portal_sessions import sign_out_customer_user
from customers.operations.sign_in_links import consume_sign_in_link, find_open_link
from customers.portal import sessions
from customers.portal.access import PortalRequest, for_customer_users
from partnercenter.access import open_to_everyone
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused


@open_to_everyone(reason="strangers come with their links", methods=("GET", "HEAD", "POST"))
def sign_in(request: HttpRequest) -> HttpResponse:
    """A link leads to a button, since mail scanners open links; only the button's post uses it."""
    is_post = request.method == "POST"
    token = (request.POST if is_post else request.GET).get("token", "")
    try:
        if is_post:
            return _signed_in(request, token)
        if token:
            context = {"user_of_link": find_open_link(token=token).user, "token": token}
            return render(request, "portal/sign_in.html", context)
    except Refused as refusal:
        note_refusal(refusal.code)
        context = {"refusal": refusal, "is_signed_in": sessions.user_of(request)}
        return render(request, "portal/link_not_open.html", context, status=404)
    if sessions.user_of(request):
        return redirect("portal:home")
    return render(request, "portal/ask_for_link.html")


def _signed_in(request: HttpRequest, token: str) -> HttpResponse:
    """The link is used up and the session is there, or neither."""
    with transaction.atomic():
        session = sessions.start(consume_sign_in_link(token=token))
        sessions.end(request)  # another's, perhaps
    response = redirect("portal:home")
    sessions.give_cookie(response, session)
    return response


@for_customer_users(methods=("POST",))
def sign_out_everywhere(request: PortalRequest) -> HttpResponse:
    """Ends the user's sessions in all browsers, this one among them."""
    sign_out_customer_user(user=request.customer_user, by=request.customer_user)
    return _signed_out(request)


@open_to_everyone(reason="signing out twice is no error", methods=("POST",))
def sign_out(request: HttpRequest) -> HttpResponse:
    return _signed_out(request)


def _signed_out(request: HttpRequest) -> HttpResponse:
    sessions.end(request)
    response = redirect("portal:sign_in")
    sessions.take_cookie(response)
    return response
