"""What clients send, read strictly: what cannot be understood is said, never guessed."""

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from partnercenter.api.faults import BAD_INPUT, Fault
from partnercenter.sent import BAD_CHARACTERS


def read_json(raw: bytes) -> Any:
    """The JSON that the bytes are. Raises Fault for anything that is not quite JSON."""
    try:
        value = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_object, parse_constant=_no_number
        )
        _refuse_bad_characters(value)
    except (ValueError, RecursionError) as error:
        raise Fault(
            400, BAD_INPUT, _("The body could not be read as JSON in UTF-8. Nothing was changed.")
        ) from error
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name.lower() for name, _value in pairs}) < len(pairs):
        raise ValueError("A name stands twice in one object.")
    return dict(pairs)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number in JSON.")


def _refuse_bad_characters(value: Any) -> None:
    if isinstance(value, str) and BAD_CHARACTERS.search(value):
        raise ValueError("The text holds characters that cannot be used.")
    if isinstance(value, Mapping):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for item in value:
            _refuse_bad_characters(item)
