"""What clients send in bodies: nothing that is sent is ignored.

Source: partner-center facts, sections 3.2 and 6.3: Microsoft's .NET SDK spells out what was never
set, and all SDKs send whole resources back with whatever they hold.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from partnercenter.api.faults import BAD_INPUT, STALE_ETAG, Fault
from partnercenter.api.wire import Wire, in_our_case

# What was never set looks like this on the wire: null, or the default of its type in C#.
WORDS = ("", "none", "unknown", "undefined", "0001-01-01t00:00:00")  # in any case
UNSET: tuple[Any, ...] = (None, False, 0, [], {}, *WORDS)
FARTHEST_ZONE = dt.timedelta(hours=14)  # from UTC
IF_MATCH = "If-Match"


def says_nothing(value: Any) -> bool:
    """Whether the value of a key says no more than if the key weren't there."""
    if isinstance(value, str):
        return value.lower() in WORDS
    return any(type(value) is type(each) and value == each for each in UNSET)


def _as_it_is_read(schema: dict[str, Any]) -> None:
    """Completes the documented schema: null is as good as no key. What other keys may hold, the
    document says in one place.
    """
    schema["additionalProperties"] = False
    for name, each in schema["properties"].items():
        shape = next((key for key in ("type", "allOf", "$ref") if key in each), None)
        if shape and name not in schema.get("required", []):
            each["anyOf"] = [{shape: each.pop(shape)}, {"type": "null"}]


def may_be_sent_back(resource: type[Wire]) -> Callable[[dict[str, Any]], None]:
    """For the schema of a body that changes the resource: its other keys can't be changed."""

    def completed(schema: dict[str, Any]) -> None:
        _as_it_is_read(schema)
        for name, field in resource.model_fields.items():
            said = {"description": "Only as it was read.", "readOnly": True}
            schema["properties"].setdefault(field.alias or name, said)

    return completed


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


# Before the validation of an integer: JSON has none, so that 5.0 is 5.
WHOLE = BeforeValidator(_whole)


class Body(Wire):
    """An object in a body. Types are strict, and a key that isn't known is refused by its name,
    unless its value says nothing.
    """

    model_config = ConfigDict(strict=True, extra="forbid", json_schema_extra=_as_it_is_read)

    @model_validator(mode="before")
    @classmethod
    def in_any_case(cls, data: Any) -> Any:
        """Renames the keys to ours and drops nulls, and what says nothing under other keys."""
        if not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {
            key: value
            for key, value in in_our_case(cls, data).items()
            if key in known or not says_nothing(value)
        }


class ResourceBody(Body):
    """A resource in a body. SDKs add links and attributes, which are the server's to say."""

    links: Any = Field(default=None, description="Read and passed over.")
    attributes: Any = Field(default=None, description="Read and passed over.")


class EtagBody(Body):
    """The attributes of a resource that is changed."""

    etag: str | None = Field(
        default=None, description="As it was read; another one is refused. Optional."
    )
    object_type: str | None = Field(default=None, description="Read and passed over.")


def expected_etag(request: HttpRequest, attributes: EtagBody) -> str | None:
    """The etag that the thing must still have, by the body or by If-Match; None if neither says.

    Raises Fault (400) where the two differ, and for a list of etags (RFC 9110, section 13.1.1).
    """
    header = request.headers.get(IF_MATCH, "").strip(" \t")
    if header in ("", "*"):
        return attributes.etag
    if "," in header:
        raise Fault(400, BAD_INPUT, _("If-Match can name one etag only."))
    if attributes.etag not in (None, header):
        raise Fault(400, STALE_ETAG, _("If-Match and attributes.etag differ. Send one of them."))
    return header


def refuse_changes(sent: Mapping[str, Any], present: Wire) -> None:
    """For keys that can't be changed: raises Fault (400) that names those with another value than
    the resource has at present. SDKs send a resource back whole, so that the same is no change.
    """
    names = list(_differing(sent, present.model_dump(mode="json", exclude_none=True)))
    if names:
        sentence = _("%(names)s can't be changed. Leave it out, or send it back as it was read.")
        listed = get_text_list([name[:64] for name in names[:10]], _("and"))
        raise Fault(400, BAD_INPUT, sentence % {"names": listed})


def _differing(sent: Mapping[str, Any], present: Mapping[str, Any]) -> Iterator[str]:
    known = {name.lower(): value for name, value in present.items()}
    for name, value in sent.items():
        if not says_nothing(value) and not _same(value, known.get(name.lower())):
            yield name


def _same(sent: Any, present: Any) -> bool:
    if isinstance(sent, dict) and isinstance(present, dict):
        return not any(_differing(sent, present))
    if isinstance(sent, str) and isinstance(present, str):
        return _folded(sent) == _folded(present) or _same_moment(sent, present)
    return type(sent) is type(present) and bool(sent == present)


def _folded(text: str) -> str:
    return text.replace("_", "").lower()


def _same_moment(sent: str, present: str) -> bool:
    """Whether both are one second. Java's SDK drops the zone, which may be any."""
    try:
        one, other = parse_datetime(sent), parse_datetime(present)
    except ValueError:
        return False
    if one is None or other is None:
        return False
    if one.tzinfo is None:
        return abs(one - other.replace(tzinfo=None)) <= FARTHEST_ZONE
    return abs(one - other) < dt.timedelta(seconds=1)


# For the documentation of an operation that reads it.
IF_MATCH_PARAMETER = {
    "in": "header",
    "name": IF_MATCH,
    "required": False,
    "description": "The etag that the resource must still have.",
    "schema": {"type": "string"},
}
