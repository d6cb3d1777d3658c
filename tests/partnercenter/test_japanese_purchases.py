"""Prices, orders, reservations and the portal speak Japanese, and so does what they answer."""

import datetime as dt
import re
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.test import Client
from django.utils.translation import override
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import (
    Customer,
    CustomerUser,
    Reservation,
    ReservationProduct,
    Scope,
    Subscription,
)
from customers.operations.purchase_rules import Purchase
from customers.operations.purchasing import buy_reservation
from customers.operations.sign_in_links import send_sign_in_link
from customers.operations.usage import COLUMNS as USAGE
from customers.price_lists import COLUMNS as PRICES
from customers.pricing import today
from customers.sign_in_mail import sign_in_mail
from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.customers.buying import bought, purchase_of
from tests.customers.pages import Part, read
from tests.customers.portal import HOME, SIGN_IN, portal_browser
from tests.customers.pricing import imported, set_own_price
from tests.customers.reserving import cancel, exchange, refund_terms, renew
from tests.customers.serving import moved, ran
from tests.factories import CustomerUserFactory, ReservationProductFactory, RoleAssignmentFactory
from tests.partnercenter.english import is_english
from tests.partnercenter.japanese import (
    JAPANESE,
    agent,
    browser_of,
    contract,
    customer,
    faults,
    faults_of,
    turn_on,
)
from tests.partnercenter.site import Answer

pytestmark = pytest.mark.django_db

TOMORROW = str(today() + dt.timedelta(days=1))
LISTED = "VirtualMachines,Standard_D8s_v5,japaneast,P1Y,either,JPY,80000"


@pytest.fixture(autouse=True)
def _mails_can_be_sent(settings: Settings) -> None:
    settings.EMAIL_HOST, settings.SITE_URL = "mail.partner.example", "https://partner.example"


@pytest.fixture
def hanako(db: None) -> Agent:
    return agent("山田 花子", username="hanako@partner.example", role=Role.ADMIN)


@pytest.fixture
def fabrikam(hanako: Agent) -> Customer:
    """Billed in yen, and allowed to purchase."""
    bill_to = {"billing_profile__currency": "JPY", "billing_profile__culture": "ja-JP"}
    fabrikam = customer("ファブリカム株式会社", **bill_to)
    contract(fabrikam)
    turn_on(fabrikam, hanako)
    return fabrikam


@pytest.fixture
def azure(fabrikam: Customer) -> Subscription:
    return fabrikam.subscriptions.get()


@pytest.fixture
def taro(azure: Subscription) -> CustomerUser:
    """Who holds Owner on it."""
    taro = CustomerUserFactory.create(
        customer=azure.customer, first_name="太郎", last_name="鈴木", display_name="鈴木 太郎"
    )
    RoleAssignmentFactory.create(subscription=azure, user=taro)
    return taro


def instance(**details: Any) -> ReservationProduct:
    return ReservationProductFactory.create(region="japaneast", currency="JPY", **details)


@pytest.fixture
def product(db: None) -> ReservationProduct:
    return instance(price="60000")


@pytest.fixture
def reservations(
    azure: Subscription, taro: CustomerUser, product: ReservationProduct, hanako: Agent
) -> dict[str, Reservation]:
    """One of each kind, under refund terms."""
    refund_terms(currency="JPY", yearly_cap=1_000_000)

    def new(by: Agent | CustomerUser = hanako, *, age: int = 0, **choices: Any) -> Reservation:
        return moved(bought(product, azure.customer, by, **choices), -age)

    shared = new(taro, age=10)
    ran(azure, "20", sku=product.sku, region=product.region)
    single = new(scope=Scope.SINGLE, billing_cycle="monthly")
    cancelled, exchanged, ending = new(age=7), new(age=7), new(age=350)
    cancel(cancelled, hanako)
    greater = purchase_of(instance(price="90000", term="P3Y"), azure.customer)
    replacing = exchange(exchanged, greater, hanako)
    return {
        "shared": shared,
        "single": single,
        "unused": new(age=20),
        "over": new(age=400),
        "cancelled": cancelled,
        "exchanged": exchanged,
        "replacing": replacing,
        "renewed": ending,
        "to come": renew(ending, hanako),
    }


@pytest.fixture
def client(hanako: Agent) -> Client:
    return browser_of(hanako)


@pytest.fixture
def portal(taro: CustomerUser) -> Client:
    return portal_browser(taro, **JAPANESE)


