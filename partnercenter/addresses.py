"""The client's address, by one setting: how many proxies in front of us are trusted."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The client's IP address, or an empty text where none can be told.

    With TRUSTED_PROXY_COUNT = n it is the n-th entry of X-Forwarded-For from the right, the one
    that our outermost proxy wrote; what stands left of it came from the client and proves nothing.
    """
    count = settings.TRUSTED_PROXY_COUNT
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    written_by_proxy = forwarded[-count].strip() if 0 < count <= len(forwarded) else ""
    return _valid(written_by_proxy) or _valid(request.META.get("REMOTE_ADDR", ""))


def _valid(text: str) -> str:
    """The address in its usual form; a socket for both kinds writes IPv4 as ::ffff:192.0.2.1."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
