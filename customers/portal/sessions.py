"""Sessions of the portal: a cookie of their own, stored beside those of agents.

The cookie is for all paths, since browsers demand that of the prefix which keeps the other hosts of
the domain from planting one; a path keeps nobody out. Outside the portal nobody looks at it.

Each kind is signed with the name of its class, so that a key of one opens nothing as the other.
"""

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse

from customers.models import CustomerUser
from partnercenter import session_clock

ROOT = "/portal/"
COOKIE = settings.PORTAL_COOKIE_NAME
USER, EPOCH = "customer_user", "epoch"


class PortalSession(SessionStore):
    """Who is signed in to the portal, and since when."""


def start(user: CustomerUser) -> PortalSession:
    """A new session of the user, stored under a new key."""
    session = PortalSession()
    session[USER], session[EPOCH] = str(user.pk), user.session_epoch
    session_clock.start(session)
    session.save()
    return session


def user_of(request: HttpRequest) -> CustomerUser | None:
    """Who is signed in to the portal with this request, his customer with him; None for strangers.

    A session that is over, or whose user was removed or signed out everywhere, is deleted. So is
    every session of a customer to whom the partner no longer sells.
    """
    session = _session_of(request)
    if session is None:
        return None
    user = None if session_clock.is_over(session) else _user(session)
    if user is None:
        session.flush()
    elif session_clock.note_seen(session) and not _saved(session):
        return None
    return user


def end(request: HttpRequest) -> None:
    """Ends the request's session of the portal on the server, if it has one."""
    session = _session_of(request)
    if session is not None:
        session.flush()


def give_cookie(response: HttpResponse, session: PortalSession) -> None:
    response.set_cookie(
        COOKIE,
        str(session.session_key),
        max_age=settings.SESSION_ABSOLUTE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_cookie(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")


def _session_of(request: HttpRequest) -> PortalSession | None:
    """None where the cookie is missing, or is the key of anything else."""
    if not request.COOKIES.get(COOKIE):
        return None
    session = PortalSession(request.COOKIES[COOKIE])
    return session if USER in session else None


def _user(session: PortalSession) -> CustomerUser | None:
    users = CustomerUser.objects.able_to_sign_in().select_related("customer")
    epoch = int(session.get(EPOCH, 0))
    return users.filter(pk=session[USER], session_epoch=epoch).first()


def _saved(session: PortalSession) -> bool:
    """False if it was ended meanwhile, as by signing out in another tab."""
    try:
        session.save()
    except UpdateError:
        return False
    return True