def choices(subscription: Subscription, **more: Any) -> dict[str, Any]:
    """What a buyer chooses of a product."""
    wanted = {"quantity": 3, "billing_cycle": "monthly", "scope": "single"}
    return {**wanted, "subscription": subscription.pk, **more}


def below(customer: Customer, *pages: str) -> list[str]:
    return [f"/customers/{customer.pk}/{page}" for page in pages]


def of_reservations(found: dict[str, Reservation]) -> Iterator[str]:
    """The page of each, of its order, and of everything that can be done with it."""
    product = found["replacing"].product
    acts = ("", "rename/", "scope/", "cancel/", "exchange/", f"exchange/{product.pk}/", "renew/")
    for each in found.values():
        review = f"exchange/{product.pk}/?{urlencode(choices(each.subscription))}"
        places = [f"reservations/{each.pk}/{act}" for act in (*acts, review)]
        yield from below(each.customer, *places, f"orders/{each.item.order_id}/")


# Pages


@pytest.mark.parametrize("role", Role)
def test_pages_of_reservations_and_orders_are_japanese(
    fabrikam: Customer, reservations: dict[str, Reservation], role: Role
) -> None:
    browser = browser_of(agent("鈴木 一郎", role=role))
    lists = below(fabrikam, "orders/", "reservations/", "activity/", "account/", "subscriptions/")
    pages = ["/", *lists, *of_reservations(reservations)]

    assert sum(browser.get(page).status_code == 200 for page in pages) > 20
    assert faults(browser, pages) == {}


@pytest.mark.parametrize("role", Role)
def test_pages_of_prices_are_japanese(
    fabrikam: Customer, product: ReservationProduct, hanako: Agent, role: Role
) -> None:
    set_own_price(product, fabrikam, hanako, "48000")
    refund_terms(currency="JPY")
    pages = ["/prices/", "/prices/import/", "/prices/refund-terms/", "/usage/"]
    pages += below(fabrikam, "prices/", f"prices/{product.pk}/", "prices/?own=yes")
    assert faults(browser_of(agent("鈴木 一郎", role=role)), pages) == {}


def test_the_portal_is_japanese(
    portal: Client, reservations: dict[str, Reservation], product: ReservationProduct
) -> None:
    """Each step of the shop too, for whoever may buy."""
    azure = reservations["shared"].subscription
    pages = [HOME, f"{HOME}about-reservations/", f"{HOME}buy/", f"{HOME}buy/{product.pk}/"]
    pages += [f"{HOME}buy/{product.pk}/review/?{urlencode(choices(azure))}"]
    pages += [f"{HOME}reservations/{each.pk}/" for each in reservations.values()]

    assert [portal.get(page).status_code for page in pages] == [200] * len(pages)
    assert faults(portal, pages) == {}


def test_the_shop_in_the_dashboard_is_japanese(
    client: Client, azure: Subscription, product: ReservationProduct
) -> None:
    steps = ["buy/", f"buy/{product.pk}/", f"buy/{product.pk}/review/?{urlencode(choices(azure))}"]
    pages = below(azure.customer, *steps)
    assert [client.get(page).status_code for page in pages] == [200] * 3
    assert faults(client, pages) == {}


def test_where_there_is_nothing_yet_that_is_said_in_japanese(hanako: Agent) -> None:
    """Of a customer with nothing, for agents and for the user who signs in to the portal."""
    contoso = customer("コントソ株式会社")
    nobody = CustomerUserFactory.create(customer=contoso, display_name="田中 三郎")
    lists = below(contoso, "orders/", "reservations/", "prices/", "buy/", "users/")
    pages = ["/", "/prices/", "/prices/refund-terms/", "/usage/", *lists]

    assert faults(browser_of(hanako), pages) == {}
    assert faults(portal_browser(nobody, **JAPANESE), [HOME, f"{HOME}buy/"]) == {}


NOT_UNDERSTOOD = ["orders/?size=7", "orders/?色=赤", "orders/?purchased_by=多分",
                  "orders/?purchased_by=customer", "reservations/?status=多分",
                  "reservations/?status=expired", "reservations/?cursor=x", "prices/?q=いません",
                  "prices/?own=多分", "prices/99/", "buy/?q=いません", "buy/?term=多分", "buy/99/",
                  f"orders/{uuid.uuid4()}/", f"reservations/{uuid.uuid4()}/"]  # fmt: skip


