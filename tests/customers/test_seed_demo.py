"""The demonstration data: sixty customers in every state, and a year of real acts on them.

What was bought in that year stands in test_demonstration_purchases.py.
"""

import datetime as dt
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.core.management import CommandError, call_command
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from activitylog.models import ActivityRecord
from customers.demonstration.acts import PAST, RETIRED
from customers.models import (
    Customer,
    CustomerUser,
    PurchasePermission,
    Reservation,
    Resource,
    Subscription,
)
from customers.models.subscription import AZURE_PRODUCTS
from customers.readiness import with_readiness
from partnercenter.agents.demonstration import ACCOUNTS
from partnercenter.agents.models import Agent
from partnercenter.applications.models import Application
from tests.customers.seeding import seeded_once

DAY = dt.timedelta(days=1)


def run(command: str, **options: Any) -> str:
    """What the command prints."""
    output = io.StringIO()
    call_command(command, stdout=output, **options)
    return output.getvalue()


def test_outside_demonstration_mode_it_is_refused_before_the_database_is_touched() -> None:
    """The test has no database, and asking for one would fail it."""
    with (
        override_settings(DEMONSTRATION=False),
        pytest.raises(CommandError, match="DEMONSTRATION=1"),
    ):
        run("seed_demo")


@pytest.fixture(scope="module")
def printed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """What the command says; tests here ask for no database of their own."""
    with seeded_once(django_db_blocker, lambda: run("seed_demo")) as said:
        yield said


def some_are(*, on: bool, azure: bool, owner: bool, **conditions: Any) -> bool:
    """Whether there are customers in this state: the switch, and what stands beside it."""
    state = {"has_azure": azure, "has_owner": owner, **conditions}
    return with_readiness(Customer.objects.able_to_purchase(on)).filter(**state).exists()


# How much there is


def test_it_seeds_sixty_customers_and_two_thousand_records(printed: str) -> None:
    assert Customer.objects.count() == 60
    assert ActivityRecord.objects.count() == 2000


def test_the_log_is_sound(printed: str) -> None:
    assert run("verify_activity_log").startswith("The activity log is sound: 2000 records")


def test_the_log_covers_a_year_and_two_weeks_that_end_now(printed: str) -> None:
    first = ActivityRecord.objects.earliest("number")
    last = ActivityRecord.objects.latest("number")
    now = timezone.now()

    assert now - PAST - DAY < first.at < now - PAST + DAY
    assert now - DAY < last.at <= now


def test_every_customer_has_users_a_bill_to_and_activity(printed: str) -> None:
    assert not Customer.objects.filter(users=None).exists()
    assert not Customer.objects.filter(billing_profile=None).exists()
    concerned = ActivityRecord.objects.exclude(customer_id="").values("customer_id").distinct()
    assert concerned.count() == 60


# Every state that a page can show


def test_some_can_purchase_for_long(printed: str) -> None:
    long_ago = timezone.now() - 90 * DAY
    since = {
        "purchase_permissions__allowed": True,
        "purchase_permissions__changed_at__lt": long_ago,
    }
    assert some_are(on=True, azure=True, owner=True, **since)


def test_some_can_purchase_since_today(printed: str) -> None:
    today = timezone.now() - DAY
    since = {
        "purchase_permissions__allowed": True,
        "purchase_permissions__changed_at__gt": today,
    }
    assert some_are(on=True, azure=True, owner=True, **since)


def test_some_can_purchase_both_resources(printed: str) -> None:
    reservations, savings_plan = (
        set(PurchasePermission.objects.allowed().filter(resource=resource).values_list("customer"))
        for resource in Resource
    )
    assert reservations & savings_plan


def test_some_are_ready_but_off(printed: str) -> None:
    assert some_are(on=False, azure=True, owner=True)


def test_some_were_turned_off_again(printed: str) -> None:
    reservations = {"purchase_permissions__resource": Resource.AZURE_RESERVATIONS}
    assert some_are(on=False, azure=True, owner=True, **reservations)


def test_some_have_no_azure_subscription(printed: str) -> None:
    without = Customer.objects.exclude(subscriptions__product__in=AZURE_PRODUCTS)
    assert without.exists()
    assert not PurchasePermission.objects.allowed().filter(customer__in=without).exists()


def test_some_are_suspended(printed: str) -> None:
    suspended = {
        "subscriptions__product__in": AZURE_PRODUCTS,
        "subscriptions__status": "suspended",
    }
    assert some_are(on=False, azure=False, owner=False, **suspended)


def test_some_have_no_owner(printed: str) -> None:
    assert some_are(on=False, azure=True, owner=False)


def test_some_are_on_but_refused_without_an_active_subscription(printed: str) -> None:
    assert some_are(on=True, azure=False, owner=False)


def test_some_are_on_but_refused_without_an_owner(printed: str) -> None:
    assert some_are(on=True, azure=True, owner=False)


def test_some_are_under_review(printed: str) -> None:
    assert Customer.objects.filter(account_status="under_review").exists()


def test_names_are_written_in_many_scripts_japanese_among_them(printed: str) -> None:
    names = "".join(Customer.objects.values_list("company_name", flat=True))
    scripts = {unicodedata.name(letter).split()[0] for letter in names if letter.isalpha()}

    assert {"LATIN", "CJK", "HIRAGANA", "KATAKANA"} <= scripts
    assert Customer.objects.matching("株式会社").exists()


def test_japanese_people_are_named_family_first(printed: str) -> None:
    people = CustomerUser.objects.filter(customer__country="JP")

    assert people.exists()
    assert [
        person.display_name
        for person in people
        if person.display_name != f"{person.last_name} {person.first_name}"
    ] == []


