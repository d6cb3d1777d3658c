"""The site administration by mouse and keyboard: a door to the operations, and no way past."""

import pytest
from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from playwright.sync_api import Page, expect

from activitylog.models import ActivityRecord
from customers.models import Customer, ReservationProduct, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.readiness import readiness_of
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open
from tests.customers.pricing import set_prices

ADATUM = {
    "Company name": "Adatum",
    "Primary domain name": "adatum.example",
    "Address line 1": "Storgatan 1",
    "City": "Lund",
    "Country or region": "SE",
    "First name": "Kim",
    "Last name": "Berg",
    "Email": "kim@adatum.example",
}
OLGA = {
    "User principal name": "olga@adatum.example",
    "First name": "Olga",
    "Last name": "Berg",
    "Display name": "Olga Berg",
}


@pytest.fixture
def page(open_browser: Open, ada: Agent) -> Page:
    """Ada's window."""
    return open_browser(ada)


def add(page: Page, kind: str) -> None:
    """Opens the form from the index, as a person finds it."""
    page.goto("/admin/")
    page.locator(f"tr.model-{kind}").get_by_role("link", name="Add").click()


def fill(page: Page, typed: dict[str, str]) -> None:
    for label, text in typed.items():
        page.get_by_label(f"{label}:", exact=True).fill(text)


def choose(page: Page, field: str, typed: str, found: str) -> None:
    """Opens an autocomplete field with the keyboard, types, and takes what is offered."""
    page.locator(f"#id_{field} + .select2 .select2-selection").press("Enter")
    page.keyboard.type(typed)
    option = page.get_by_role("option", name=found)
    expect(option).to_have_count(1)
    expect(option).to_have_class("select2-results__option select2-results__option--highlighted")
    page.keyboard.press("Enter")
    expect(page.locator(f"#select2-id_{field}-container")).to_contain_text(found)


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def expect_added(page: Page) -> None:
    expect(page.locator(".messagelist")).to_contain_text("was added successfully.")


def recorded() -> list[tuple[str, str, str]]:
    acts = ActivityRecord.objects.order_by("number")
    return [(act.action, act.get_channel_display(), act.actor_name) for act in acts]


def test_a_customer_is_seeded_from_nothing_to_ready_with_mouse_and_keyboard(page: Page) -> None:
    add(page, "customer")
    fill(page, ADATUM)
    save(page)
    expect_added(page)

    add(page, "customeruser")
    choose(page, "customer", "adat", "Adatum")
    fill(page, OLGA)
    page.get_by_label("Display name:").press("Enter")
    expect_added(page)

    add(page, "subscription")
    choose(page, "customer", "adatum.ex", "Adatum")
    page.get_by_label("Product:").select_option("Azure plan")
    fill(page, {"Offer": "Azure plan", "Name": "Azure plan"})
    save(page)
    expect_added(page)

    add(page, "roleassignment")
    choose(page, "subscription", "azure", "Azure plan")
    choose(page, "user", "olga", "Olga Berg")
    page.get_by_label("Role:").select_option("Owner")
    save(page)
    expect_added(page)

    assert readiness_of(Customer.objects.get()).obstacle is None
    assert recorded() == [
        (action, "Site administration", "ada@partner.example")
        for action in (
            "add_customer",
            "create_customer_user",
            "create_subscription",
            "create_role_assignment",
        )
    ]


def test_a_refusal_is_a_message_and_the_form_stays_as_it_was_filled_in(
    page: Page, fabrikam: Customer, northwind: Customer
) -> None:
    owner = fabrikam.users.get().display_name
    azure = northwind.subscriptions.get()
    add(page, "roleassignment")
    choose(page, "subscription", "northwind", "Azure plan")
    choose(page, "user", owner, owner)
    page.get_by_label("Role:").select_option("Owner")
    save(page)

    expect(page.locator(".errorlist")).to_have_text(
        "The user belongs to another customer than the subscription."
    )
    expect(page.locator("#id_subscription")).to_have_value(str(azure.pk))
    expect(page.locator("#select2-id_user-container")).to_contain_text(owner)
    expect(page.get_by_label("Role:")).to_have_value("Owner")
    assert not azure.role_assignments.exists()
    assert recorded() == []


def test_an_admin_agent_can_neither_raise_nor_lock_out_himself(page: Page, ada: Agent) -> None:
    page.goto(reverse("admin:agents_agent_change", args=[ada.pk]))
    page.get_by_label("Sales agent").check()
    page.get_by_label("Active").uncheck()
    save(page)

    expect(page.locator(".errorlist")).to_contain_text("Nobody changes their own roles")
    page.reload()
    assert Agent.objects.get(pk=ada.pk).role_names == ["Admin agent"]
    assert Agent.objects.get(pk=ada.pk).is_active
    assert recorded() == []


def addresses_of(model: type[Model]) -> tuple[str, str]:
    """The list, and the page of one row."""
    name = f"admin:{model._meta.label_lower.replace('.', '_')}"
    one = model._default_manager.first()
    assert one
    return reverse(f"{name}_changelist"), reverse(f"{name}_change", args=[one.pk])


def test_nothing_can_be_deleted_or_done_in_bulk_anywhere(
    page: Page, ada: Agent, fabrikam: Customer, product: ReservationProduct
) -> None:
    set_purchase_permission(
        customer=fabrikam, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=ada
    )
    set_prices(product, fabrikam, ada)
    for model in admin.site._registry:
        for address in addresses_of(model):
            page.goto(address)
            expect(page.locator("#content h1, #content h2").first).to_be_visible()
            expect(page.get_by_role("link", name="Delete")).to_have_count(0)
            expect(page.get_by_role("button", name="Delete")).to_have_count(0)
            expect(page.locator("[name=action], .action-select")).to_have_count(0)
