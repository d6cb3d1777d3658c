"""Rights that are taken while they are used: no act is recorded after the removal of its right."""

import random
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from allauth.idp.oidc.models import Token
from django.core.exceptions import PermissionDenied

from activitylog.models import ActivityRecord
from activitylog.recording import Actor, System
from customers.models import Customer, CustomerUser
from customers.operations.prices import set_price_adjustment
from customers.operations.purchasing import buy_reservation
from customers.operations.users import remove_customer_user
from customers.pricing import today
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import (
    change_own_password,
    change_roles,
    rename_agent,
    set_active,
    set_password,
    sign_out_everywhere,
)
from partnercenter.agents.roles import Role
from partnercenter.api.principals import Principal
from partnercenter.applications.operations import (
    authorize_application,
    revoke_tokens,
    set_application_active,
    update_application,
    withdraw_authorization,
)
from partnercenter.operations import Refused
from tests.customers.buying import purchase_of
from tests.customers.racing import (
    Act,
    assert_the_log_is_one_story,
    at_once,
    errors,
    log,
    on_postgresql,
    ready_customers,
    turn,
)
from tests.factories import PASSWORD, AgentFactory, CustomerUserFactory, ReservationProductFactory
from tests.partnercenter.api.calling import CALLBACK, a_token, an_application

pytestmark = on_postgresql

ROUNDS = 12
PRESSES = 40


def admin(**details: Any) -> Agent:
    return AgentFactory.create(role=Role.ADMIN, **details)


def again(agent: Agent) -> Agent:
    """The agent as another request reads them."""
    return Agent.objects.get(pk=agent.pk)


def who_manages() -> list[Agent]:
    active = Agent.objects.filter(is_active=True)
    return [agent for agent in active if agent.has_perm("agents.change_agent")]


# Two who act on each other


def demote(agent: Agent, by: Actor) -> object:
    return change_roles(agent=agent, roles=[], by=by)


def deactivate(agent: Agent, by: Actor) -> object:
    return set_active(agent=agent, active=False, by=by)


@pytest.mark.parametrize("take", [demote, deactivate])
def test_of_two_admin_agents_who_remove_each_other_one_is_left(
    transactional_db: None, take: Callable[..., object]
) -> None:
    for _ in range(ROUNDS):
        one, other = admin(), admin()
        outcomes = at_once([partial(take, one, by=other), partial(take, other, by=one)])

        assert [isinstance(each, PermissionDenied) for each in errors(outcomes)] == [True]
        assert len(who_manages()) == 1
        Agent.objects.update(is_active=False)
    assert_the_log_is_one_story()


@pytest.mark.parametrize("take", [demote, deactivate])
def test_of_the_last_two_admin_agents_the_system_itself_leaves_one(
    transactional_db: None, take: Callable[..., object]
) -> None:
    for _ in range(ROUNDS):
        acts = [partial(take, agent, by=System()) for agent in (admin(), admin())]

        assert [type(each) for each in errors(at_once(acts))] == [Refused]
        assert len(who_manages()) == 1
        Agent.objects.update(is_active=False)


# A right that is taken while it is used


def presses(customer: Customer, by: Any) -> Act:
    """Moves a switch to and fro until it is refused. `by` was read by a door long ago."""

    def press() -> None:
        for number in range(PRESSES):
            turn(customer, by, on=number % 2 == 0)

    return press


def recorded_after(action: str, by: Actor) -> list[ActivityRecord]:
    """What was recorded of the actor after the record with this action."""
    removal = next(record.number for record in log() if record.action == action)
    return [each for each in log() if each.number > removal and each.actor_id == by.actor_id]


TAKING: dict[str, Callable[[Agent, Agent], object]] = {
    "change_partner_user_roles": lambda agent, by: change_roles(agent=agent, roles=[], by=by),
    "deactivate_partner_user": lambda agent, by: set_active(agent=agent, active=False, by=by),
    "set_partner_user_password": lambda agent, by: set_password(
        agent=agent, password=PASSWORD, by=by
    ),
    "sign_out_everywhere": lambda agent, by: sign_out_everywhere(agent=agent, by=by),
}


