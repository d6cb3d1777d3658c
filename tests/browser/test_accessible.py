"""axe finds nothing on any page, in both themes, narrow and wide; nothing scrolls sideways."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pytest_django import Settings

from activitylog.recording import System
from customers.models import (
    Customer,
    CustomerUser,
    ReservationProduct,
    Resource,
    Subscription,
)
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.reservations import rename_reservation
from customers.operations.sign_in_links import send_sign_in_link
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import set_password
from partnercenter.agents.roles import Role
from partnercenter.applications.operations import set_application_active
from partnercenter.webhooks.models import DeliveryState
from tests.browser.conftest import Open
from tests.browser.test_my_account import add_passkey, give_a_device, sign_in, sign_out
from tests.customers.buying import bought
from tests.customers.pricing import line, set_prices
from tests.customers.pricing import text as price_list
from tests.customers.reserving import cancel, refund_terms
from tests.customers.serving import moved, ran
from tests.customers.test_operations_of_usage import file, row
from tests.factories import (
    PASSWORD,
    CustomerFactory,
    CustomerUserFactory,
    DeliveryFactory,
    ReservationProductFactory,
    SubscriptionFactory,
    WebhookFactory,
)
from tests.partnercenter.applications.signing_in import a_program, question

ACTS_ON_AGENTS = ("edit/", "one-time-password/", "second-factors/")
LONG = "Bundesvereinigung " * 8

Addresses = list[str]


@pytest.fixture
def addresses(
    ada: Agent, sam: Agent, fabrikam: Customer, northwind: Customer, contoso: Customer
) -> Addresses:
    """Every page, full and empty, with a switch in each of its states."""
    long = CustomerFactory.create(company_name=LONG)
    azure = SubscriptionFactory.create(customer=long)
    SubscriptionFactory.create(customer=long, product="license", friendly_name="Office" * 20)
    for customer in (fabrikam, northwind, long):
        set_purchase_permission(
            customer=customer, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
        )
    suspend_subscription(subscription=azure, by=ada)
    pages = ["subscriptions", "account", "activity", "activity/1"]
    return [
        "/",
        "/customers/",
        "/customers/?q=nobody",
        "/customers/?size=7",
        "/activity-log/",
        "/activity-log/?from=2999-01-01",
        "/activity-log/1/",
        "/activity-log/99/",
        "/change-password/",
        "/sign-out/",
        "/confirm-password/",
        "/my-account/",
        "/my-account/second-factor/",
        "/agents/",
        "/agents/?size=7",
        "/agents/invite/",
        *[f"/agents/{ada.pk}/{page}" for page in ("", "edit/", "one-time-password/")],
        *[f"/agents/{sam.pk}/{page}" for page in ("", *ACTS_ON_AGENTS)],
        *[f"/customers/{fabrikam.pk}/{page}/" for page in pages],
        *[f"/customers/{other.pk}/account/" for other in (northwind, contoso, long)],
        *[f"/customers/{other.pk}/subscriptions/" for other in (contoso, long)],
        f"/customers/{contoso.pk}/users/",
        *_pages_of_prices(fabrikam, ada),
        "/usage/",
        *_pages_of_reservations(ada, fabrikam, contoso),
        *_pages_of_preparing(fabrikam, long, CustomerFactory.create(relationship="none")),
        *_pages_of_reservation_acts(fabrikam, ada),
        *_pages_of_orders(fabrikam, contoso, ada),
        *_pages_of_webhooks(),
        *_pages_of_applications(ada),
    ]


def _pages_of_prices(customer: Customer, ada: Agent) -> Addresses:
    """Each page of prices: empty, and with something in every column."""
    product = ReservationProductFactory.create(sku="Standard_" + "E96ads" * 8)
    set_prices(product, customer, ada)
    return [
        "/prices/",
        "/prices/?q=nothing",
        "/prices/?size=7",
        "/prices/adjustment/",
        "/prices/import/",
        "/prices/refund-terms/",
        f"/customers/{customer.pk}/prices/",
        f"/customers/{customer.pk}/prices/?own=yes&q=nothing",
        f"/customers/{customer.pk}/prices/{product.pk}/",
    ]


def _pages_of_preparing(ready: Customer, long: Customer, ended: Customer) -> Addresses:
    """Each page on which a customer is prepared: full, with long names, and with nothing left."""
    CustomerUserFactory.create(
        customer=long, display_name=LONG, user_principal_name="x" * 60 + "@company.example"
    )
    pages = ["subscriptions/azure-plan", "users", "account/bill-to", "account/relationship"]
    return [
        "/customers/new/",
        *[f"/customers/{each.pk}/{page}/" for each in (ready, long, ended) for page in pages],
        *[
            f"/customers/{azure.customer_id}/subscriptions/{azure.pk}/access-control/"
            for azure in Subscription.objects.azure()
        ],
    ]


def _pages_of_reservations(ada: Agent, fabrikam: Customer, contoso: Customer) -> Addresses:
    """The list, full, empty and misunderstood; one with a chart and one that has not served yet."""
    azure = fabrikam.subscriptions.azure().earliest("created_at")
    used = moved(bought(ReservationProductFactory.create(), fabrikam, ada), -20)
    ran(azure, "30", sku=used.product.sku)
    used.name = "x" * 64
    used.save()
    begun = bought(used.product, fabrikam, ada, billing_cycle="monthly", scope="single")
    return [
        *[f"/customers/{each.pk}/reservations/" for each in (fabrikam, contoso)],
        f"/customers/{fabrikam.pk}/reservations/?status=sold",
        *[f"/customers/{fabrikam.pk}/reservations/{each.pk}/" for each in (used, begun)],
    ]


def _pages_of_reservation_acts(customer: Customer, by: Agent) -> Addresses:
    """Each act on a reservation that allows it, and on one that is cancelled, with long names."""
    product = ReservationProductFactory.create(sku="Standard_" + "D" * 55)
    refund_terms(renewal_days=400)
    over, active = bought(product, customer, by), bought(product, customer, by)
    rename_reservation(reservation=active, name="x" * 64, by=by)
    cancel(over, by)
    review = f"quantity=2&billing_cycle=monthly&scope=single&subscription={active.subscription_id}"
    acts = ["", "rename/", "scope/", "cancel/", "exchange/", "exchange/?q=nothing", "renew/"]
    acts += [f"exchange/{product.pk}/", f"exchange/{product.pk}/?{review}", "exchange/?size=7"]
    acts += [f"exchange/{product.pk}/?quantity=0", "scope/?scope=shared", "scope/?scope=single"]
    acts += [f"scope/?scope=single&subscription={active.subscription_id}"]
    reservations = f"/customers/{customer.pk}/reservations"
    return [f"{reservations}/{each.pk}/{act}" for each in (active, over) for act in acts]


def _pages_of_orders(customer: Customer, without: Customer, by: Agent) -> Addresses:
    """Order history, full and empty, an order, and each step of a purchase."""
    product = ReservationProductFactory.create(sku="Standard_" + "M" * 55)
    order = bought(product, customer, by, billing_cycle="monthly").item.order
    buying = f"/customers/{customer.pk}/buy/"
    return [
        *[f"/customers/{each.pk}/orders/" for each in (customer, without)],
        f"/customers/{customer.pk}/orders/?size=7",
        f"/customers/{customer.pk}/orders/{order.pk}/",
        *[f"{buying}{step}" for step in _steps_of_buying(product, customer)],
    ]


def _pages_of_applications(ada: Agent) -> Addresses:
    """The list, an application with long names that acts for an agent, and one that is out."""
    tool = a_program(Role.ADMIN, name="Werkzeug" * 12)
    tool.for_itself()
    tool.tokens_for(ada)
    out = a_program(redirects=True).application
    set_application_active(application=out, active=False, by=ada)
    access = "/api-access/"
    pages = ["", "edit/", "secret/"]
    return [
        "/api/",
        access,
        f"{access}?size=7",
        f"{access}new/",
        *[f"{access}{each.pk}/{page}" for each in (tool.application, out) for page in pages],
        question(tool),
    ]


def _pages_of_webhooks() -> Addresses:
    """The list, a webhook that was told of something in every way, and one that was not."""
    quiet = WebhookFactory.create(is_active=False)
    told = WebhookFactory.create(name="x" * 128, url="https://receiver.example/" + "x" * 900)
    for state, error in zip(DeliveryState, ("redirect", "", "gone"), strict=True):
        attempt = {"last_attempt_at": told.created_at, "last_status": 308, "last_error": error}
        DeliveryFactory.create(webhook=told, state=state, attempts=7, **attempt)
    webhooks = "/api-access/webhooks/"
    pages = ("", "?state=failed", "?state=lost", "edit/", "secret/", "delete/")
    return [
        webhooks,
        f"{webhooks}?size=7",
        f"{webhooks}new/",
        *[f"{webhooks}{each.pk}/{page}" for each in (told, quiet) for page in pages],
    ]


def _steps_of_buying(product: ReservationProduct, customer: Customer) -> Addresses:
    """The products, the choices, the review, and each of them misunderstood."""
    plan = customer.subscriptions.azure().earliest("created_at")
    wanted = f"quantity=3&billing_cycle=monthly&scope=shared&subscription={plan.pk}"
    steps = ["", "?q=nothing", "?size=7"]
    return [*steps, *[f"{product.pk}/{step}" for step in ("", "review/", f"review/?{wanted}")]]


NOT_ACCEPTED = {
    "/customers/new/": "Add customer",
    "/customers/{customer}/account/bill-to/": "Submit",
    "/customers/{customer}/users/": "Add user",
    "/api-access/new/": "Register",
    "/api-access/webhooks/new/": "Add webhook",
}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_form_that_was_not_accepted_is_accessible(
    open_browser: Open, ada: Agent, fabrikam: Customer, theme: str, width: int
) -> None:
    page = open_browser(ada, color_scheme=theme, viewport={"width": width, "height": 800})
    faults = []
    for address, button in NOT_ACCEPTED.items():
        page.goto(address.format(customer=fabrikam.pk))
        form = page.locator("form.form-stack")
        form.evaluate("form => { form.noValidate = true }")
        for text in form.get_by_role("textbox").all():
            text.fill("")
        form.get_by_role("button", name=button).click()
        page.locator(".error, .error-list").first.wait_for()
        faults += _faults_here(page, width)
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_what_an_import_would_do_is_accessible(
    open_browser: Open, ada: Agent, fabrikam_azure: Subscription, theme: str, width: int
) -> None:
    """The preview of usage and of a price list, and their mistakes."""
    page = open_browser(ada, color_scheme=theme, viewport={"width": width, "height": 800})
    faults = []
    for address, text, button, result in (
        ("/usage/", file(row(fabrikam_azure)), "Show what", "Lines that change something"),
        ("/usage/", file("x"), "Show what", "1 error"),
        ("/prices/import/", price_list(line("500.00")), "Preview", "Confirm import"),
        ("/prices/import/", price_list(line("x")), "Preview", "1 error"),
    ):
        page.goto(address)
        page.get_by_label("Or paste CSV text").fill(text)
        page.get_by_role("button", name=button).click()
        page.get_by_text(result).first.wait_for()
        faults += _faults_here(page, width)
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible(
    open_browser: Open, ada: Agent, addresses: Addresses, theme: str, width: int
) -> None:
    options = {"color_scheme": theme, "viewport": {"width": width, "height": 800}}
    signed_in, stranger = open_browser(ada, **options), open_browser(**options)

    faults = [fault for address in addresses for fault in _faults(signed_in, address, width)]
    faults += [
        fault
        for address in ("/sign-in/", "/inactive/", "/api/")
        for fault in _faults(stranger, address, width)
    ]
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_second_factors_is_accessible(
    open_browser: Open, ada: Agent, theme: str, width: int
) -> None:
    """They ask for the password first, and show most once there is something to show."""
    ada = set_password(agent=ada, password=PASSWORD, by=System())
    page = open_browser(ada, color_scheme=theme, viewport={"width": width, "height": 800})
    give_a_device(page)
    add_passkey(page)
    faults = _faults_here(page, width)
    passkey = ada.authenticator_set.get(type="webauthn").pk
    below = ("", "app/add/", "passkeys/add/", f"passkeys/{passkey}/remove/",
             f"passkeys/{passkey}/rename/", "codes/", "codes/generate/", "confirm/",
             "passkeys/confirm/")  # fmt: skip
    for address in below:
        faults += _faults(page, f"/my-account/second-factor/{address}", width)
    sign_out(page)
    sign_in(page)
    page.wait_for_url("**/sign-in/second-step/")
    assert faults + _faults_here(page, width) == []


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_portal_is_accessible(
    open_browser: Open, ada: Agent, fabrikam: Customer, product: ReservationProduct,
    settings: Settings, theme: str, width: int,
) -> None:  # fmt: skip
    """With reservations and long names, with nothing, and for strangers."""
    settings.DEMONSTRATION, settings.PARTNER_CONTACT_PHONE = True, "+46 46 000 00"
    owner, reservation = fabrikam.users.get(), bought(product, fabrikam, ada)
    SubscriptionFactory.create(customer=fabrikam, product="license", friendly_name="Office" * 20)
    nobody = CustomerUserFactory.create(
        customer=CustomerFactory.create(company_name=LONG), display_name=LONG
    )
    tokens = ["x", *[send_sign_in_link(user=user, by=ada)[1] for user in (owner, nobody)]]
    buying = [f"/portal/buy/{step}" for step in _steps_of_buying(product, fabrikam)]
    inside = ["/portal/", "/portal/?size=7", "/portal/about-reservations/", "/portal/nowhere/"]
    pages: list[tuple[CustomerUser | None, Addresses]] = [
        (owner, [*inside, f"/portal/reservations/{reservation.pk}/?bought", *buying]),
        (nobody, inside),
        (None, ["/portal/sign-in/", *[f"/portal/sign-in/?token={token}" for token in tokens]]),
    ]
    faults = []
    for user, addresses in pages:
        page = open_browser(user, color_scheme=theme, viewport={"width": width, "height": 800})
        faults += [fault for address in addresses for fault in _faults(page, address, width)]
    assert faults == []


@pytest.mark.parametrize("width", [320, 1280])
def test_a_sign_in_link_is_shown_on_an_accessible_page(
    open_browser: Open, ada: Agent, fabrikam: Customer, settings: Settings, width: int
) -> None:
    settings.DEMONSTRATION = True
    page = open_browser(ada, viewport={"width": width, "height": 800})
    page.goto(f"/customers/{fabrikam.pk}/users/")
    page.get_by_role("button", name="Send sign-in link").click()
    page.get_by_text("It is shown this once").wait_for()
    assert (
        _faults_here(page, width) + _faults(page, f"/customers/{fabrikam.pk}/users/", width) == []
    )


@pytest.mark.parametrize("width", [320, 1280])
def test_the_secret_of_an_application_is_shown_on_an_accessible_page(
    open_browser: Open, ada: Agent, width: int
) -> None:
    page = open_browser(ada, viewport={"width": width, "height": 800})
    page.goto("/api-access/new/")
    page.get_by_label("Name").fill("Werkzeug" * 12)
    page.get_by_label("Admin agent").check()
    page.get_by_label("Redirect addresses").fill("https://tools.example/callback/" + "x" * 80)
    page.get_by_role("button", name="Register").click()
    page.get_by_text("shown this once").wait_for()
    assert _faults_here(page, width) == []


def test_a_one_time_password_is_shown_on_an_accessible_page(
    open_browser: Open, ada: Agent, sam: Agent
) -> None:
    page = open_browser(ada, viewport={"width": 320, "height": 800})
    page.goto(f"/agents/{sam.pk}/one-time-password/")
    page.get_by_role("button", name="Set a one-time password").click()
    page.get_by_text("It is shown this once").wait_for()
    assert _faults_here(page, 320) == []


def test_a_reader_s_pages_are_accessible(
    open_browser: Open, sam: Agent, addresses: Addresses, fabrikam: Customer
) -> None:
    page = open_browser(sam)
    reading = (f"/customers/{fabrikam.pk}/account/", "/activity-log/", "/")
    assert [fault for address in reading for fault in _faults(page, address, 1280)] == []


def _faults(page: Page, address: str, width: int) -> list[str]:
    page.goto(address)
    return _faults_here(page, width)


def _faults_here(page: Page, width: int) -> list[str]:
    address = page.url
    violations = Axe().run(page).response["violations"]
    faults = [
        f"{address}: {violation['id']} at {node['target']}"
        for violation in violations
        for node in violation["nodes"]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        faults.append(f"{address}: scrolls sideways at {width}")
    return faults


def test_the_site_administration_loads_without_errors_in_the_console(
    open_browser: Open, ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    page = open_browser(ada)
    for address in (
        "/admin/",
        "/admin/customers/customer/",
        "/admin/customers/customer/add/",
        f"/admin/customers/subscription/add/?customer={fabrikam.pk}",
        f"/admin/customers/roleassignment/add/?subscription={fabrikam_azure.pk}",
        "/admin/agents/agent/add/",
        "/admin/activitylog/activityrecord/",
    ):
        answer = page.goto(address)
        assert answer
        assert answer.status == 200, address