def test_filters_that_match_nothing_or_are_not_understood_are_answered_in_japanese(
    client: Client, fabrikam: Customer, product: ReservationProduct
) -> None:
    pages = ["/prices/?q=いません", "/prices/?term=多分", "/prices/?currency=円"]
    assert faults(client, [*below(fabrikam, *NOT_UNDERSTOOD), *pages]) == {}


def test_strangers_are_told_in_japanese_how_they_get_into_the_portal() -> None:
    pages = [SIGN_IN, f"{SIGN_IN}?token=x", HOME, f"{HOME}nothing-here/"]
    assert faults(Client(**JAPANESE), pages) == {}


# Answers


def form_in(answer: Answer) -> Part:
    """The form in the page's middle that does something, the last one of several."""
    return read(answer).the("main").all("form", method="post")[-1]


def confirmed(client: Client, page: str, **fields: Any) -> Answer:
    """Opens the page, sends its form as it is but for these fields, and follows to what is said."""
    form = form_in(client.get(page))
    sent = {**form.fields, **fields}
    return client.post(form.attributes.get("action", page), sent, follow=True)


@pytest.mark.parametrize(
    ("act", "fields"),
    [
        ("rename/", {"name": "予約"}),
        ("scope/?scope=shared", {}),
        ("cancel/", {}),
        ("renew/", {}),
        ("exchange/{greater}/?{choices}", {}),
    ],
)
def test_what_was_done_with_a_reservation_is_said_in_japanese(
    client: Client,
    azure: Subscription,
    product: ReservationProduct,
    hanako: Agent,
    act: str,
    fields: dict[str, str],
) -> None:
    refund_terms(currency="JPY", yearly_cap=1_000_000)
    reservation = moved(bought(product, azure.customer, hanako, scope=Scope.SINGLE), -350)
    known = {"greater": instance(price="90000").pk, "choices": urlencode(choices(azure))}
    [page] = below(azure.customer, f"reservations/{reservation.pk}/{act.format(**known)}")
    records = ActivityRecord.objects.count()
    answer = confirmed(client, page, **fields)

    assert ActivityRecord.objects.count() > records
    assert faults_of(answer) == []


def test_what_is_not_accepted_of_a_reservation_is_said_in_japanese(
    client: Client, fabrikam: Customer, reservations: dict[str, Reservation]
) -> None:
    found, product = reservations["shared"], reservations["replacing"].product
    acts = {
        "rename/": {"name": "x" * 65},
        "scope/": {"scope": "single"},
        "cancel/": {"refund": "1"},
        "renew/": {},
        f"exchange/{product.pk}/": choices(found.subscription, unit_price="1", credit="1"),
    }
    answers = [
        client.post(f"/customers/{fabrikam.pk}/reservations/{found.pk}/{act}", fields)
        for act, fields in acts.items()
    ]
    assert [answer.status_code for answer in answers] == [422] * len(acts)
    assert [fault for answer in answers for fault in faults_of(answer)] == []


@pytest.mark.parametrize("door", ["dashboard", "portal"])
def test_a_purchase_is_confirmed_in_japanese(
    client: Client, portal: Client, azure: Subscription, product: ReservationProduct, door: str
) -> None:
    browser = client if door == "dashboard" else portal
    root = HOME if door == "portal" else f"/customers/{azure.customer_id}/"
    page = f"{root}buy/{product.pk}/review/?{urlencode(choices(azure))}"
    answer = confirmed(browser, page)

    assert Reservation.objects.count() == 1
    assert faults_of(answer) == []


REFUSED = [{"unit_price": "1"}, {"unit_price": ""}, {"quantity": "0"}, {"subscription": ""},
           {"subscription": str(uuid.uuid4())}, {"billing_cycle": "青"}]  # fmt: skip


@pytest.mark.parametrize("fields", REFUSED)
def test_a_purchase_that_is_not_accepted_says_why_in_japanese(
    portal: Client, azure: Subscription, product: ReservationProduct, fields: dict[str, str]
) -> None:
    page = f"{HOME}buy/{product.pk}/review/?{urlencode(choices(azure))}"
    answer = confirmed(portal, page, **fields)

    assert answer.status_code == 422
    assert faults_of(answer) == []


