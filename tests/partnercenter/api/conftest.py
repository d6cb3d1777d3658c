"""Whoever calls in the tests of the API."""

import pytest

from partnercenter.agents.models import Agent
from partnercenter.agents.roles import Role
from tests.partnercenter.api.calling import Caller, calling_for


@pytest.fixture
def for_ada(ada: Agent) -> Caller:
    """An application that acts for an Admin agent."""
    return calling_for(ada)


@pytest.fixture
def alone(db: None) -> Caller:
    """An application that acts for itself, with all that an Admin agent may do."""
    return calling_for(None, Role.ADMIN)
