"""Where agents are sent back to who let an application act for them."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def validate_redirect_uri(uri: str) -> None:
    """Raises ValidationError for anything but https, or http on the own machine, with no fragment
    and no name or password.
    """
    try:
        parts = urlsplit(uri)
        is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
        is_plain = parts.hostname and not (parts.fragment or parts.username or parts.password)
        is_good = is_safe and is_plain and parts.port != 0 and uri == uri.strip()
    except ValueError:
        is_good = False
    if not is_good or any(character in uri for character in " \\*\"'<>;,\t\r\n"):
        raise ValidationError(
            _("“%(uri)s” is no address that an application can be at: https, without a fragment."),
            code="redirect_uri",
            params={"uri": uri},
        )


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address, as a content security policy names them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
