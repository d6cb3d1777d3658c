"""What the system checks say of an installation whose settings contradict each other."""

import pytest
from django.core.checks import run_checks
from pytest_django import Settings


@pytest.fixture
def _installation(settings: Settings) -> None:
    settings.ALLOWED_HOSTS, settings.HTTPS = ["partner.example", ".intern.example"], True


def of_site_url() -> list[str]:
    return [each.msg for each in run_checks(tags=["security"]) if each.id == "partnercenter.W007"]


@pytest.mark.usefixtures("_installation")
@pytest.mark.parametrize(
    "address", ["", "https://partner.example", "https://partner.example:8443",
                "https://shop.intern.example"],
)  # fmt: skip
def test_an_address_at_which_the_site_is_needs_no_warning(settings: Settings, address: str) -> None:
    settings.SITE_URL = address
    assert of_site_url() == []


@pytest.mark.usefixtures("_installation")
def test_a_site_url_of_another_host_is_noticed(settings: Settings) -> None:
    settings.SITE_URL = "https://partners.example"
    assert of_site_url() == [
        "The host of SITE_URL, “partners.example”, isn't one of ALLOWED_HOSTS."
    ]


@pytest.mark.usefixtures("_installation")
def test_a_site_url_without_https_is_noticed_where_https_is_on(settings: Settings) -> None:
    settings.SITE_URL = "http://partner.example"
    assert of_site_url() == ["HTTPS is on, but SITE_URL begins with http."]


@pytest.mark.parametrize(("https", "proxies", "found"), [(True, 0, 1), (True, 1, 0), (False, 0, 0)])
def test_https_without_a_trusted_proxy_is_warned_of(
    settings: Settings, https: bool, proxies: int, found: int
) -> None:
    settings.HTTPS, settings.TRUSTED_PROXY_COUNT = https, proxies
    messages = run_checks(tags=["security"], include_deployment_checks=True)
    assert [message.id for message in messages].count("partnercenter.W008") == found
