"""The parameter `filter`: JSON in the address.

Source: partner-center facts, sections 4.3 and 5.2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from partnercenter.api.body import read_json
from partnercenter.api.faults import BAD_INPUT, Fault
from partnercenter.api.query import FILTER, not_a_filter, parameters_of
from partnercenter.api.strict import Body
from partnercenter.api.wire import JSON


class SimpleFilter(Body):
    """One field, one operator, one value. Java's SDK adds a fieldType, which says nothing more."""

    field: str
    value: str
    operator: str
    field_type: str | None = None


def filter_parameter(
    *ways: tuple[str, str], value: str, values: Sequence[str] = ()
) -> dict[str, Any]:
    """The parameter for the documentation: the pairs of field and operator that a list knows, a
    value to be looked for with the first of them, and all values where only some are known.
    """
    schema = {
        "type": "object",
        "properties": {
            "Field": {"type": "string"},
            "Value": {"enum": list(values)} if values else {"type": "string"},
            "Operator": {"type": "string"},
            "FieldType": {"type": ["string", "null"]},
        },
        "required": ["Field", "Value", "Operator"],
        "anyOf": [
            {"properties": {"Field": {"const": field}, "Operator": {"const": operator}}}
            for field, operator in ways
        ],
        "additionalProperties": {"$ref": "#/components/schemas/Unset"},
    }
    knows = ", ".join(" ".join(way) for way in ways)
    return {
        "in": "query",
        "name": FILTER,
        "required": False,
        "description": f"JSON with a field, a value and an operator: {knows}.",
        "content": {
            JSON: {
                "schema": schema,
                "example": {"Field": ways[0][0], "Value": value, "Operator": ways[0][1]},
            }
        },
    }


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list is filtered by: the name of a field and of an operator, folded, and a value."""

    field: str
    operator: str
    value: str
    text: str  # as it was sent


def filter_of(request: HttpRequest) -> Filter | None:
    """The filter in the address, or None where there is none. Raises Fault (400) for what is not
    one.
    """
    text = parameters_of(request).get(FILTER)
    if not text:
        return None
    try:
        simple = SimpleFilter.model_validate(read_json(text.encode()))
    except ValueError as error:
        raise not_a_filter() from error
    return Filter(folded(simple.field), folded(simple.operator), simple.value, text)


def folded(name: str) -> str:
    """A name as enumerations are compared: `SelfServePolicy` and `self_serve_policy` are one."""
    return name.replace("_", "").lower()


def unknown_filter(names: str) -> Fault:
    """For a field or an operator that this list has not; `names` are those that it has."""
    sentence = _("This list cannot be filtered so. It knows: %(names)s.")
    return Fault(400, BAD_INPUT, sentence % {"names": names})
