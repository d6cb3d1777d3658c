"""The API as a site of its own, though it runs beside the dashboard."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse

from activitylog.origin import Channel, acting_from, current_origin
from partnercenter.api.wire import JSON

ROOT = "/v1"
ALSO_WRITTEN = "/auditactivity/v1"  # by webhooks, before audit records
OTHER_ROOT = "/webhooks/v1"  # where the original registers webhooks; there is nothing here
CAPITALISED = "/SelfServePolicy"  # the one name of a resource that has capitals

# Any text that fits into a record; Microsoft's SDKs send GUIDs.
ID = re.compile(r"[!-~]{1,64}")
ID_HEADERS = REQUEST_ID, CORRELATION_ID = "MS-RequestId", "MS-CorrelationId"


def set_apart(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Calls bear the channel of the API and the ids that the client gave them, and answer with
    these ids. Cookies are not looked at: whoever is signed in to the dashboard is nobody here.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        path = canonical(request.path_info)
        if path is None:
            return get_response(request)
        request.path = request.path_info = path
        request.COOKIES = {}
        request.content_type = JSON  # whatever it says of itself; nothing reads it as a form
        request_id = named_by_client(request) or str(uuid.uuid4())
        correlation_id = _id_in(request, CORRELATION_ID) or str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        origin = replace(
            current_origin(),
            channel=Channel.API,
            request_id=request_id,
            correlation_id=correlation_id,
        )
        with acting_from(origin):
            response = get_response(request)
        response[REQUEST_ID], response[CORRELATION_ID] = request_id, correlation_id
        return response

    return middleware


def canonical(path: str) -> str | None:
    """The path as the API's addresses are written; None for one that is none of the API's.

    Clients double slashes, end paths with one, and write names in any case.
    """
    path = "/" + "/".join(filter(None, path.lower().split("/")))
    if path == ALSO_WRITTEN or path.startswith(f"{ALSO_WRITTEN}/"):
        path = path.removeprefix("/auditactivity")
    if not f"{path}/".startswith((f"{ROOT}/", f"{OTHER_ROOT}/")):
        return None
    return path.replace(CAPITALISED.lower(), CAPITALISED)


def is_of_api(request: HttpRequest) -> bool:
    """Whether the answer, whatever it says, is for a program."""
    return canonical(request.path_info) is not None


def named_by_client(request: HttpRequest) -> str:
    """The id that the client gave the call; empty for none, and for one that isn't valid."""
    return _id_in(request, REQUEST_ID)


def malformed_ids(request: HttpRequest) -> list[str]:
    """The headers that are there and aren't ids. An empty one says as much as none."""
    return [name for name in ID_HEADERS if _sent(request, name) and not _id_in(request, name)]


def _id_in(request: HttpRequest, header: str) -> str:
    value = _sent(request, header)
    return value if ID.fullmatch(value) else ""


def _sent(request: HttpRequest, header: str) -> str:
    return request.headers.get(header, "").strip(" \t")
