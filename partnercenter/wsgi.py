"""What a WSGI server runs."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from partnercenter.bodies import Application, bodiless_heads, whole_bodies
from partnercenter.patience import limit_all_waiting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")


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


limit_all_waiting()
application = bodiless_heads(whole_bodies(always_utf8(get_wsgi_application())))
