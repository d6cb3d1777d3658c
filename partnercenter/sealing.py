"""How secrets are kept that the server itself needs in clear: of no use without SECRET_KEY."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


class SealedOtherwise(ValueError):
    """The secret was sealed under a SECRET_KEY that is neither the one of now nor a fallback."""


def seal(text: str, *, purpose: str) -> str:
    """The text as it can be stored; `purpose` names what it is for, and opens nothing else."""
    return _fernet(purpose).encrypt(text.encode()).decode()


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed for the purpose. Raises SealedOtherwise."""
    try:
        return _fernet(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise SealedOtherwise(purpose) from error


def _fernet(purpose: str) -> MultiFernet:
    """The key follows from SECRET_KEY; earlier ones in SECRET_KEY_FALLBACKS still open."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    keys = [
        salted_hmac(purpose, "", secret=secret, algorithm="sha256").digest() for secret in secrets
    ]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])
