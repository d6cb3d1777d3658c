"""Secrets and signatures, as the Standard Webhooks specification has them.

Source: github.com/standard-webhooks/standard-webhooks. Libraries of many languages verify them.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets as random_secrets
from collections.abc import Iterable

PREFIX = "whsec_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """256 random bits as text."""
    return PREFIX + base64.b64encode(random_secrets.token_bytes(RANDOM_BYTES)).decode()


def signed_headers(
    *,
    secrets: Iterable[str],
    id: str,  # noqa: A002 (its name in the specification)
    at: dt.datetime,
    body: bytes,
) -> dict[str, str]:
    """The three headers by which a receiver knows who sent the body, and when.

    There is one signature for each secret, separated by blanks; a receiver accepts any of them.
    """
    timestamp = str(int(at.timestamp()))
    content = f"{id}.{timestamp}.".encode() + body
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(each, content)}" for each in secrets),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