# What real data has, and invented data often lacks


def test_nothing_happened_on_a_whole_second(printed: str) -> None:
    moments = Subscription.objects.values_list("created_at", flat=True)
    assert [moment for moment in moments if moment.microsecond == 0] == []


def test_two_subscriptions_of_one_customer_have_one_name(printed: str) -> None:
    names = Subscription.objects.azure().values_list("customer", "friendly_name")
    assert len(names) > len(set(names))


def test_one_user_is_a_guest(printed: str) -> None:
    guest = CustomerUser.objects.get(user_principal_name__contains="#ext#")
    assert guest.user_principal_name == ("ronan.obrien_carrowdun.example#ext#@ballyfinch.example")


def test_users_of_one_customer_sign_in_with_another_domain_than_their_mail_has(
    printed: str,
) -> None:
    user = CustomerUser.objects.filter(user_principal_name__contains=".onmicrosoft.").first()
    assert user
    mail = user.customer.contact_email.partition("@")[2]
    assert mail == user.customer.domain != user.user_principal_name.partition("@")[2]


def test_some_are_called_by_names_with_a_typographic_apostrophe(printed: str) -> None:
    assert CustomerUser.objects.filter(display_name__contains="O’Brien").exists()


def test_one_customer_is_ready_in_a_market_without_reservations(printed: str) -> None:
    assert some_are(on=False, azure=True, owner=True, country="RU")


def test_some_reservations_have_expired_and_some_were_exchanged(printed: str) -> None:
    ended = set(Reservation.objects.values_list("status", flat=True))
    assert {"expired", "exchanged", "cancelled", "active"} <= ended


def test_licenses_end_with_their_terms_to_come(printed: str) -> None:
    licenses = Subscription.objects.filter(product="license")
    ends = [each.current_end for each in licenses]
    assert ends
    assert min(end for end in ends if end) >= timezone.now().date()


# Who is there


def test_it_prints_three_lines_with_which_one_can_sign_in(printed: str) -> None:
    lines = [line.split("  ") for line in printed.splitlines()[:3]]

    assert [(role, name) for role, name, _password in lines] == [
        ("Admin agent", "ada.admin@partner.example"),
        ("Sales agent", "sam.sales@partner.example"),
        ("Helpdesk agent", "hana.helpdesk@partner.example"),
    ]
    for role, name, password in lines:
        agent = Agent.objects.get(username=name)
        assert agent.role_names == [role]
        assert agent.check_password(password)
        assert agent.is_known


def test_it_prints_with_what_a_client_can_sign_in(printed: str) -> None:
    label, variables = printed.splitlines()[3].split("  ")
    known = dict(variable.split("=", 1) for variable in variables.split(" "))
    application = Application.objects.get()

    assert label == "API"
    assert known["CLIENT_ID"] == application.pk
    assert application.client.check_secret(known["CLIENT_SECRET"])
    token = Token.objects.lookup(Token.Type.REFRESH_TOKEN, known["REFRESH_TOKEN"])
    assert token
    assert token.user == Agent.objects.get(username="ada.admin@partner.example")


def test_it_writes_the_same_into_a_file_for_nobody_else(printed: str, tmp_path: Path) -> None:
    path = tmp_path / "client"
    run("seed_demo", client_file=path)

    assert path.read_text() == printed.splitlines()[3].removeprefix("API  ") + "\n"
    assert path.stat().st_mode & 0o777 == 0o600


def test_seeded_agents_are_known_in_demonstration_mode_only(printed: str) -> None:
    with override_settings(DEMONSTRATION=False):
        assert not any(agent.is_known for agent in Agent.objects.all())


def test_one_admin_agent_left_in_the_course_of_the_year(printed: str) -> None:
    former = Agent.objects.exclude(username__in=[account.username for account in ACCOUNTS]).get()
    acts = ActivityRecord.objects.filter(actor_id=str(former.pk))

    assert not former.is_active
    assert acts.exists()
    assert not acts.filter(at__gt=timezone.now() - RETIRED).exists()


def test_what_agents_did_came_through_the_dashboard(printed: str) -> None:
    by_agents = ActivityRecord.objects.filter(actor_name__endswith="@partner.example")

    assert set(by_agents.values_list("channel", "address")) == {("dashboard", "203.0.113.24")}


def test_what_customers_users_did_came_through_the_portal(printed: str) -> None:
    by_users = ActivityRecord.objects.filter(actor_roles=["Customer user"])

    assert set(by_users.values_list("channel", flat=True)) == {"portal"}
    assert set(by_users.values_list("action", flat=True)) == {"create_order"}


def test_what_nobody_did_is_the_systems(printed: str) -> None:
    by_nobody = ActivityRecord.objects.filter(actor_name="system")

    assert set(by_nobody.values_list("channel", "action")) == {
        ("system", "create_partner_user"),
        ("system", "expire_reservation"),
        ("system", "register_application"),
    }


def test_nothing_seeded_belongs_to_anybody_real(printed: str) -> None:
    assert not Customer.objects.exclude(domain__endswith=".example").exists()
    assert not Customer.objects.exclude(contact_email__endswith=".example").exists()
    assert not CustomerUser.objects.exclude(user_principal_name__endswith=".example").exists()


# Again


def test_a_second_run_changes_nothing_and_says_so(printed: str) -> None:
    before = ActivityRecord.objects.latest("number").digest
    again = run("seed_demo")

    assert again.startswith("There is activity already; nothing was changed.\n")
    assert again.endswith(printed)
    assert ActivityRecord.objects.latest("number").digest == before
    assert Customer.objects.count() == 60
