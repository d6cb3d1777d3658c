"""Sign-in links on Users and roles: which are open, sending and withdrawing them."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, SignInLink
from customers.operations.sign_in_links import send_sign_in_link
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.acts import actions
from tests.customers.pages import Part, read
from tests.customers.portal import SIGN_IN, sent_link, token_mailed
from tests.customers.preparing import opened, said
from tests.factories import CustomerUserFactory
from tests.postgresql import free_port

pytestmark = pytest.mark.usefixtures("sound_log", "mail_is_set_up")

LINKS = 2  # the column
really = pytest.mark.django_db(transaction=True)


def send_address(user: CustomerUser) -> str:
    return reverse("customers:send_sign_in_link", args=[user.customer_id, user.pk])


def links_of(agent: Agent, customer: Customer) -> list[str]:
    """What each row says of sign-in links."""
    return [row[LINKS] for row in opened(signed_in(agent), "users", customer.pk).rows]


def press(sign_in: SignIn, agent: Agent, customer: Customer, button: str) -> Part:
    """Opens the page and presses the first button of these words."""
    client = sign_in(agent)
    forms = opened(client, "users", customer.pk).the("table").all("form")
    form = next(form for form in forms if form.words == button)
    return read(client.post(form["action"], form.fields, follow=True))


# Which are open


def test_open_links_stand_beside_their_user(
    sam: Agent, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    CustomerUserFactory.create(customer=northwind, display_name="Zoe")
    link, _token = send_sign_in_link(user=nils, by=ada)
    SignInLink.objects.update(delivered=True)

    assert links_of(sam, northwind) == [
        "Expires in 23 hours Sent just now by ada@partner.example",
        "None open",
    ]
    page = signed_in(sam).get(reverse("customers:users", args=[northwind.pk]))
    assert link.token_digest not in page.content.decode()


def test_a_link_that_reached_nobody_says_so(
    sam: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    sent_link(nils)
    SignInLink.objects.update(delivered=False)

    assert links_of(sam, northwind)[0].startswith("Not delivered")


@pytest.mark.parametrize("moment", ["used_at", "withdrawn_at", "expires_at"])
def test_links_that_are_not_open_are_not_shown(
    sam: Agent, northwind: Customer, nils: CustomerUser, moment: str
) -> None:
    sent_link(nils)
    SignInLink.objects.update(**{moment: timezone.now()})

    assert links_of(sam, northwind) == ["None open"]


def test_a_hundred_users_with_links_need_no_more_queries_than_two(
    ada: Agent, contoso: Customer
) -> None:
    def queries(users: int) -> int:
        for user in CustomerUserFactory.create_batch(users, customer=contoso):
            sent_link(user)
        client = signed_in(ada)
        with CaptureQueriesContext(connection) as captured:
            page = opened(client, "users", contoso.pk)
        assert page.rows
        return len(captured)

    assert queries(2) == queries(20) <= 10


# Sending


@really
def test_a_sent_link_is_mailed_and_opens_the_portal(
    sign_in: SignIn, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    page = press(sign_in, ada, northwind, "Send sign-in link")

    assert said(page) == (
        "A sign-in link was sent to nils@northwind.example. It works once, within 24 hours."
    )
    assert page.rows[0][LINKS].startswith("Expires in 23 hours")
    assert mail.outbox[0].to == ["nils@northwind.example"]
    portal = signed_in(ada).get(SIGN_IN, {"token": token_mailed()})
    assert "Northwind Traders" in read(portal).words


def test_the_page_after_sending_holds_no_token(
    ada: Agent,
    nils: CustomerUser,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = signed_in(ada).post(send_address(nils), follow=True)

    assert token_mailed() not in response.content.decode()


@really
def test_when_the_mail_server_does_not_answer_the_agent_is_told_what_to_do(
    sign_in: SignIn, settings: Settings, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()
    page = press(sign_in, ada, northwind, "Send sign-in link")

    assert said(page) == (
        "The mail server did not take the mail to nils@northwind.example, so the sign-in link "
        "reached nobody. Withdraw it, and send another one later."
    )
    assert page.rows[0][LINKS].startswith("Not delivered")
    assert len(page.the("table").all("form")) == 3  # withdraw, send, remove


def test_without_mail_the_page_offers_no_link_and_says_what_to_set(
    settings: Settings, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    settings.SITE_URL = ""
    page = opened(signed_in(ada), "users", northwind.pk)

    assert [form.words for form in page.the("table").all("form")] == [
        "The user and all roles listed here are removed. This cannot be taken back. Remove user"
    ]
    assert "has to set SITE_URL and EMAIL_HOST." in page.words


def test_a_refused_link_is_a_sentence_and_no_change(
    settings: Settings, ada: Agent, nils: CustomerUser
) -> None:
    settings.SITE_URL = ""
    page = read(signed_in(ada).post(send_address(nils), follow=True))

    assert said(page).endswith("has to set SITE_URL and EMAIL_HOST. Nothing was changed.")
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_readers_see_no_buttons(
    request: pytest.FixtureRequest, northwind: Customer, nils: CustomerUser, name: str
) -> None:
    sent_link(nils)
    page = opened(signed_in(request.getfixturevalue(name)), "users", northwind.pk)

    assert not page.the("table").has("form")


def test_another_customer_s_user_is_not_found(
    ada: Agent, contoso: Customer, nils: CustomerUser
) -> None:
    address = reverse("customers:send_sign_in_link", args=[contoso.pk, nils.pk])

    assert signed_in(ada).post(address).status_code == 404
    assert actions() == []


# In a demonstration


@pytest.mark.usefixtures("demonstration")
def test_in_a_demonstration_the_link_is_shown_once(
    sign_in: SignIn, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    page = press(sign_in, ada, northwind, "Send sign-in link")
    address = page.the(id="sign-in-link").words

    assert "In this demonstration no mail is sent." in page.words
    assert address.startswith("http://testserver/portal/sign-in/?token=")
    assert mail.outbox == []
    token = address.partition("token=")[2]
    again = signed_in(ada).get(reverse("customers:users", args=[northwind.pk]))
    assert token not in again.content.decode()
    assert token not in str(list(ActivityRecord.objects.values_list()))


@pytest.mark.usefixtures("demonstration")
def test_the_shown_link_is_kept_by_no_cache(ada: Agent, nils: CustomerUser) -> None:
    response = signed_in(ada).post(send_address(nils), follow=True)

    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


# Withdrawing


def test_a_withdrawn_link_is_gone_from_the_page(
    sign_in: SignIn, ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    sent_link(nils)
    page = press(sign_in, ada, northwind, "Withdraw")

    assert said(page) == "The sign-in link of Nils (nils@northwind.example) does not work any more."
    assert page.rows[0][LINKS].startswith("None open")
    assert actions() == ["send_sign_in_link", "withdraw_sign_in_link"]


def test_withdrawing_twice_is_no_error(ada: Agent, nils: CustomerUser) -> None:
    link, _token = sent_link(nils)
    address = reverse("customers:withdraw_sign_in_link", args=[nils.customer_id, nils.pk, link.pk])
    answers = [signed_in(ada).post(address).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert actions() == ["send_sign_in_link", "withdraw_sign_in_link"]


def test_a_link_at_another_s_address_is_not_found(
    ada: Agent, fabrikam: Customer, nils: CustomerUser
) -> None:
    link, _token = sent_link(nils)
    other = CustomerUserFactory.create(customer=nils.customer)
    for customer, user in ((fabrikam, nils), (nils.customer, other)):
        address = reverse("customers:withdraw_sign_in_link", args=[customer.pk, user.pk, link.pk])
        assert signed_in(ada).post(address).status_code == 404
    assert actions() == ["send_sign_in_link"]
