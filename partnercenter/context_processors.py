"""What every page knows of the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    return {"demonstration": settings.DEMONSTRATION, "partner_name": settings.PARTNER_NAME}
