"""Where webhooks may be sent to."""

from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from partnercenter.webhooks.networks import is_forbidden_literal


def validate_receiver(url: str) -> None:
    """Raises ValidationError for anything but an address that begins with https, and has neither a
    name or password nor a fragment. Where HTTPS is off, in demonstrations, http is as good.

    An IP address that webhooks may not connect to (see networks.py) is refused too.
    """
    if not _is_good(url):
        raise ValidationError(
            _(
                "Enter an address that begins with %(schemes)s, with a host, without a user name "
                "or password, and without a part after “#”."
            ),
            code="url",
            params={"schemes": " / ".join(f"{scheme}://" for scheme in _schemes())},
        )
    if is_forbidden_literal(str(urlsplit(url).hostname)):
        raise ValidationError(
            _(
                "Webhooks can't reach this network. Use a public address, or ask whoever runs the "
                "server to add the network to WEBHOOK_NETWORKS."
            ),
            code="forbidden_network",
        )


def without_query(url: str) -> str:
    """The address as records show it: what stands in a query is often a key."""
    address, mark, _query = url.partition("?")
    return f"{address}?…" if mark else address


def _schemes() -> tuple[str, ...]:
    return ("https",) if settings.HTTPS else ("https", "http")


def _is_good(url: str) -> bool:
    try:
        parts = urlsplit(url)
        (parts.hostname or "").encode("idna")  # which finds labels that are empty or too long
        sent_to = requests.Request("POST", url).prepare().url
    except (ValueError, requests.RequestException):  # a host or a port that cannot be
        return False
    is_plain = parts.username is None and parts.password is None and "#" not in url
    is_clean = not any(character.isspace() or character == "\\" for character in url)
    is_reachable = bool(parts.hostname) and bool(sent_to) and parts.port != 0
    return parts.scheme in _schemes() and is_plain and is_clean and is_reachable
