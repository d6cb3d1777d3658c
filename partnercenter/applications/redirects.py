"""Where agents are sent back to who let an application act for them."""

from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

from allauth.idp.oidc.internal.oauthlib import request_validator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

LOOPBACK = ("127.0.0.1", "::1", "localhost")


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


def is_registered(uri: str, registered: Sequence[str]) -> bool:
    """Whether it is one of the registered addresses, to the letter.

    A program on the agent's own machine listens at whatever port is free; so its port may differ
    (RFC 8252, section 7.3), and its path may be empty or “/”, which are the same (RFC 3986, section
    6.2.3). Microsoft's libraries listen at http://localhost with such a port:
    https://learn.microsoft.com/entra/identity-platform/reply-url#localhost-exceptions
    """
    try:
        here = _on_own_machine(uri)
        return uri in registered or (here is not None and here in map(_on_own_machine, registered))
    except ValueError:
        return False


def _on_own_machine(uri: str) -> str | None:
    """The address without its port, as those on the agent's machine are compared; None for others.

    Raises ValueError for a port that is no number.
    """
    parts = urlsplit(uri)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.geturl() != uri:
        return None
    return parts._replace(netloc=_without_port(parts), path=parts.path or "/").geturl()


def _without_port(parts: SplitResult) -> str:
    """What stands before the path; `port` raises ValueError for one that is no number."""
    return parts.netloc if parts.port is None else parts.netloc.rpartition(":")[0]


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address, as a content security policy names them."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def compare_redirects_here() -> None:
    """Makes django-allauth ask `is_registered`: its own rule knows no localhost."""

    def is_allowed(uri: str, allowed_uris: list[str], allow_uri_wildcards: bool) -> bool:  # noqa: FBT001
        return is_registered(uri, allowed_uris)

    request_validator.is_redirect_uri_allowed = is_allowed  # type: ignore[attr-defined]
