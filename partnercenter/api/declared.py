"""Nothing is ignored: a call may say only what its operation declares in the OpenAPI document.

Whatever else a call says – a parameter, a header, a body – would be a question without an answer,
so that it is refused by its name. Keys of bodies are `bodies.Body`'s.
"""

from collections.abc import Callable, Iterator
from functools import cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.operation import Operation

from partnercenter.api.body import read_json
from partnercenter.api.collections import CONTINUATION
from partnercenter.api.faults import BAD_INPUT, Fault
from partnercenter.api.openapi import Json, bound_operations, document, operations_of
from partnercenter.api.query import parameters_of
from partnercenter.sent import ADDED_BY_OTHERS

View = Callable[..., HttpResponse]

# Of the headers, those that would change the answer of another operation.
TELLING_HEADERS = (CONTINUATION, "If-Match")


def refuse_undeclared(api: NinjaAPI) -> None:
    """Makes each operation of the API refuse, with 400, what it doesn't declare."""
    for operation in bound_operations(api):
        operation.view_func = _guarded(api, operation)


def _guarded(api: NinjaAPI, operation: Operation) -> View:
    view: View = operation.view_func

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        declared = _declared(api, str(operation.operation_id))
        _refuse(_undeclared_parameters(request, declared))
        _refuse(_undeclared_headers(request, declared))
        if "requestBody" not in declared:
            _refuse_body(request)
        return view(request, *args, **kwargs)

    return guarded


@cache
def _declared(api: NinjaAPI, operation_id: str) -> Json:
    """What the document says of the operation."""
    operations = (operation for _method, operation in operations_of(document(api)))
    return next(each for each in operations if each["operationId"] == operation_id)


def _names(declared: Json, place: str) -> Iterator[str]:
    """The names, folded, of the operation's parameters in the query or in headers."""
    for each in declared["parameters"]:
        if "$ref" in each and place == "header":
            yield each["$ref"].rpartition("/")[2].lower()
        elif each.get("in") == place:
            yield each["name"].lower()


def _undeclared_parameters(request: HttpRequest, declared: Json) -> list[str]:
    known = set(_names(declared, "query"))
    sent = [name for name in parameters_of(request) if name.lower() not in known]
    return [name for name in sent if not ADDED_BY_OTHERS.fullmatch(name)]


def _undeclared_headers(request: HttpRequest, declared: Json) -> list[str]:
    known = set(_names(declared, "header"))
    return [
        name for name in TELLING_HEADERS if request.headers.get(name) and name.lower() not in known
    ]


def _refuse(names: list[str]) -> None:
    if names:
        sentence = _("%(names)s isn't supported here. Leave it out, or look it up under /api/.")
        listed = get_text_list([name[:64] for name in names[:10]], _("or"))
        raise Fault(400, BAD_INPUT, sentence % {"names": listed})


def _refuse_body(request: HttpRequest) -> None:
    """Raises Fault for a body with which somebody means something: SDKs may send an empty one."""
    if request.body.strip() and read_json(request.body) not in (None, {}, ""):
        raise Fault(400, BAD_INPUT, _("This call takes no body. Send it without one."))
