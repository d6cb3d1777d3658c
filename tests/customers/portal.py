"""Customers' users in the portal: the links that lead there, and browsers that are signed in."""

from typing import Any

from django.core import mail
from django.test import Client

from activitylog.recording import System
from customers.models import CustomerUser, SignInLink
from customers.operations.sign_in_links import send_sign_in_link
from customers.portal import sessions

SIGN_IN = "/portal/sign-in/"
HOME = "/portal/"


def sent_link(user: CustomerUser) -> tuple[SignInLink, str]:
    """A link as an agent sends it, with its token."""
    return send_sign_in_link(user=user, by=System())


def portal_browser(user: CustomerUser, **defaults: Any) -> Client:
    """A browser in which the user is signed in to the portal."""
    client = Client(raise_request_exception=False, **defaults)
    client.cookies[sessions.COOKIE] = str(sessions.start(user).session_key)
    return client


def token_mailed() -> str:
    """The token in the only mail that was sent."""
    [sent] = mail.outbox
    return str(sent.body).partition("?token=")[2].split()[0]
