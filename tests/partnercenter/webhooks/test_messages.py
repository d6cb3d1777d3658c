"""What a webhook is told of each event, and where it can look."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.urls import resolve
from pytest_django import Settings

from activitylog.events import webhook_events
from activitylog.models import ActivityRecord
from customers.models import Customer, Order, ReservationProduct, Resource, Subscription
from customers.operations.customers import (
    add_customer,
    change_bill_to,
    remove_reseller_relationship,
)
from customers.operations.reservations import rename_reservation
from customers.operations.subscriptions import buy_azure_plan, suspend_subscription
from partnercenter.agents.models import Agent
from partnercenter.api.middleware import canonical
from partnercenter.webhooks.messages import facts_of
from partnercenter.webhooks.signatures import new_secret, signed_headers
from tests.customers.buying import bought
from tests.factories import CustomerFactory
from tests.partnercenter.webhooks.telling import turn

pytestmark = pytest.mark.django_db

TENANT = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = "https://partner.example"
    settings.TENANT_ID = TENANT


def last_facts() -> dict[str, str]:
    return facts_of(ActivityRecord.objects.latest("number"))


def test_the_body_has_the_names_of_partner_centers_own_webhooks(
    fabrikam: Customer, ada: Agent
) -> None:
    turn(fabrikam, ada, on=True)
    record = ActivityRecord.objects.get()

    assert facts_of(record) == {
        "EventName": "self-serve-policy-created",
        "ResourceUri": f"https://partner.example/v1/SelfServePolicy/{TENANT}_{fabrikam.pk}",
        "ResourceName": "self_serve_policy",
        "AuditUri": f"https://partner.example/auditactivity/v1/auditrecords/{record.uuid}",
        "ResourceChangeUtcDate": record.at.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
    }


def test_without_a_site_addresses_begin_with_a_slash(
    fabrikam: Customer, ada: Agent, settings: Settings
) -> None:
    settings.SITE_URL = ""
    turn(fabrikam, ada, on=True)
    assert last_facts()["ResourceUri"].startswith("/v1/SelfServePolicy/")
    assert last_facts()["AuditUri"].startswith("/auditactivity/v1/auditrecords/")


Act = Callable[[Customer, Agent], object]


def policy_updated(customer: Customer, by: Agent) -> None:
    turn(customer, by, on=True)
    turn(customer, by, on=True, resource=Resource.AZURE_SAVINGS_PLAN)


def policy_deleted(customer: Customer, by: Agent) -> None:
    turn(customer, by, on=True)
    turn(customer, by, on=False)


def bill_to_changed(customer: Customer, by: Agent) -> None:
    bill_to = customer.billing_profile
    bill_to.company_name = "Fabrikam Holding"
    change_bill_to(bill_to=bill_to, by=by)


def customer_added(_customer: Customer, by: Agent) -> None:
    bill_to = ("company_name", "domain", "country", "city", "address_line1")
    contact = ("contact_first_name", "contact_last_name", "contact_email")
    like = CustomerFactory.build()
    add_customer(
        customer=Customer(**{name: getattr(like, name) for name in (*bill_to, *contact)}), by=by
    )


def relationship_removed(customer: Customer, by: Agent) -> None:
    suspend_subscription(subscription=customer.subscriptions.get(), by=by)
    remove_reseller_relationship(customer=customer, by=by)


def reservation_bought(customer: Customer, by: Agent) -> None:
    bought(ReservationProduct.objects.get(), customer, by)


ACTS: dict[str, Act] = {
    "customer-added": customer_added,
    "customer-relationship-removed": relationship_removed,
    "customer-updated": bill_to_changed,
    "order-created": reservation_bought,
    "order-updated": lambda customer, by: rename_reservation(
        reservation=bought(ReservationProduct.objects.get(), customer, by), name="Other", by=by
    ),
    "self-serve-policy-created": lambda customer, by: turn(customer, by, on=True),
    "self-serve-policy-deleted": policy_deleted,
    "self-serve-policy-updated": policy_updated,
    "subscription-updated": lambda customer, by: suspend_subscription(
        subscription=customer.subscriptions.get(), by=by
    ),
}


def test_every_event_is_tried_here() -> None:
    assert sorted(ACTS) == webhook_events()


@pytest.mark.parametrize("event", ACTS)
def test_each_event_leads_to_addresses_of_the_api(
    event: str, fabrikam: Customer, product: ReservationProduct, ada: Agent
) -> None:
    ACTS[event](fabrikam, ada)
    facts = last_facts()

    assert facts["EventName"] == event
    for address in (facts["ResourceUri"], facts["AuditUri"]):
        path = canonical(address.removeprefix("https://partner.example"))
        assert path
        assert resolve(path).url_name != "api_unknown"


def test_an_order_is_where_the_api_has_it(
    fabrikam: Customer, product: ReservationProduct, ada: Agent
) -> None:
    bought(product, fabrikam, ada)
    order = Order.objects.get()
    assert last_facts()["ResourceUri"].endswith(f"/v1/customers/{fabrikam.pk}/orders/{order.pk}")


def test_a_subscription_that_is_bought_leads_to_its_order(contoso: Customer, ada: Agent) -> None:
    buy_azure_plan(customer=contoso, by=ada)
    order = Order.objects.get()
    assert last_facts()["ResourceUri"].endswith(f"/v1/customers/{contoso.pk}/orders/{order.pk}")


def test_a_subscription_that_changes_is_where_the_api_has_it(
    fabrikam_azure: Subscription, ada: Agent
) -> None:
    suspend_subscription(subscription=fabrikam_azure, by=ada)
    assert last_facts()["ResourceUri"].endswith(f"/subscriptions/{fabrikam_azure.pk}")


def test_a_reservation_has_no_address_there_so_that_its_record_is_named(
    fabrikam: Customer, product: ReservationProduct, ada: Agent
) -> None:
    rename_reservation(reservation=bought(product, fabrikam, ada), name="Other", by=ada)
    assert last_facts()["ResourceUri"] == last_facts()["AuditUri"]


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks libraries."""
    headers = signed_headers(
        secrets=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=dt.datetime.fromtimestamp(1614265330, tz=dt.UTC),
        body=b'{"test": 2432232314}',
    )
    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_no_two_secrets_are_alike() -> None:
    assert new_secret() != new_secret()
    assert new_secret().startswith("whsec_")
