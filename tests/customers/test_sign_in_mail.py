"""The mail with a sign-in link: to whom, in which language, and what if it cannot be sent."""

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.utils import translation
from pytest_django import Settings

from customers.models import BillingProfile, CustomerUser, SignInLink
from customers.sign_in_mail import sign_in_mail
from tests.customers.acts import actions
from tests.customers.portal import sent_link, token_mailed
from tests.postgresql import free_port

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("sound_log", "mail_is_set_up"),
]


@pytest.fixture
def the_mail(settings: Settings, nils: CustomerUser) -> EmailMessage:
    settings.PARTNER_NAME, settings.PARTNER_CONTACT_PHONE = "Adatum", "+46 46 000 00"
    settings.PARTNER_CONTACT_EMAIL = "help@partner.example"
    settings.DEFAULT_FROM_EMAIL = "no-reply@partner.example"
    sent_link(nils)
    [sent] = mail.outbox
    return sent


def test_it_goes_to_the_user_principal_name_from_the_partner(the_mail: EmailMessage) -> None:
    assert the_mail.to == ["nils@northwind.example"]
    assert the_mail.from_email == "no-reply@partner.example"
    assert the_mail.subject == "Your sign-in link from Adatum"


def test_it_says_what_it_is_how_long_it_works_and_whom_to_ask(the_mail: EmailMessage) -> None:
    text, link = str(the_mail.body), SignInLink.objects.get()

    assert text.startswith("Hello Nils,")
    assert f"It works once, until {link.expires_at:%Y-%m-%d %H:%M:%S} UTC." in text
    assert text.endswith("Adatum\nhelp@partner.example\n+46 46 000 00")
    assert the_mail.content_subtype == "plain"


def test_its_address_is_the_installation_s_whatever_host_was_asked(
    settings: Settings, nils: CustomerUser
) -> None:
    settings.SITE_URL = "https://csp.adatum.example:8443"
    _link, token = sent_link(nils)
    lines = str(mail.outbox[0].body).splitlines()

    assert f"https://csp.adatum.example:8443/portal/sign-in/?token={token}" in lines


def test_once_the_mail_server_took_it_the_link_is_delivered(the_mail: EmailMessage) -> None:
    assert SignInLink.objects.get().delivered


def test_in_a_demonstration_no_mail_is_sent(settings: Settings, nils: CustomerUser) -> None:
    settings.DEMONSTRATION = True
    sent_link(nils)

    assert mail.outbox == []


# Languages


@pytest.mark.parametrize(
    ("language", "spoken"), [("ja", "ja"), ("JA-jp", "ja"), ("en", "en"), ("sv", "en"), ("", "en")]
)
def test_it_speaks_the_customer_s_language_where_the_program_does(
    nils: CustomerUser, language: str, spoken: str
) -> None:
    BillingProfile.objects.filter(customer=nils.customer).update(language=language)
    link, token = sent_link(CustomerUser.objects.get(pk=nils.pk))
    with translation.override("en" if spoken == "ja" else "ja"):
        written = sign_in_mail(link, token)
    with translation.override(spoken):
        assert written.subject == translation.gettext("Your sign-in link from %(partner)s") % {
            "partner": "Partner Center"
        }


# Mail servers that fail


@pytest.fixture
def _no_mail_server(settings: Settings, mail_is_set_up: None) -> None:
    """Where the mail server should be, nobody listens."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()


@pytest.mark.usefixtures("_no_mail_server")
def test_a_mail_server_that_is_gone_leaves_the_link_undelivered_and_says_so_in_the_log(
    nils: CustomerUser, caplog: pytest.LogCaptureFixture
) -> None:
    link, token = sent_link(nils)

    assert not link.delivered
    assert not SignInLink.objects.get().delivered
    assert actions() == ["send_sign_in_link"]
    [line] = [line for line in caplog.records if line.name == "partnercenter.mail"]
    assert line.levelname == "ERROR"
    assert line.exc_info
    assert token not in str(line.exc_info[1])


def test_an_address_that_no_mail_server_takes_leaves_the_link_undelivered(
    settings: Settings, nils: CustomerUser
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "a..b"
    sent_link(nils)

    assert not SignInLink.objects.get().delivered


def test_a_mailed_token_lets_in(nils: CustomerUser) -> None:
    _link, token = sent_link(nils)
    assert token_mailed() == token
