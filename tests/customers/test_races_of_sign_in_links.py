"""A link that many use at once lets one in, and none after it was withdrawn."""

from functools import partial

import pytest
from django.test import Client

from customers.models import CustomerUser, SignInLink
from customers.operations.sign_in_links import consume_sign_in_link, withdraw_sign_in_link
from customers.operations.users import remove_customer_user
from customers.portal.sessions import COOKIE
from partnercenter.agents.models import Agent
from partnercenter.operations import Refused
from tests.customers.portal import SIGN_IN, sent_link
from tests.customers.racing import (
    THREADS,
    assert_the_log_is_one_story,
    at_once,
    errors,
    on_postgresql,
)
from tests.factories import CustomerUserFactory


def colleagues(user: CustomerUser) -> list[CustomerUser]:
    """Seven of them, and the user."""
    return [user, *CustomerUserFactory.create_batch(7, customer=user.customer)]


pytestmark = [*on_postgresql, pytest.mark.usefixtures("mail_is_set_up")]


def test_a_link_used_by_many_at_once_lets_one_in(nils: CustomerUser) -> None:
    _link, token = sent_link(nils)
    outcomes = at_once([partial(consume_sign_in_link, token=token)] * THREADS)

    assert outcomes.count(nils) == 1
    assert {type(error) for error in errors(outcomes)} == {Refused}
    assert len(errors(outcomes)) == THREADS - 1


def test_a_button_pressed_by_many_at_once_gives_one_cookie(nils: CustomerUser) -> None:
    _link, token = sent_link(nils)
    outcomes = at_once([lambda: Client().post(SIGN_IN, {"token": token})] * THREADS)

    assert sorted(answer.status_code for answer in outcomes) == [302] + [404] * (THREADS - 1)
    assert sum(COOKIE in answer.cookies for answer in outcomes) == 1


def test_a_link_is_used_or_withdrawn_but_never_both(ada: Agent, nils: CustomerUser) -> None:
    sent = [sent_link(user) for user in colleagues(nils)]
    acts = [
        act
        for link, token in sent
        for act in (
            partial(consume_sign_in_link, token=token),
            partial(withdraw_sign_in_link, link=link, by=ada),
        )
    ]
    failed = errors(at_once(acts))

    links = SignInLink.objects.all()
    assert {type(error) for error in failed} <= {Refused}
    assert not links.exclude(used_at=None).exclude(withdrawn_at=None).exists()
    assert not links.filter(used_at=None, withdrawn_at=None).exists()
    assert links.exclude(withdrawn_at=None).count() == len(failed)
    assert_the_log_is_one_story()


def test_nobody_comes_in_after_his_removal(ada: Agent, nils: CustomerUser) -> None:
    token = sent_link(nils)[1]
    acts = [partial(consume_sign_in_link, token=token)] * 8
    outcomes = at_once([*acts, partial(remove_customer_user, user=nils, by=ada)])

    assert {type(error) for error in errors(outcomes)} <= {Refused}
    with pytest.raises(Refused):
        consume_sign_in_link(token=token)
    assert_the_log_is_one_story()
