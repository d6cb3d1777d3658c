"""Links with which a customer's users sign in to the portal: sending, withdrawing, using them."""

import hashlib
import secrets
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from activitylog import clock
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import Customer, CustomerUser, SignInLink
from customers.operations.locking import locked, no_relationship
from customers.sign_in_mail import is_set_up, send, sign_in_mail
from partnercenter.authority import act
from partnercenter.operations import Refused

RESOURCE_TYPE = "sign_in_link"
RANDOM_BYTES = 32
LINKS_AN_HOUR = 5  # that are sent to one user


@act("customers.add_signinlink")
def send_sign_in_link(*, user: CustomerUser, by: Actor) -> tuple[SignInLink, str]:
    """Makes a link for the user; returns it with its token, which is kept nowhere.

    It goes by e-mail once this is committed; `delivered` says whether the mail server took it. In
    demonstration mode there is no mail, and whoever asked shows the token. Links that were sent to
    the user before no longer work. Raises Refused where `why_no_sign_in_link` says so, for a user
    who was removed, and where many were sent within the last hour.
    """
    customer = locked(user.customer)
    refusal = why_no_sign_in_link(customer)
    if refusal:
        raise refusal
    user = CustomerUser.objects.select_related("customer").get(pk=user.pk)
    if not user.is_active:
        raise Refused(_("The user was removed."), code="removed_user")
    _refuse_too_many(user)
    token = secrets.token_urlsafe(RANDOM_BYTES)
    link = _stored(SignInLink(user=user, token_digest=_digest(token)), by)
    if not settings.DEMONSTRATION:
        transaction.on_commit(partial(_deliver, link, sign_in_mail(link, token)))
    return link, token


def _refuse_too_many(user: CustomerUser) -> None:
    """A mailbox isn't flooded, whoever is at the button."""
    since = clock.now() - timedelta(hours=1)
    if user.sign_in_links.filter(created_at__gt=since).count() >= LINKS_AN_HOUR:
        raise Refused(
            ngettext_lazy(
                "%(number)d sign-in link was sent to this user within the last hour. Wait before "
                "you send another one.",
                "%(number)d sign-in links were sent to this user within the last hour. Wait before "
                "you send another one.",
                LINKS_AN_HOUR,
            )
            % {"number": LINKS_AN_HOUR},
            code="too_many_links",
        )


def why_no_sign_in_link(customer: Customer) -> Refused | None:
    """Why no link can be sent to the customer's users now, or None if one can."""
    if not customer.is_reseller_customer:
        return no_relationship()
    return None if settings.DEMONSTRATION or is_set_up() else _no_mail()


def _no_mail() -> Refused:
    return Refused(
        _(
            "Sign-in links go by e-mail, which is not set up. Whoever runs the server has to set "
            "SITE_URL and EMAIL_HOST."
        ),
        code="no_mail",
    )


@act("customers.delete_signinlink")
def withdraw_sign_in_link(*, link: SignInLink, by: Actor) -> None:
    """Closes the link; does nothing where it is not open any more."""
    customer = locked(link.user.customer)
    open_now = SignInLink.objects.open_at(clock.now()).select_related("user")
    found = open_now.filter(pk=link.pk).first()
    if not found:
        return
    written = record(
        CustomerActivity.WITHDRAW_SIGN_IN_LINK,
        resource_type=RESOURCE_TYPE,
        resource_id=str(found.pk),
        customer=customer.affected,
        old={"user_principal_name": found.user.user_principal_name},
        by=by,
    )
    found.withdrawn_at = written.at
    found.save(update_fields=["withdrawn_at"])


@transaction.atomic
def consume_sign_in_link(*, token: str) -> CustomerUser:
    """Uses the link up and returns whom it lets in. Raises Refused (link_not_open).

    As for agents, a sign-in is no activity: the link keeps the moment, and nothing is recorded.
    """
    locked(find_open_link(token=token).user.customer)
    link = find_open_link(token=token)  # again, now that nobody else can use or withdraw it
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link.user


def find_open_link(*, token: str) -> SignInLink:
    """The open link with this token, its user and customer with it; changes nothing.

    Raises Refused (link_not_open), the same for links that were used, withdrawn, expired, or never
    were there, and for those of users who were removed.
    """
    links = SignInLink.objects.open_at(clock.now()).select_related("user__customer")
    link = links.filter(token_digest=_digest(token)).first()
    if not link:
        raise Refused(
            _(
                "This sign-in link does not work any more: each works once and for a limited time, "
                "and your partner can withdraw it."
            ),
            code="link_not_open",
        )
    return link


def _digest(token: str) -> str:
    """What is kept of a token. It is random enough for a digest without salt or delay."""
    return hashlib.sha256(token.encode()).hexdigest()


def _stored(link: SignInLink, by: Actor) -> SignInLink:
    hours = settings.SIGN_IN_LINK_HOURS
    written = record(
        CustomerActivity.SEND_SIGN_IN_LINK,
        resource_type=RESOURCE_TYPE,
        resource_id=str(link.pk),
        customer=link.user.customer.affected,
        new={"user_principal_name": link.user.user_principal_name, "valid_hours": hours},
        by=by,
    )
    earlier = SignInLink.objects.open_at(written.at).filter(user=link.user)
    earlier.update(withdrawn_at=written.at)
    link.created_at, link.created_by = written.at, written.actor_name
    link.expires_at = written.at + timedelta(hours=hours)
    link.delivered = settings.DEMONSTRATION  # else once the mail server has taken it
    link.save(force_insert=True)
    return link


def _deliver(link: SignInLink, mail: EmailMessage) -> None:
    """After the commit, so that a slow or broken mail server holds no lock and undoes nothing."""
    if send(mail):
        link.delivered = True
        link.save(update_fields=["delivered"])
