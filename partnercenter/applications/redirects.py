"""Where agents are sent back to who let an application act for them."""

from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")
LOOPBACK = (*LOOPBACK_ADDRESSES, "localhost")


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


def is_registered(uri: str, registered: Iterable[str]) -> bool:
    """Whether it is one of the registered addresses, to the letter.

    A program on the agent's own machine listens at whatever port is free; so its port may differ
    (RFC 8252, section 7.3).
    """
    try:
        parts = urlsplit(uri)
        return uri in registered or any(
            _is_loopback(parts)
            and parts.geturl() == uri
            and parts._replace(netloc=_without_port(parts)).geturl()
            == each._replace(netloc=_without_port(each)).geturl()
            for each in map(urlsplit, registered)
        )
    except ValueError:
        return False


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK_ADDRESSES


def _without_port(parts: SplitResult) -> str:
    """What stands before the path; `port` raises ValueError for one that is no number."""
    return parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address, as a content security policy names them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