def test_every_condition_of_a_purchase_is_said_in_japanese(
    azure: Subscription, taro: CustomerUser, product: ReservationProduct, hanako: Agent
) -> None:
    """The sentences themselves, in the order in which the conditions come."""
    other = CustomerUserFactory.create(customer=azure.customer)
    suspended = contract(azure.customer, status="suspended")
    licences = contract(azure.customer, product="license")
    elsewhere = contract(customer("コントソ株式会社"))

    def refusal(by: Agent | CustomerUser, **more: Any) -> str:
        purchase: Purchase = purchase_of(product, azure.customer, **more)
        with override("ja"):
            return str(buy_reservation(customer=azure.customer, purchase=purchase, by=by))

    places = [elsewhere, suspended, licences]
    said = {refusal(taro, subscription_id=place.pk) for place in places} | {refusal(other)}
    azure.customer.purchase_permissions.all().delete()
    said |= {refusal(taro)}

    assert len(said) == 5
    assert [sentence for sentence in said if is_english(sentence)] == []


# Prices and usage


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/prices/adjustment/", {"percent": "-5", "valid_from": TOMORROW}),
        ("/prices/refund-terms/set/", {"currency": "JPY", "valid_from": TOMORROW, "free_days": "5",
                                       "fee_percent": "12", "yearly_cap": "5000000",
                                       "renewal_days": "30"}),
        ("/prices/import/confirm/", {"text": f"{','.join(PRICES)}\n{LISTED}",
                                     "valid_from": TOMORROW}),
        ("prices/{product}/set/", {"amount": "48000", "valid_from": TOMORROW}),
        ("users/{user}/sign-in-links/", {}),
    ],
)  # fmt: skip
def test_what_was_stored_is_said_in_japanese(
    client: Client,
    taro: CustomerUser,
    product: ReservationProduct,
    address: str,
    fields: dict[str, str],
) -> None:
    place = address.format(product=product.pk, user=taro.pk)
    root = "" if place.startswith("/") else f"/customers/{taro.customer_id}/"
    answer = client.post(f"{root}{place}", fields, follow=True)

    assert (answer.status_code, len(answer.redirect_chain)) == (200, 1)
    assert faults_of(answer) == []
    assert faults(client, ["/prices/", "/prices/refund-terms/"]) == {}


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/prices/adjustment/", {"percent": "多分", "valid_from": "昨日"}),
        ("/prices/adjustment/", {"percent": "-101", "valid_from": "2020-01-01"}),
        ("/prices/refund-terms/set/", {}),
        ("/prices/refund-terms/set/", {"currency": "JPY", "valid_from": TOMORROW,
                                       "free_days": "400", "fee_percent": "101",
                                       "yearly_cap": "0.5", "renewal_days": "-1"}),
        ("/prices/import/", {}),
        ("/usage/", {}),
        ("prices/{product}/set/", {"amount": "0.5", "valid_from": TOMORROW}),
        ("prices/{dollars}/set/", {"amount": "5", "valid_from": TOMORROW}),
    ],
)  # fmt: skip
def test_what_was_not_stored_says_why_in_japanese(
    client: Client,
    fabrikam: Customer,
    product: ReservationProduct,
    address: str,
    fields: dict[str, str],
) -> None:
    dollars = ReservationProductFactory.create(region="japaneast")
    place = address.format(product=product.pk, dollars=dollars.pk)
    root = "" if place.startswith("/") else f"/customers/{fabrikam.pk}/"
    answer = client.post(f"{root}{place}", fields, follow=True)

    assert answer.status_code in (404, 422)
    assert faults_of(answer) == []


def test_what_an_import_would_change_is_shown_in_japanese(
    client: Client, azure: Subscription, hanako: Agent
) -> None:
    imported(hanako, LISTED)
    changed = [LISTED.replace("80000", "70000"), LISTED.replace("P1Y", "P3Y"), LISTED]
    lists = [f"{','.join(PRICES)}\n{line}" for line in changed]
    usage = f"{','.join(USAGE)}\n{azure.pk},Standard_D8s_v5,japaneast,2026-01-31,24"
    answers = [
        *[client.post("/prices/import/", {"text": each, "valid_from": TOMORROW}) for each in lists],
        client.post("/usage/", {"text": usage}),
        client.post("/usage/", {"text": usage, "confirmed": "yes"}, follow=True),
        client.post("/usage/", {"text": usage}),
    ]
    assert [answer.status_code for answer in answers] == [200] * len(answers)
    assert [fault for answer in answers for fault in faults_of(answer)] == []


