"""Secrets and signatures, as the Standard Webhooks specification has them.

Source: github.com/standard-webhooks/standard-webhooks. Libraries of many languages verify them.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets

PREFIX = "whsec_"
RANDOM_BYTES = 32


def new_secret() -> str:
    """256 random bits as text."""
    return PREFIX + base64.b64encode(secrets.token_bytes(RANDOM_BYTES)).decode()


def signed_headers(*, secret: str, id: str, at: dt.datetime, body: bytes) -> dict[str, str]:  # noqa: A002 (its name in the specification)
    """The three headers by which a receiver knows who sent the body, and when."""
    timestamp = str(int(at.timestamp()))
    return {
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{_signature(secret, f'{id}.{timestamp}.'.encode() + body)}",
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