@pytest.mark.parametrize("action", TAKING)
def test_nothing_of_an_agent_is_recorded_after_the_right_was_taken(ada: Agent, action: str) -> None:
    erik = admin()
    pressing = [presses(customer, again(erik)) for customer in ready_customers(6)]

    outcomes = at_once([*pressing, partial(TAKING[action], again(erik), ada)])

    assert outcomes[-1] is not None
    assert not isinstance(outcomes[-1], Exception)
    assert all(isinstance(each, PermissionDenied) for each in errors(outcomes))
    assert recorded_after(action, erik) == []
    assert_the_log_is_one_story()


def principal(agent: Agent | None) -> Principal:
    application = an_application(Role.ADMIN)
    a_token(application, agent)
    return Principal(application, agent, Token.objects.get(client=application.client))


ENDING: dict[str, Callable[[Principal, Agent], object]] = {
    "deactivate_application": lambda found, by: set_application_active(
        application=found.application, active=False, by=by
    ),
    "revoke_application_tokens": lambda found, by: revoke_tokens(
        application=found.application, by=by
    ),
}


@pytest.mark.parametrize("for_an_agent", [True, False])
@pytest.mark.parametrize("action", ENDING)
def test_nothing_of_an_application_is_recorded_after_its_end(
    ada: Agent, action: str, for_an_agent: bool
) -> None:
    found = principal(admin() if for_an_agent else None)
    pressing = [presses(customer, found) for customer in ready_customers(6)]

    outcomes = at_once([*pressing, partial(ENDING[action], found, ada)])

    assert not isinstance(outcomes[-1], Exception)
    assert all(isinstance(each, PermissionDenied) for each in errors(outcomes))
    assert recorded_after(action, found) == []


def test_nothing_of_a_customers_user_is_recorded_after_the_removal(
    ada: Agent, fabrikam: Customer
) -> None:
    product = ReservationProductFactory.create()
    user = CustomerUserFactory.create(customer=fabrikam)

    def buys() -> None:
        for _ in range(PRESSES):
            purchase = purchase_of(
                product, fabrikam, subscription_id=fabrikam.subscriptions.get().pk
            )
            buy_reservation(customer=fabrikam, purchase=purchase, by=user)

    removal = partial(remove_customer_user, user=CustomerUser.objects.get(pk=user.pk), by=ada)
    outcomes = at_once([buys, buys, buys, removal])

    assert outcomes[-1] is None
    assert all(isinstance(each, PermissionDenied) for each in errors(outcomes))
    assert recorded_after("delete_customer_user", user) == []


# Everything at once: locks are taken in one order, so nobody waits in a circle


def test_nobody_waits_in_a_circle(ada: Agent) -> None:
    agents = [ada, *(admin(password=PASSWORD) for _ in range(3))]
    found = [principal(agent) for agent in agents]
    customers = ready_customers(3)

    def some(chance: random.Random) -> object:
        agent, other = (again(each) for each in chance.sample(agents, 2))
        program = chance.choice(found)
        acts: list[Callable[[], object]] = [
            lambda: turn(chance.choice(customers), agent, on=chance.random() < 0.5),
            lambda: turn(chance.choice(customers), program, on=chance.random() < 0.5),
            lambda: rename_agent(agent=other, display_name=str(chance.random()), by=agent),
            lambda: change_roles(agent=other, roles=[Role.ADMIN, *list(Role)[:2]], by=agent),
            lambda: set_price_adjustment(
                percent=Decimal(chance.randrange(100)),
                valid_from=today(),
                by=agent,
            ),
            lambda: change_own_password(agent=agent, current=PASSWORD, password=PASSWORD, by=agent),
            lambda: sign_out_everywhere(agent=agent, by=agent),
            lambda: authorize_application(application=program.application, by=agent),
            lambda: withdraw_authorization(application=program.application, agent=agent, by=agent),
            lambda: update_application(
                application=program.application,
                name=f"Tools {chance.random()}",
                roles=[Role.ADMIN],
                redirect_uris=[CALLBACK],
                by=agent,
            ),
        ]
        return chance.choice(acts)()

    def worker(seed: int) -> Act:
        chance = random.Random(seed)  # noqa: S311 (no secret)

        def work() -> None:
            for _ in range(25):
                with suppress(Refused, PermissionDenied):
                    some(chance)

        return work

    assert errors(at_once([worker(seed) for seed in range(8)])) == []
    assert_the_log_is_one_story()
