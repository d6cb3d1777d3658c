"""Sign-in links: sent with a record that holds no secret, withdrawn, and used once."""

import hashlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from activitylog.models import ActivityRecord
from customers.models import Customer, CustomerUser, SignInLink
from customers.operations.customers import remove_reseller_relationship
from customers.operations.sign_in_links import (
    LINKS_AN_HOUR,
    consume_sign_in_link,
    find_open_link,
    send_sign_in_link,
    withdraw_sign_in_link,
)
from customers.operations.users import remove_customer_user
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.acts import actions, the_record
from tests.customers.portal import sent_link
from tests.factories import CustomerUserFactory

pytestmark = pytest.mark.usefixtures("sound_log", "mail_is_set_up")


def expire(link: SignInLink) -> None:
    SignInLink.objects.filter(pk=link.pk).update(expires_at=timezone.now())


# Sending


def test_sending_stores_a_link_and_records_it(ada: Agent, nils: CustomerUser) -> None:
    link, _token = send_sign_in_link(user=nils, by=ada)

    record = the_record()
    assert (record.action, record.resource_type) == ("send_sign_in_link", "sign_in_link")
    assert (record.resource_id, record.customer_name) == (str(link.pk), "Northwind Traders")
    assert (record.old, record.new) == (
        None,
        {"user_principal_name": "nils@northwind.example", "valid_hours": 24},
    )
    assert SignInLink.objects.get() == link
    assert (link.created_at, link.created_by) == (record.at, "ada@partner.example")
    assert link.expires_at == record.at + timedelta(hours=24)


def test_how_long_a_link_works_is_a_setting(settings: Settings, nils: CustomerUser) -> None:
    settings.SIGN_IN_LINK_HOURS = 2
    link, _token = sent_link(nils)

    assert link.expires_at - link.created_at == timedelta(hours=2)
    assert (the_record().new or {})["valid_hours"] == 2


def test_of_the_token_only_a_digest_is_kept(nils: CustomerUser) -> None:
    link, token = sent_link(nils)

    assert link.token_digest == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(SignInLink.objects.values_list().get())
    assert token not in str(ActivityRecord.objects.values_list().get())
    assert link.token_digest not in str(ActivityRecord.objects.values_list().get())


def test_every_token_is_another_and_holds_256_bits(nils: CustomerUser) -> None:
    tokens = {sent_link(nils)[1] for _ in range(5)}

    assert len(tokens) == 5
    assert {len(token) for token in tokens} == {43}  # of six bits each


def test_a_new_link_takes_the_place_of_those_that_were_open(nils: CustomerUser) -> None:
    (first, earlier), (second, token) = sent_link(nils), sent_link(nils)

    assert find_open_link(token=token) == second
    with pytest.raises(Refused):
        find_open_link(token=earlier)
    first.refresh_from_db()
    assert first.withdrawn_at == second.created_at


def test_a_mailbox_is_not_flooded(nils: CustomerUser) -> None:
    for _ in range(LINKS_AN_HOUR):
        sent_link(nils)
    with pytest.raises(Refused) as refusal:
        sent_link(nils)

    assert refusal.value.code == "too_many_links"
    assert str(refusal.value).startswith("5 sign-in links were sent to this user")
    assert SignInLink.objects.count() == LINKS_AN_HOUR
    SignInLink.objects.update(created_at=timezone.now() - timedelta(hours=1, seconds=1))
    assert sent_link(nils)


@pytest.mark.parametrize("setting", ["EMAIL_HOST", "SITE_URL"])
def test_without_mail_no_link_is_sent_and_the_sentence_says_what_to_set(
    settings: Settings, nils: CustomerUser, setting: str
) -> None:
    setattr(settings, setting, "")
    with pytest.raises(Refused) as refusal:
        sent_link(nils)

    assert refusal.value.code == "no_mail"
    assert "SITE_URL and EMAIL_HOST" in str(refusal.value)
    assert not SignInLink.objects.exists()
    assert actions() == []


def test_in_a_demonstration_no_mail_needs_to_be_set_up(
    settings: Settings, nils: CustomerUser
) -> None:
    settings.EMAIL_HOST, settings.DEMONSTRATION = "", True
    link, token = sent_link(nils)

    assert link.delivered
    assert find_open_link(token=token) == link


def test_a_removed_user_is_sent_no_link(ada: Agent, nils: CustomerUser) -> None:
    as_read_before = CustomerUser.objects.get(pk=nils.pk)
    remove_customer_user(user=nils, by=ada)
    with pytest.raises(Refused) as refusal:
        sent_link(as_read_before)

    assert refusal.value.code == "removed_user"
    assert not SignInLink.objects.exists()


