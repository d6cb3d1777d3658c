"""A WSGI application for tests of the worker alone: it takes no longer to start than Python."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

settings.configure()
MEGABYTE = 2**20
FOLDER = Path(os.environ["FOLDER"])


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """`/` says what it was told; `/held` waits until the file “release” is there; `/long` has
    20 MB, which come as fast as they are taken.
    """
    path = environ["PATH_INFO"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/long":
        return (b"x" * MEGABYTE for _ in range(20))
    if path == "/held":
        (FOLDER / "held").touch()
        while not (FOLDER / "release").exists():
            time.sleep(0.02)
    body = environ["wsgi.input"].read()
    told = (environ.get("partnercenter.unreadable_body", "whole"), environ["SCRIPT_NAME"], path)
    return [f"{' '.join(told)} {body.decode()}".encode()]
