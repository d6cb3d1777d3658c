"""What a WSGI server runs."""

import os
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db.backends.signals import connection_created

from partnercenter.patience import limit_waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def always_utf8(application: Application) -> Application:
    """Drops the charset that a client declares, before Django looks the name up.

    Everything is read as UTF-8. Names such as “hex” are codecs of Python but no charsets, and
    Django fails on them while it makes the request, where no error page of ours could answer.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        parts = environ.get("CONTENT_TYPE", "").split(";")
        kept = [part for part in parts if not part.strip().lower().startswith("charset")]
        environ["CONTENT_TYPE"] = ";".join(kept)
        return application(environ, start_response)

    return wrapped


def whole_bodies(application: Application) -> Application:
    """Reads a body that comes in chunks before Django, which takes one of no length for empty.

    Of one that is longer than Django accepts, so much is read that Django refuses it. A server that
    does not end the input where the body ends is left alone.
    """

    def wrapped(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("wsgi.input_terminated") and not environ.get("CONTENT_LENGTH"):
            body = environ["wsgi.input"].read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = BytesIO(body), str(len(body))
        return application(environ, start_response)

    return wrapped


connection_created.connect(limit_waiting, dispatch_uid="patience")
application = whole_bodies(always_utf8(get_wsgi_application()))
