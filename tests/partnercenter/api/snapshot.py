"""The OpenAPI document as it was agreed on. Run as a module it is written anew: `make openapi`."""

import json
from pathlib import Path

PATH = Path(__file__).with_name("openapi.json")


def current() -> str:
    """The document of the code as it is, as the file has it."""
    from partnercenter.api.openapi import document
    from partnercenter.api.urls import api

    return json.dumps(document(api), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partnercenter.settings")
    django.setup()
    PATH.write_text(current(), encoding="utf-8")
