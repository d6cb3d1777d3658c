"""What the tests of customers ask for by name."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from pytest_django import Settings

from activitylog import clock, verification
from activitylog.models import ActivityHead
from customers.models import Customer, CustomerUser, Subscription
from tests.customers.reserving import at
from tests.factories import CustomerUserFactory


@pytest.fixture
def sound_log(db: None) -> Iterator[None]:
    """When the test ends, verifying the log and the switches finds nothing, also where the test
    played at days that are still to come.
    """
    yield
    last = ActivityHead.objects.get().at
    with at(last) if last > clock.now() else nullcontext():
        assert list(verification.findings()) == []


@pytest.fixture
def northwind_azure(northwind: Customer) -> Subscription:
    """Northwind's Azure plan, on which nobody holds a role."""
    return northwind.subscriptions.get()


@pytest.fixture
def nils(northwind: Customer) -> CustomerUser:
    """Who works at Northwind and holds no role."""
    return CustomerUserFactory.create(
        customer=northwind, display_name="Nils", user_principal_name="nils@northwind.example"
    )


@pytest.fixture
def mail_is_set_up(settings: Settings) -> None:
    """Mails can be sent; in tests they stay in `mail.outbox`."""
    settings.EMAIL_HOST, settings.SITE_URL = "mail.partner.example", "https://partner.example"


@pytest.fixture
def demonstration(settings: Settings) -> None:
    settings.DEMONSTRATION = True
