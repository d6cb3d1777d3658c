"""What the tests of this room stand on beside the cast."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _quick_settings(settings: Settings) -> None:
    """Hashes that cost little, and no list of the collected static files for each new client."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True
