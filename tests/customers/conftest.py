"""What the tests of customers ask for by name."""

from collections.abc import Iterator

import pytest

from activitylog import verification


@pytest.fixture
def sound_log(db: None) -> Iterator[None]:
    """When the test ends, verifying the log and the switches finds nothing."""
    yield
    assert list(verification.findings()) == []
