"""The mail that brings a sign-in link, in the customer's language."""

import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from customers.models import Customer, SignInLink
from partnercenter.times import exact

log = logging.getLogger("partnercenter.mail")


def is_set_up() -> bool:
    """Whether this installation can send mails: there is a server, and an address to write."""
    return bool(settings.EMAIL_HOST and settings.SITE_URL)


def sign_in_path(token: str) -> str:
    """Where the link leads. The token stands in the query, which the server's log leaves out."""
    return f"{reverse('portal:sign_in')}?{urlencode({'token': token})}"


def sign_in_mail(link: SignInLink, token: str) -> EmailMessage:
    """The mail to the link's user, not sent yet. The link's `expires_at` is aware."""
    partner = settings.PARTNER_NAME
    with translation.override(_language(link.user.customer)):
        names = {"user": link.user.display_name, "partner": partner}
        paragraphs = [
            _("Hello %(user)s,") % names,
            _(
                "%(partner)s has opened a portal for you. It shows the Azure reservations and "
                "subscriptions of your company, and sells reservations where your company may "
                "purchase them. With this link you sign in:"
            )
            % names,
            f"{settings.SITE_URL}{sign_in_path(token)}",
            _("It works once, until %(moment)s.") % {"moment": exact(link.expires_at)},
            _("If you did not expect this mail, do not open the link, and tell %(partner)s.")
            % names,
            _contact(),
        ]
        subject = _("Your sign-in link from %(partner)s") % names
    text = "\n\n".join(filter(None, paragraphs))
    return EmailMessage(subject, text, to=[link.user.user_principal_name])


def send(mail: EmailMessage) -> bool:
    """Whether the mail server took it. Why it did not stands in the server's log."""
    try:
        mail.send()
    except (OSError, ValueError) as error:  # of the network, the mail server, or an odd address
        log.error("A sign-in link could not be mailed.", exc_info=error)
        return False
    return True


def _language(customer: Customer) -> str:
    """The one of the customer's bills, where the program speaks it."""
    language = customer.billing_profile.language.partition("-")[0].lower()
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _contact() -> str:
    """How the partner can be reached, as far as it is known."""
    ways = filter(None, (settings.PARTNER_CONTACT_EMAIL, settings.PARTNER_CONTACT_PHONE))
    return "\n".join((settings.PARTNER_NAME, *ways))
