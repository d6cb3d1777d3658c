"""The API's OpenAPI document: what its code says of each operation, with what all of them share."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from ninja import NinjaAPI
from ninja.operation import Operation

from partnercenter.agents.roles import roles_granting
from partnercenter.api.access import BearerToken
from partnercenter.api.collections import CONTINUATION
from partnercenter.api.faults import shape_of
from partnercenter.api.middleware import CORRELATION_ID, REQUEST_ID
from partnercenter.api.second_factor import ASKS, TELLS
from partnercenter.api.strict import UNSET

Json = dict[str, Any]

MEANINGS = {
    200: "What was asked for.",
    201: "What was made.",
    204: "It is gone; there is nothing to be read.",
    400: "The call is not as it has to be, or a rule refuses it.",
    401: "No access token, or one that has ended or was revoked.",
    403: "Not allowed to whoever is behind the token.",
    404: "There is no such thing.",
    409: "It exists already, or another body was sent under the same MS-RequestId.",
    413: "The body is too large.",
    429: "Too many calls in this minute. Retry-After says in how many seconds to come again.",
    500: "The server met an error of its own. Repeat the call under the same MS-RequestId.",
    503: "The database does not answer. Retry-After says in how many seconds to come again.",
}

FAULTS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    413: "ContentTooLarge",
    429: "TooManyRequests",
    500: "ServerError",
    503: "Unavailable",
}

PATH_PARAMETERS = {
    "customer_id": "The customer's Microsoft ID.",
    "subscription_id": "The subscription's id.",
    "order_id": "The order's id.",
    "line_item_id": "The number of the order's line, from 0 on.",
    "reservation_id": "The reservation's id.",
    "user_id": "The user's id or user principal name.",
    "policy_id": "The policy's id: the partner's tenant id, an underscore, the customer's id.",
    "record_id": "The record's id.",
}
NO_GUID = ("policy_id", "user_id", "line_item_id")

BEARER = (
    "An access token of this server's token endpoint, /{tenant}/oauth2/v2.0/token, for an "
    "application by itself or for an agent through it."
)
_ID = {"type": "string", "pattern": "^[!-~]{0,64}$"}
HEADERS: dict[str, Json] = {
    REQUEST_ID: {
        "description": "A new id for each call, such as a GUID. A call that changes something and "
        "comes again under its id gets its first answer and changes nothing.",
        "schema": _ID,
    },
    CORRELATION_ID: {
        "description": "An id that several calls share. It is kept with what they record.",
        "schema": _ID,
    },
    ASKS: {
        "description": "“true” asks, of an agent's token, whether the agent has a second factor: "
        f"{TELLS} in the answer says it.",
        "schema": {"type": "string", "enum": ["", "true", "false"]},
    },
    CONTINUATION: {
        "description": "The continuationToken of a page, for the page after or before it.",
        "schema": {"type": "string"},
    },
}


@cache
def document(api: NinjaAPI) -> Json:
    """The document as JSON, without servers: those follow from where it is asked for. It is made
    once, so leave it as it is.
    """
    made: Json = _without_titles(json.loads(json.dumps(api.get_openapi_schema())))
    made["info"]["title"] = api.title
    del made["servers"]
    made["components"]["securitySchemes"]["BearerToken"]["description"] = BEARER
    made["components"]["parameters"] = {
        name: {"in": "header", "name": name, **header} for name, header in HEADERS.items()
    }
    _describe_unset(made["components"]["schemas"])
    made["components"]["headers"] = {name: HEADERS[name] for name in (REQUEST_ID, CORRELATION_ID)}
    made["components"]["responses"] = {
        name: _response(status, {"$ref": f"#/components/schemas/{shape_of(status).__name__}"})
        for status, name in FAULTS.items()
    }
    guards = dict(_guards(api))
    for method, operation in operations_of(made):
        _complete(method, operation, guards[operation["operationId"]])
    _forget_unused(made)
    return made


def operations_of(made: Json) -> Iterator[tuple[str, Json]]:
    """Each operation with its method."""
    for item in made["paths"].values():
        yield from item.items()


def _without_titles(thing: Any) -> Any:
    """Pydantic makes them of the names, which say as much."""
    if isinstance(thing, list):
        return [_without_titles(each) for each in thing]
    if not isinstance(thing, dict):
        return thing
    return {
        name: _without_titles(each)
        for name, each in thing.items()
        if name != "title" or not isinstance(each, str)
    }


def _describe_unset(schemas: Json) -> None:
    """What other keys of a body may hold: see `strict.Body`."""
    for schema in schemas.values():
        if schema.get("additionalProperties") is False:
            schema["additionalProperties"] = {"$ref": "#/components/schemas/Unset"}
    schemas["Unset"] = {
        "description": "What was never set, as null or the default of its type: it says nothing.",
        "enum": list(UNSET),
    }


def _forget_unused(made: Json) -> None:
    """Schemas that nothing refers to: those of queries, which stand as parameters."""
    text = json.dumps(made)
    schemas = made["components"]["schemas"]
    for name in [name for name in schemas if f'schemas/{name}"' not in text]:
        del schemas[name]


def bound_operations(api: NinjaAPI) -> Iterator[Operation]:
    """The operations as they are called."""
    for router in api._get_bound_routers():
        for view in router.path_operations.values():
            yield from view.operations


def _guards(api: NinjaAPI) -> Iterator[tuple[str, BearerToken]]:
    """Who may call it, by the id of each operation."""
    for operation in bound_operations(api):
        for guard in operation.auth_callbacks:
            yield str(operation.operation_id), guard  # type: ignore[misc]


def _complete(method: str, operation: Json, guard: BearerToken) -> None:
    operation["x-roles"] = [role.value for role in roles_granting(guard.permission)]
    operation["x-needs-agent"] = guard.person
    operation["x-counted"] = guard.throttled
    parameters = operation.setdefault("parameters", [])
    is_list = any(each["name"] == CONTINUATION for each in parameters)
    for parameter in parameters:
        _say_what_it_is(parameter)
    names = [REQUEST_ID, CORRELATION_ID, ASKS, *([CONTINUATION] if is_list else [])]
    parameters += [{"$ref": f"#/components/parameters/{name}"} for name in names]
    operation["responses"] = {
        status: _answer(int(status), response)
        for status, response in operation["responses"].items()
        if status != "429" or guard.throttled
    }


def _say_what_it_is(parameter: Json) -> None:
    if parameter["in"] == "path":
        parameter["description"] = PATH_PARAMETERS[parameter["name"]]
        if parameter["name"] not in NO_GUID:
            parameter["schema"]["format"] = "uuid"


def _answer(status: int, response: Json) -> Json:
    """The response of one operation: an error by its name, a success in words."""
    name = FAULTS.get(status)
    if name:
        return {"$ref": f"#/components/responses/{name}"}
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    return _response(status, schema)


def _response(status: int, schema: Json | None) -> Json:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    headers: Json = {
        name: {"$ref": f"#/components/headers/{name}"} for name in (REQUEST_ID, CORRELATION_ID)
    }
    if status in (429, 503):
        headers["Retry-After"] = {"description": "In seconds.", "schema": {"type": "integer"}}
    return {"description": MEANINGS[status], "headers": headers, **content}
