"""What goes over the wire: camelCase out, any case in; what is null is not there.

Source: partner-center facts, sections 3.2 and 6.3. Microsoft's .NET SDK sends PascalCase with every
null spelled out, its Java SDK reads nothing but camelCase.
"""

import datetime as dt
from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    model_validator,
)
from pydantic.alias_generators import to_camel

JSON = "application/json"
GUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"


class Wire(BaseModel):
    """A JSON object of the API. Fields are read whatever their case, unknown ones passed over."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", serialize_by_alias=True
    )

    @model_validator(mode="before")
    @classmethod
    def in_any_case(cls, data: Any) -> Any:
        """Renames the keys to ours and drops nulls, which say no more than a missing key."""
        return in_our_case(cls, data) if isinstance(data, dict) else data


def in_our_case(shape: type[BaseModel], data: dict[str, Any]) -> dict[str, Any]:
    """The object with its keys as the shape writes them, and without nulls."""
    names = {
        (field.alias or name).lower(): field.alias or name
        for name, field in shape.model_fields.items()
    }
    return {names.get(key.lower(), key): value for key, value in data.items() if value is not None}


def shown_as(*examples: dict[str, Any]) -> ConfigDict:
    """For the documentation: what such an object looks like, as it goes over the wire."""
    return ConfigDict(json_schema_extra={"examples": list(examples)})


def bodies(**examples: dict[str, Any]) -> dict[str, Any]:
    """For the documentation of an operation: bodies that can be sent, each by a name."""
    shown = {name: {"value": example} for name, example in examples.items()}
    return {"requestBody": {"content": {JSON: {"examples": shown}}}}


class Attributes(Wire):
    object_type: str
    etag: str | None = None


def _utc(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _utc_in_ticks(moment: dt.datetime) -> str:
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


# A moment in UTC, in whole seconds, as the original's examples have subscriptions, orders and
# entitlements; Java's SDK throws on fractions of a second, and on a moment without its Z.
# https://learn.microsoft.com/partner-center/developer/subscription-resources
Moment = Annotated[dt.datetime, PlainSerializer(_utc, return_type=str)]

# The same in the seven digits of .NET, which audit records have.
# https://learn.microsoft.com/partner-center/developer/get-a-record-of-partner-center-activity-by-user
ExactMoment = Annotated[dt.datetime, PlainSerializer(_utc_in_ticks, return_type=str)]


def folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def named(*names: str) -> BeforeValidator:
    """Before the validation of an enumeration: its names are read whatever their case."""
    known = {name.lower(): name for name in names}
    return BeforeValidator(
        lambda value: known.get(folded(value), value) if isinstance(value, str) else value
    )


# Text whose case means nothing, such as a GUID.
Folded = Annotated[str, BeforeValidator(folded)]
Guid = Annotated[str, Field(pattern=f"^{GUID}$"), BeforeValidator(folded)]


def json_response(body: Wire, *, status: int = 200) -> HttpResponse:
    return HttpResponse(written(body), status=status, content_type=JSON)


def no_content() -> HttpResponse:
    """204: there is nothing to be read, so that it is of no type."""
    response = HttpResponse(status=204)
    del response["Content-Type"]
    return response


def written(body: Wire) -> str:
    return body.model_dump_json(exclude_none=True)
