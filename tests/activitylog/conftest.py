import pytest
from pytest_django import Settings


@pytest.fixture
def demonstration(settings: Settings) -> None:
    """Demonstration mode, in which acts can be played at another time."""
    settings.DEMONSTRATION = True