def test_where_the_relationship_has_ended_nobody_is_sent_a_link(
    northwind: Customer, nils: CustomerUser
) -> None:
    Customer.objects.filter(pk=northwind.pk).update(relationship="none")
    with pytest.raises(Refused) as refusal:
        sent_link(nils)

    assert refusal.value.code == "no_relationship"
    assert actions() == []


@pytest.mark.django_db(transaction=True)
def test_a_link_whose_transaction_fails_is_not_there_and_not_mailed(
    nils: CustomerUser, mailoutbox: list[object]
) -> None:
    with transaction.atomic():
        sent_link(nils)
        transaction.set_rollback(True)

    assert not SignInLink.objects.exists()
    assert actions() == []
    assert mailoutbox == []


# Withdrawing


def test_a_withdrawn_link_is_closed_and_recorded(ada: Agent, nils: CustomerUser) -> None:
    link, token = sent_link(nils)
    withdraw_sign_in_link(link=link, by=ada)

    record = ActivityRecord.objects.latest("number")
    assert (record.action, record.actor_name) == ("withdraw_sign_in_link", "ada@partner.example")
    assert record.resource_id == str(link.pk)
    assert (record.old, record.new) == ({"user_principal_name": "nils@northwind.example"}, None)
    assert SignInLink.objects.get().withdrawn_at == record.at
    with pytest.raises(Refused):
        find_open_link(token=token)


def test_withdrawing_leaves_other_users_links_open(ada: Agent, nils: CustomerUser) -> None:
    other = CustomerUserFactory.create(customer=nils.customer)
    (first, _), (second, token) = sent_link(nils), sent_link(other)
    withdraw_sign_in_link(link=first, by=ada)

    assert find_open_link(token=token) == second


def test_withdrawing_what_is_not_open_changes_and_records_nothing(
    ada: Agent, nils: CustomerUser
) -> None:
    users = [nils, *CustomerUserFactory.create_batch(2, customer=nils.customer)]
    withdrawn, used, expired = map(sent_link, users)
    withdraw_sign_in_link(link=withdrawn[0], by=ada)
    consume_sign_in_link(token=used[1])
    expire(expired[0])
    before, links = actions(), list(SignInLink.objects.order_by("pk").values_list())
    for link, _token in (withdrawn, used, expired):
        withdraw_sign_in_link(link=link, by=ada)

    assert actions() == before
    assert list(SignInLink.objects.order_by("pk").values_list()) == links


# Using


def test_a_link_lets_its_user_in_once_and_keeps_the_moment(nils: CustomerUser) -> None:
    link, token = sent_link(nils)
    before = timezone.now()

    assert consume_sign_in_link(token=token) == nils
    link.refresh_from_db()
    assert link.used_at
    assert before <= link.used_at <= timezone.now()
    with pytest.raises(Refused):
        consume_sign_in_link(token=token)


def test_a_sign_in_is_not_recorded(nils: CustomerUser) -> None:
    _link, token = sent_link(nils)
    consume_sign_in_link(token=token)

    assert actions() == ["send_sign_in_link"]


def test_looking_at_a_link_leaves_it_open(nils: CustomerUser) -> None:
    _link, token = sent_link(nils)
    for _ in range(2):
        assert find_open_link(token=token).user == nils

    assert consume_sign_in_link(token=token) == nils


def test_every_link_that_is_not_open_is_refused_with_the_same_sentence(
    ada: Agent, nils: CustomerUser
) -> None:
    users = CustomerUserFactory.create_batch(3, customer=nils.customer)
    used, withdrawn, expired, removed = map(sent_link, [*users, nils])
    consume_sign_in_link(token=used[1])
    withdraw_sign_in_link(link=withdrawn[0], by=ada)
    expire(expired[0])
    remove_customer_user(user=nils, by=ada)
    tokens = [used[1], withdrawn[1], expired[1], removed[1], "unknown", "", "x" * 10_000, "\u0130"]

    sentences = set()
    for token in tokens:
        for act in (find_open_link, consume_sign_in_link):
            with pytest.raises(Refused) as refusal:
                act(token=token)
            sentences.add((refusal.value.code, str(refusal.value)))
    assert len(sentences) == 1
    assert SignInLink.objects.exclude(used_at=None).count() == 1


def test_a_digest_opens_nothing(nils: CustomerUser) -> None:
    link, _token = sent_link(nils)
    with pytest.raises(Refused):
        consume_sign_in_link(token=link.token_digest)


def test_a_link_lets_nobody_in_after_the_reseller_relationship_has_ended(
    ada: Agent, nils: CustomerUser
) -> None:
    _link, token = sent_link(nils)
    nils.customer.subscriptions.update(status="suspended")
    remove_reseller_relationship(customer=nils.customer, by=ada)

    with pytest.raises(Refused) as refusal:
        consume_sign_in_link(token=token)
    assert refusal.value.code == "link_not_open"
