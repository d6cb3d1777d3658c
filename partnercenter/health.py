"""Two addresses for machines that watch the server: is it alive, and can it do its work?"""

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse

from activitylog.models import ActivityHead
from partnercenter.access import open_to_everyone
from partnercenter.errors import DATABASE_RETRY_SECONDS

ADDRESSES = ("/livez", "/readyz")


def asked_by_nobody(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Takes the cookies off questions about health: whose session it is stands in the database."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in ADDRESSES:
            request.COOKIES = {}
        return get_response(request)

    return middleware


@open_to_everyone(reason="machines that watch the server do not sign in")
def livez(request: HttpRequest) -> HttpResponse:
    """200 while the process answers, whatever the database does."""
    return _text("The server is alive.\n")


@open_to_everyone(reason="machines that watch the server do not sign in")
def readyz(request: HttpRequest) -> HttpResponse:
    """200 if the database answers and is migrated, which the log's head proves; else 503."""
    try:
        is_ready = ActivityHead.objects.exists()
    except Error:
        is_ready = False
    if is_ready:
        return _text("The server is ready.\n")
    answer = _text("The database does not answer, or is not migrated.\n", status=503)
    answer["Retry-After"] = str(DATABASE_RETRY_SECONDS)
    return answer


def _text(sentence: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
