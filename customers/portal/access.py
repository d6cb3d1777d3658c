"""Who may open a view of the portal. The dashboard's marks stand in partnercenter/access.py."""

from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from customers.models import CustomerUser
from customers.portal.sessions import user_of
from partnercenter.access import MARK, METHODS, READING, Mark, View, marked

CUSTOMER_USERS = "customers' users"
SIGN_IN = "portal:sign_in"


class PortalRequest(HttpRequest):
    """A request behind the portal's sign-in. `user` is nobody: agents are strangers here."""

    customer_user: CustomerUser
    htmx: HtmxDetails
    request_id: str


def for_customer_users(*, methods: tuple[str, ...] = READING) -> Mark:
    """For users of customers who are signed in to the portal.

    Strangers, agents among them, learn of the page nothing but how one gets in. Any method but the
    given ones is answered with 405. What the view records came through the portal: see
    `middleware.set_apart`.
    """

    def mark(view: View) -> View:
        answering = marked(view, CUSTOMER_USERS, methods)

        @wraps(answering)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            request.customer_user = user_of(request)
            if request.customer_user is None:
                return _to_sign_in(request)
            return answering(request, *args, **kwargs)

        setattr(guarded, MARK, CUSTOMER_USERS)
        setattr(guarded, METHODS, methods)
        return login_not_required(guarded)

    return mark


def _to_sign_in(request: PortalRequest) -> HttpResponseBase:
    if request.htmx:
        return HttpResponseClientRedirect(resolve_url(SIGN_IN))
    return redirect(SIGN_IN)
