"""The documentation page's view of the OpenAPI document: tags with their operations, in order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.text import slugify
from ninja import NinjaAPI

from partnercenter.agents.roles import role_labels
from partnercenter.api.openapi import Json, document

Words = list[tuple[str, bool]]  # a paragraph in pieces, and whether each is code


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, or a field of a body by its whole name, such as `grantor.tenantID`."""

    name: str
    kind: str
    place: str  # path, query or body
    is_required: bool
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    summary: str
    paragraphs: list[Words]
    roles: list[str]
    needs_agent: bool
    is_counted: bool
    fields: list[Field]
    bodies: list[str]
    status: str
    answer: str  # empty where there is nothing to be read
    statuses: list[tuple[str, str]]

    @property
    def role_labels(self) -> list[str]:
        """In the reader's language."""
        return role_labels(self.roles)


@dataclass(frozen=True, slots=True)
class Section:
    """A tag with its operations."""

    anchor: str
    name: str
    paragraph: Words
    operations: list[Operation]


@cache
def sections(api: NinjaAPI) -> list[Section]:
    """What the page shows, made once from the document."""
    reader = _Reader(document(api))
    return [
        Section(
            anchor=f"tag-{slugify(tag['name'])}",
            name=tag["name"],
            paragraph=_words(tag["description"]),
            operations=list(reader.operations(tag["name"])),
        )
        for tag in document(api)["tags"]
    ]


def _words(text: str) -> Words:
    """Every other piece between backticks is code."""
    pieces = " ".join(text.split()).split("`")
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def _text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


class _Reader:
    def __init__(self, made: Json) -> None:
        self.made = made

    def operations(self, tag: str) -> Iterator[Operation]:
        for path, item in self.made["paths"].items():
            for method, operation in item.items():
                if tag in operation["tags"]:
                    yield self._operation(method, path, operation)

    def _operation(self, method: str, path: str, operation: Json) -> Operation:
        status, response = next(iter(operation["responses"].items()))
        body, answer = _schema(operation.get("requestBody", {})), _schema(response)
        return Operation(
            anchor=operation["operationId"].replace("_", "-"),
            method=method.upper(),
            path=path,
            summary=operation["summary"],
            paragraphs=[_words(each) for each in operation["description"].split("\n\n")],
            roles=operation["x-roles"],
            needs_agent=operation["x-needs-agent"],
            is_counted=operation["x-counted"],
            fields=[*self._parameters(operation), *(self._fields(body, "") if body else [])],
            bodies=_bodies(operation),
            status=status,
            answer=_text(self._in_order(self._example(answer, path), answer)) if answer else "",
            statuses=[
                (status, self._resolved(each)["description"])
                for status, each in operation["responses"].items()
            ],
        )

    def _parameters(self, operation: Json) -> Iterator[Field]:
        """Without headers, which are the same everywhere and stand at the page's beginning."""
        for each in operation["parameters"]:
            parameter = self._resolved(each)
            if parameter["in"] == "header":
                continue
            schema = parameter.get("schema") or {"type": "JSON"}
            yield Field(
                name=parameter["name"],
                kind=self._kind(schema),
                place=parameter["in"],
                is_required=parameter.get("required", False),
                description=parameter.get("description", ""),
            )

    def _fields(self, schema: Json, prefix: str) -> Iterator[Field]:
        """The fields of an object and of the objects in it."""
        resolved = self._resolved(schema)
        for name, each in resolved.get("properties", {}).items():
            inner = self._resolved(self._not_null(each))
            yield Field(
                name=f"{prefix}{name}",
                kind=self._kind(inner),
                place="body",
                is_required=name in resolved.get("required", []),
                description=each.get("description", ""),
            )
            items = self._resolved(inner.get("items", {}))
            yield from self._fields(items or inner, f"{prefix}{name}{'[]' if items else ''}.")

    def _kind(self, schema: Json) -> str:
        """In a word what the value is: a type, or the values that there are."""
        schema = self._resolved(self._not_null(schema))
        if "const" in schema or "enum" in schema:
            return " | ".join(map(str, schema.get("enum", [schema.get("const")])))
        is_guid = schema.get("format") == "uuid" or schema.get("pattern", "").startswith(
            "^[0-9a-f]"
        )
        return "GUID" if is_guid else str(schema.get("type", ""))

    def _example(self, schema: Json, path: str) -> Any:
        """The example of the schema, or that of a list with one item."""
        resolved = self._resolved(schema)
        if "examples" in resolved:
            return resolved["examples"][0]
        item = self._example(resolved["properties"]["items"]["items"], path)
        here = {"uri": path.removeprefix("/v1"), "method": "GET", "headers": []}
        return {
            "items": [item],
            "totalCount": 1,
            "links": {"self": here},
            "attributes": {"objectType": "Collection"},
        }

    def _in_order(self, value: Any, schema: Json) -> Any:
        """The example with its names in the order of the schema; pydantic sorts them."""
        schema = self._resolved(self._not_null(schema))
        if isinstance(value, list):
            return [self._in_order(each, schema["items"]) for each in value]
        if not isinstance(value, dict):
            return value
        names = [name for name in schema["properties"] if name in value]
        return {name: self._in_order(value[name], schema["properties"][name]) for name in names}

    def _not_null(self, schema: Json) -> Json:
        """Of a value that may be null, what else it may be."""
        several = schema.get("anyOf") or schema.get("allOf") or [schema]
        return next(each for each in several if each.get("type") != "null")

    def _resolved(self, thing: Json | None) -> Json:
        """What a reference leads to."""
        if not thing or "$ref" not in thing:
            return thing or {}
        found = self.made
        for name in thing["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found


def _bodies(operation: Json) -> list[str]:
    """The examples of what can be sent."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return [_text(each["value"]) for each in content.get("examples", {}).values()]


def _schema(thing: Json) -> Json | None:
    found: Json | None = thing.get("content", {}).get("application/json", {}).get("schema")
    return found