BAD_LISTS = ["社", "", "sku,sku,region", f"{','.join(PRICES)}", f"{','.join(PRICES)}\n1,2",
             f"{','.join(PRICES)}\n{LISTED}\n{LISTED}", f"{','.join(PRICES)}\n\"",
             f"{','.join(PRICES)}\n{LISTED.replace('80000', '-1')}",
             f"{','.join(PRICES)}\n{LISTED.replace('80000', '0.5')}",
             f"{','.join(PRICES)}\n{LISTED.replace('P1Y', 'P2Y').replace('japan', '東')}",
             ]  # fmt: skip
COLUMN = re.compile(rf"\b(?:{'|'.join([*PRICES, *USAGE])}|P\dY)\b", re.ASCII)
DAY = "Standard_D8s_v5,japaneast,2026-01-31,24"
BAD_USAGE = ["社", "day,day", f"{','.join(USAGE)}", f"{','.join(USAGE)}\n1,2",
             f"{','.join(USAGE)}\n\"", f"{','.join(USAGE)}\n社,{DAY}",
             f"{','.join(USAGE)}\n{{azure}},{DAY}\n{{azure}},{DAY}",
             f"{','.join(USAGE)}\n{{licences}},{DAY}",
             f"{','.join(USAGE)}\n{{azure}},{DAY.replace('24', '多分')}",
             f"{','.join(USAGE)}\n{{azure}},{DAY.replace('24', '999999')}",
             f"{','.join(USAGE)}\n{{azure}},{DAY.replace('2026', '2999')}",
             f"{','.join(USAGE)}\n{{azure}},{DAY.replace('2026-01', '一月')}",
             f"{','.join(USAGE)}\n{{azure}},{DAY.replace('Standard_', '社')}"]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "text"),
    [
        *[("/prices/import/", text) for text in BAD_LISTS],
        *[("/usage/", text) for text in BAD_USAGE],
    ],
)
def test_mistakes_in_a_file_are_told_in_japanese(
    client: Client, azure: Subscription, address: str, text: str
) -> None:
    licences = contract(azure.customer, product="license")
    text = text.format(azure=azure.pk, licences=licences.pk)
    answer = client.post(address, {"text": text, "valid_from": TOMORROW})

    assert answer.status_code == 422
    assert faults_of(answer) == []
    assert [told for told in mistakes(answer) if is_english(told)] == []


def mistakes(answer: Answer) -> list[str]:
    """The sentences beside the lines, without the names of columns and the codes in them."""
    cells = [cell for part in read(answer).all("td") for cell in part.all("bdi")]
    return [COLUMN.sub("", cell.words) for cell in cells]


# Links


def test_the_link_is_shown_and_opened_in_japanese(
    client: Client, taro: CustomerUser, hanako: Agent, settings: Settings
) -> None:
    settings.DEMONSTRATION = True
    answer = client.post(f"/customers/{taro.customer_id}/users/{taro.pk}/sign-in-links/")
    _link, token = send_sign_in_link(user=taro, by=hanako)
    stranger = Client(**JAPANESE)

    assert faults_of(answer) == []
    assert faults(client, below(taro.customer, "users/")) == {}
    assert faults(stranger, [f"{SIGN_IN}?token={token}"]) == {}
    assert faults_of(stranger.post(SIGN_IN, {"token": token}, follow=True)) == []
    assert faults(stranger, [f"{SIGN_IN}?token={token}"]) == {}
    assert faults_of(Client(**JAPANESE).post(SIGN_IN, {"token": token})) == []


def test_a_link_is_withdrawn_in_japanese(client: Client, taro: CustomerUser, hanako: Agent) -> None:
    link, _token = send_sign_in_link(user=taro, by=hanako)
    address = f"/customers/{taro.customer_id}/users/{taro.pk}/sign-in-links/{link.pk}/withdraw/"
    answer = client.post(address, follow=True)

    assert answer.status_code == 200
    assert faults_of(answer) == []


def test_the_mail_is_written_in_the_language_of_the_customer_s_bills(
    taro: CustomerUser, hanako: Agent
) -> None:
    link, token = send_sign_in_link(user=taro, by=hanako)
    letter = sign_in_mail(link, token)

    assert mail.outbox == []
    assert letter.subject.endswith("からのサインイン リンク")
    assert [line for line in str(letter.body).splitlines() if is_english(line)] == []
