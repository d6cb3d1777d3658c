"""What is printed is dark on white, whatever the agent's appearance."""

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from customers.models import Customer, ReservationProduct
from partnercenter.agents.models import Agent, Appearance
from tests.browser.conftest import Open
from tests.customers.buying import bought

# The luminance of each visible text's color, by WCAG's formula, and that of the page below.
LUMINANCES = """() => {
  const canvas = document.createElement("canvas").getContext("2d");
  const luminance = (color) => {
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const parts = [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const words = [...document.querySelectorAll("body *")].filter((element) =>
    element.checkVisibility() &&
    [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return words.map((element) => [
    element.textContent.trim().slice(0, 40), luminance(getComputedStyle(element).color)]);
}"""
READABLE = 0.18  # at least 4.5:1 on white paper


def addresses(customer: Customer, product: ReservationProduct, agent: Agent) -> dict[str, str]:
    reservation = bought(product, customer, agent)
    key = customer.pk
    return {
        "account": reverse("customers:account", args=[key]),
        "activity log": reverse("activitylog:activity_log"),
        "order": reverse("customers:order", args=[key, reservation.item.order_id]),
        "reservation": reverse("customers:reservation", args=[key, reservation.pk]),
        "customers": reverse("customers:customers"),
    }


def pale_words(page: Page) -> list[str]:
    return [words for words, luminance in page.evaluate(LUMINANCES) if luminance > READABLE]


@pytest.mark.parametrize("appearance", Appearance.values)
@pytest.mark.parametrize("system", ["light", "dark"])
def test_every_word_is_dark_on_paper(
    open_browser: Open,
    ada: Agent,
    fabrikam: Customer,
    product: ReservationProduct,
    appearance: str,
    system: str,
) -> None:
    Agent.objects.filter(pk=ada.pk).update(appearance=appearance)
    page = open_browser(ada)
    for name, address in addresses(fabrikam, product, ada).items():
        page.goto(address)
        page.emulate_media(media="print", color_scheme=system)  # type: ignore[arg-type]
        assert pale_words(page) == [], name
