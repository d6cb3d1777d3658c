"""What every page knows of the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 (Django's signature)
    return {"demonstration": settings.DEMONSTRATION, "partner_name": settings.PARTNER_NAME}
