"""What every page knows of the installation."""

from django.conf import settings
from django.http import HttpRequest


def installation(request: HttpRequest) -> dict[str, object]:
    return {
        "demonstration": settings.DEMONSTRATION,
        "partner_name": settings.PARTNER_NAME,
        "partner_email": settings.PARTNER_CONTACT_EMAIL,
        "partner_phone": settings.PARTNER_CONTACT_PHONE,
    }
