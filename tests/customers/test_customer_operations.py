"""Customers, users, subscriptions and roles as operations: each with its record, or refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, RoleAssignment, Subscription
from customers.operations.customers import add_customer
from customers.operations.role_assignments import assign_role, remove_role
from customers.operations.subscriptions import (
    add_subscription,
    reactivate_subscription,
    suspend_subscription,
)
from customers.operations.users import add_customer_user
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import (
    ADDRESS,
    actions,
    adatum,
    azure_plan,
    olga,
    owner,
    the_record,
)
from tests.factories import SubscriptionFactory

# Adding a customer


def test_a_customer_is_stored_and_recorded(ada: Agent) -> None:
    customer = add_customer(customer=adatum(), by=ada)

    record = the_record()
    assert Customer.objects.get() == customer
    assert (record.action, record.resource_type) == ("add_customer", "customer")
    assert (record.resource_id, record.customer_id) == (str(customer.pk), str(customer.pk))
    assert (record.customer_name, record.actor_name) == ("Adatum", "ada@partner.example")
    assert (record.old, record.new) == (
        None,
        {
            "company_name": "Adatum",
            "domain": "adatum.example",
            "relationship": "reseller",
            "country": "SE",
        },
    )


def test_a_customer_is_as_old_as_the_record(ada: Agent) -> None:
    add_customer(customer=adatum(), by=ada)
    assert Customer.objects.get().created_at == the_record().at


def test_the_bill_to_starts_as_a_copy_of_the_company(ada: Agent) -> None:
    bill_to = add_customer(customer=adatum(), by=ada).billing_profile

    assert {name: getattr(bill_to, name) for name in ADDRESS} == ADDRESS
    assert (bill_to.company_name, bill_to.email) == ("Adatum", "kim@adatum.example")
    assert (bill_to.first_name, bill_to.last_name) == ("Kim", "Berg")


@pytest.mark.parametrize(
    ("culture", "language"), [("en-US", "en"), ("ja-JP", "ja"), ("zh-Hant-TW", "zh")]
)
def test_the_bill_to_is_written_in_the_language_of_the_culture(
    ada: Agent, culture: str, language: str
) -> None:
    bill_to = add_customer(customer=adatum(), culture=culture, by=ada).billing_profile
    assert (bill_to.culture, bill_to.language) == (culture, language)


def test_the_bill_to_is_in_the_installations_currency_unless_another_is_given(
    ada: Agent, settings: Settings
) -> None:
    settings.CURRENCY = "EUR"
    usual = add_customer(customer=adatum(), by=ada)
    other = add_customer(customer=adatum(domain="other.example"), currency="JPY", by=ada)

    assert usual.billing_profile.currency == "EUR"
    assert other.billing_profile.currency == "JPY"


def test_a_domain_is_kept_in_small_letters(ada: Agent) -> None:
    add_customer(customer=adatum(domain="Adatum.EXAMPLE"), by=ada)

    assert Customer.objects.get().domain == "adatum.example"
    record = the_record()
    assert record.new
    assert record.new["domain"] == "adatum.example"


@pytest.mark.parametrize("domain", ["fabrikam.example", "FABRIKAM.example"])
def test_two_customers_never_have_one_domain(ada: Agent, fabrikam: Customer, domain: str) -> None:
    with pytest.raises(ValidationError) as error:
        add_customer(customer=adatum(domain=domain), by=ada)

    assert set(error.value.message_dict) == {"domain"}
    assert Customer.objects.get() == fabrikam
    assert actions() == []


@pytest.mark.parametrize(
    "details",
    [
        {"company_name": ""},
        {"domain": ""},
        {"country": ""},
        {"country": "SWE"},
        {"contact_email": "nobody"},
        {"relationship": "friend"},
        {"account_status": "loved"},
    ],
    ids=str,
)
def test_a_customer_with_missing_or_wrong_details_is_not_stored(
    ada: Agent, details: dict[str, str]
) -> None:
    with pytest.raises(ValidationError) as error:
        add_customer(customer=adatum(**details), by=ada)

    assert set(error.value.message_dict) == set(details)
    assert not Customer.objects.exists()
    assert actions() == []


# Adding a user


def test_a_user_is_stored_and_recorded(ada: Agent, contoso: Customer) -> None:
    user = add_customer_user(user=olga(contoso), by=ada)

    record = the_record()
    assert contoso.users.get() == user
    assert user.created_at == record.at
    assert (record.action, record.resource_type) == ("create_customer_user", "customer_user")
    assert (record.resource_id, record.customer_name) == (str(user.pk), "Contoso")
    assert record.new == {
        "user_principal_name": "olga@adatum.example",
        "display_name": "Olga Owner",
    }


def test_a_users_name_is_kept_in_small_letters(ada: Agent, contoso: Customer) -> None:
    add_customer_user(user=olga(contoso, user_principal_name="Olga@Adatum.example"), by=ada)
    assert contoso.users.get().user_principal_name == "olga@adatum.example"


@pytest.mark.parametrize("name", ["olga@adatum.example", "OLGA@adatum.example"])
def test_two_users_never_have_one_name(
    ada: Agent, fabrikam: Customer, contoso: Customer, name: str
) -> None:
    add_customer_user(user=olga(contoso), by=ada)
    with pytest.raises(ValidationError):
        add_customer_user(user=olga(fabrikam, user_principal_name=name), by=ada)

    assert CustomerUser.objects.filter(user_principal_name__iexact=name).count() == 1
    assert actions() == ["create_customer_user"]


@pytest.mark.parametrize("field", ["user_principal_name", "first_name", "display_name"])
def test_a_user_without_a_name_is_not_stored(ada: Agent, contoso: Customer, field: str) -> None:
    with pytest.raises(ValidationError):
        add_customer_user(user=olga(contoso, **{field: ""}), by=ada)

    assert not contoso.users.exists()
    assert actions() == []


# Adding a subscription


def test_a_subscription_is_stored_and_recorded(ada: Agent, contoso: Customer) -> None:
    subscription = add_subscription(subscription=azure_plan(contoso), by=ada)

    record = the_record()
    assert contoso.subscriptions.get() == subscription
    assert subscription.created_at == record.at
    assert (record.action, record.resource_type) == ("create_subscription", "subscription")
    assert (record.resource_id, record.customer_name) == (str(subscription.pk), "Contoso")
    assert (record.old, record.new) == (
        None,
        {
            "product": "azure_plan",
            "friendly_name": "Azure plan",
            "quantity": 1,
            "auto_renew": True,
            "status": "active",
            "order": str(contoso.orders.get().pk),
        },
    )


@pytest.mark.parametrize(
    "details",
    [{"product": "coffee"}, {"status": "asleep"}, {"friendly_name": ""}, {"quantity": -1}],
    ids=str,
)
def test_a_subscription_with_wrong_details_is_not_stored(
    ada: Agent, contoso: Customer, details: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as error:
        add_subscription(subscription=azure_plan(contoso, **details), by=ada)

    assert set(error.value.message_dict) == set(details)
    assert not contoso.subscriptions.exists()
    assert actions() == []


# Suspending and reactivating


def test_suspending_and_reactivating_are_stored_and_recorded(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    assert not suspend_subscription(subscription=fabrikam_azure, by=ada).is_active
    assert reactivate_subscription(subscription=fabrikam_azure, by=ada).is_active

    off, on = ActivityRecord.objects.order_by("number")
    assert (off.action, on.action) == ("suspend_subscription", "reactivate_subscription")
    assert (
        off.old
        == on.new
        == {
            "product": "azure_plan",
            "friendly_name": "Azure plan",
            "quantity": 1,
            "auto_renew": True,
            "status": "active",
        }
    )
    assert off.new == on.old == {**(off.old or {}), "status": "suspended"}
    assert Subscription.objects.get().is_active


Act = Callable[..., Subscription]


@pytest.mark.parametrize("act", [suspend_subscription, reactivate_subscription])
def test_doing_it_twice_records_once(ada: Agent, contoso: Customer, act: Act) -> None:
    status = "active" if act is suspend_subscription else "suspended"
    subscription = SubscriptionFactory.create(customer=contoso, status=status)
    act(subscription=subscription, by=ada)
    act(subscription=subscription, by=ada)

    assert len(actions()) == 1


@pytest.mark.parametrize("act", [suspend_subscription, reactivate_subscription])
@pytest.mark.parametrize("status", ["pending", "expired", "disabled", "deleted"])
def test_other_subscriptions_are_neither_suspended_nor_reactivated(
    ada: Agent, contoso: Customer, act: Act, status: str
) -> None:
    subscription = SubscriptionFactory.create(customer=contoso, status=status)
    with pytest.raises(Refused) as refusal:
        act(subscription=subscription, by=ada)

    assert refusal.value.code == "wrong_status"
    assert Subscription.objects.get().status == status
    assert actions() == []


def test_a_subscription_read_long_ago_is_moved_as_it_is_now(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    as_read_before = Subscription.objects.get(pk=fabrikam_azure.pk)
    Subscription.objects.update(friendly_name="Renamed")
    suspend_subscription(subscription=as_read_before, by=ada)

    assert Subscription.objects.get().friendly_name == "Renamed"
    assert (the_record().old or {})["friendly_name"] == "Renamed"


# Roles


FACTS = {
    "user_principal_name": "nils@northwind.example",
    "role": "Owner",
    "subscription": "Azure plan",
}


def test_assigning_a_role_is_stored_and_recorded(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    assignment = assign_role(assignment=owner(northwind_azure, nils), by=ada)

    record = the_record()
    assert RoleAssignment.objects.owners().get() == assignment
    assert (record.action, record.resource_type) == ("create_role_assignment", "subscription")
    assert (record.resource_id, record.customer_name) == (
        str(northwind_azure.pk),
        "Northwind Traders",
    )
    assert (record.old, record.new) == (None, FACTS)


def test_assigning_a_role_twice_records_once(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    first = assign_role(assignment=owner(northwind_azure, nils), by=ada)
    second = assign_role(assignment=owner(northwind_azure, nils), by=ada)

    assert first == second
    assert RoleAssignment.objects.count() == len(actions()) == 1


def test_a_user_may_hold_several_roles(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    assign_role(assignment=owner(northwind_azure, nils, "Reader"), by=ada)
    assign_role(assignment=owner(northwind_azure, nils), by=ada)

    assert RoleAssignment.objects.count() == len(actions()) == 2


def test_another_customers_user_gets_no_role(
    ada: Agent, fabrikam_azure: Subscription, nils: CustomerUser
) -> None:
    with pytest.raises(Refused) as refusal:
        assign_role(assignment=owner(fabrikam_azure, nils), by=ada)

    assert refusal.value.code == "other_customer"
    assert not nils.role_assignments.exists()
    assert actions() == []


def test_nobody_gets_a_role_on_licenses(
    ada: Agent, northwind: Customer, nils: CustomerUser
) -> None:
    licenses = SubscriptionFactory.create(customer=northwind, product="license")
    with pytest.raises(Refused) as refusal:
        assign_role(assignment=owner(licenses, nils), by=ada)

    assert refusal.value.code == "not_azure"
    assert actions() == []


def test_an_unknown_role_is_not_assigned(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    with pytest.raises(ValidationError):
        assign_role(assignment=owner(northwind_azure, nils, "Emperor"), by=ada)

    assert not RoleAssignment.objects.exists()
    assert actions() == []


def test_removing_a_role_is_stored_and_recorded(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    assignment = assign_role(assignment=owner(northwind_azure, nils), by=ada)
    remove_role(assignment=assignment, by=ada)

    record = ActivityRecord.objects.latest("number")
    assert not RoleAssignment.objects.exists()
    assert (record.action, record.old, record.new) == ("delete_role_assignment", FACTS, None)


def test_removing_a_role_twice_records_once(
    ada: Agent, northwind_azure: Subscription, nils: CustomerUser
) -> None:
    assignment = assign_role(assignment=owner(northwind_azure, nils), by=ada)
    remove_role(assignment=assignment, by=ada)
    remove_role(assignment=assignment, by=ada)

    assert actions() == ["create_role_assignment", "delete_role_assignment"]
