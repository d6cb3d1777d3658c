"""A form is sent once, and can be sent again after the request was stopped."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from customers.models import Customer
from partnercenter.agents.models import Agent
from tests.browser.conftest import Open


@pytest.fixture
def form(open_browser: Open, sam: Agent, contoso: Customer) -> Page:
    """Bill-to, whose server doesn't answer a POST."""
    page = open_browser(sam)
    page.goto(reverse("customers:bill_to", args=[contoso.pk]))
    page.get_by_label("City").fill("Malmö")
    page.route("**/bill-to/", never)
    return page


def never(route: Route) -> None:
    if route.request.method != "POST":
        route.continue_()


def press(page: Page) -> None:
    page.locator("#main form[method=post] button[type=submit]").first.click(no_wait_after=True)


def test_a_second_press_sends_nothing(form: Page) -> None:
    """Each press asks the page, which lets the first one through."""
    passed = form.evaluate(
        """() => {
            const form = document.querySelector("#main form[method=post]");
            const press = () =>
                form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true }));
            return [press(), press(), press()];
        }"""
    )
    assert passed == [True, False, False]


def test_after_the_request_was_stopped_the_form_is_sent_again(
    form: Page, contoso: Customer
) -> None:
    with form.expect_request(lambda request: request.method == "POST"):
        press(form)
    form.context.new_cdp_session(form).send("Page.stopLoading")
    expect(form.locator("form[data-sent]")).to_have_count(0)
    form.unroute("**/bill-to/")
    press(form)
    form.wait_for_url(f"**{reverse('customers:account', args=[contoso.pk])}")

    contoso.billing_profile.refresh_from_db()
    assert contoso.billing_profile.city == "Malmö"


def test_after_going_back_the_form_is_sent_again(form: Page, contoso: Customer) -> None:
    form.unroute("**/bill-to/")
    press(form)
    form.wait_for_url(f"**{reverse('customers:account', args=[contoso.pk])}")
    form.go_back()
    form.get_by_label("City").fill("Ystad")
    press(form)
    form.wait_for_url(f"**{reverse('customers:account', args=[contoso.pk])}")

    contoso.billing_profile.refresh_from_db()
    assert contoso.billing_profile.city == "Ystad"
