"""Bodies of requests, read before Django sees them: whole, or not at all.

Django takes what has arrived when a connection ends for the whole body, whichever way the server
tells the end of its input. Half a form is a form that says something else: of “quantity=100” may
be left “quantity=1”.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils.http import parse_header_parameters

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

UNREADABLE = "partnercenter.unreadable_body"  # in the environment: why there is no body
CUT_OFF, MALFORMED, TOO_LARGE = "cut_off", "malformed", "too_large"
PIECE = 2**16  # bytes that are asked of the server at once


class Unreadable(Exception):
    """The body isn't there to be read; `reason` is one of the three above."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def whole_bodies(application: Application) -> Application:
    """Hands on each body in memory, or none together with the reason why it can't be read.

    What is longer than `DATA_UPLOAD_MAX_MEMORY_SIZE` bytes is not read further than that. The
    middleware `readable_bodies` answers; here there is no page that could.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        body = b""
        try:
            body = _read(environ)
        except Unreadable as error:
            environ[UNREADABLE] = error.reason
        environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return application(environ, start_response)

    return wrapped


def _read(environ: dict[str, Any]) -> bytes:
    """The body as it was announced: by its length, in chunks, or not at all.

    Raises Unreadable for one that is incomplete (RFC 9112, section 8), whose length isn't a number
    or can't be told, or that is too long.
    """
    length = environ.get("CONTENT_LENGTH") or ""
    if length:
        body = _of_length(environ["wsgi.input"], length)
    elif environ.get("wsgi.input_terminated"):
        body = _to_its_end(environ["wsgi.input"])
    elif environ.get("HTTP_TRANSFER_ENCODING"):  # of which this server can't tell the end
        raise Unreadable(MALFORMED)
    else:
        return b""
    if not _has_last_boundary(body, environ.get("CONTENT_TYPE") or ""):
        raise Unreadable(CUT_OFF)
    return body


def _of_length(stream: Any, length: str) -> bytes:
    if not (length.isascii() and length.isdigit()):
        raise Unreadable(MALFORMED)
    # Compared as text first: a number of thousands of digits is none that Python reads.
    largest = str(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    digits = length.lstrip("0") or "0"
    if (len(digits), digits) > (len(largest), largest):
        raise Unreadable(TOO_LARGE)
    body = _pieces(stream, int(digits))
    if len(body) < int(digits):
        raise Unreadable(CUT_OFF)
    return body


def _to_its_end(stream: Any) -> bytes:
    body = _pieces(stream, settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise Unreadable(TOO_LARGE)
    return body


def _pieces(stream: Any, most: int) -> bytes:
    """What arrives, up to `most` bytes. A connection that ends within a chunk is an error of the
    server's own, and each server has another one.
    """
    body = BytesIO()
    try:
        while body.tell() < most and (piece := stream.read(min(PIECE, most - body.tell()))):
            body.write(piece)
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(CUT_OFF) from error
    return body.getvalue()


def _has_last_boundary(body: bytes, content_type: str) -> bool:
    """Whether a multipart body ends as RFC 2046, section 5.1.1, has it; other bodies always do."""
    kind, parameters = parse_header_parameters(content_type)
    if kind.lower() != "multipart/form-data" or not body or not parameters.get("boundary"):
        return True
    boundary = parameters["boundary"].encode("latin-1", errors="replace")
    return b"\r\n--" + boundary + b"--" in b"\r\n" + body


def bodiless_heads(application: Application) -> Application:
    """Answers HEAD with the headers of GET and nothing else (RFC 9110, section 9.3.2).

    Not every server leaves the body out by itself, and then the next answer on the connection
    begins with it.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return answer
        if hasattr(answer, "close"):
            answer.close()
        return []

    return wrapped
