"""The canonical form of a record, and the digest that chains each record to the one before it."""

import hashlib
import json
from typing import Any

VERSION = 1
NOTHING_BEFORE = "0" * 64

# Everything that is hashed in version 1, to the letter. A column added later gets a new version;
# the digests of old records never change.
HASHED_FIELDS = (
    "number",
    "uuid",
    "at",
    "action",
    "resource_type",
    "resource_id",
    "customer_id",
    "customer_name",
    "actor_id",
    "actor_name",
    "actor_roles",
    "application_id",
    "application_name",
    "channel",
    "status",
    "old",
    "new",
    "request_id",
    "correlation_id",
    "address",
    "v",
)


def canonical(facts: dict[str, Any]) -> bytes:
    """The record's facts as one line of JSON: keys sorted, no spaces, UTF-8, no floats.

    `facts` holds text, whole numbers, booleans, None, and lists and dictionaries of these.
    Raises TypeError for a float: its text differs between databases and programs.
    """
    _refuse_floats(facts)
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def chained(previous: str, facts: dict[str, Any]) -> str:
    """The digest over the predecessor's digest and these facts: SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(previous.encode() + canonical(facts)).hexdigest()


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("A record holds no floats.")
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
