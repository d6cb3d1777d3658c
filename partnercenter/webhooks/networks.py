"""Which addresses webhooks may connect to.

A webhook's address is typed by an agent and connected to by the server, which reaches networks
that the agent doesn't (OWASP Server-Side Request Forgery Prevention Cheat Sheet). Public addresses
are open; others only where the setting `WEBHOOK_NETWORKS` lists them.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings

Address = IPv4Address | IPv6Address

# Where machines of cloud providers get their credentials. No setting opens these.
METADATA_SERVICES = tuple(
    ip_network(network)
    for network in (
        "169.254.0.0/16",  # link-local: AWS, Azure, Google Cloud, and most others
        "fe80::/10",
        "fd00:ec2::/32",  # AWS
        "fd20:ce::254/128",  # Google Cloud
        "100.100.100.200/32",  # Alibaba Cloud
        "168.63.129.16/32",  # Azure
        "192.0.0.192/32",  # Oracle Cloud
    )
)
NAT64 = ip_network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """The host is at an address that webhooks may not connect to."""


def permitted_addresses(host: str, port: int) -> list[str]:
    """The addresses of the host, in the order in which to try them.

    Raises ForbiddenAddress if one of them isn't permitted, and OSError where the name is unknown.
    Connect to what comes back, and not to the name, which may lead elsewhere a moment later.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(map(is_permitted, addresses)):
        raise ForbiddenAddress(host)
    return addresses


def is_forbidden_literal(host: str) -> bool:
    """Whether the host is itself an address, or this machine, that isn't permitted.

    Asks no name server: what a name leads to is looked at when it's connected to.
    """
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        name = "127.0.0.1"
    try:
        found = socket.getaddrinfo(name, None, flags=socket.AI_NUMERICHOST)
    except OSError:
        return False
    return not all(is_permitted(str(entry[4][0])) for entry in found)


def is_permitted(text: str) -> bool:
    """Whether webhooks may connect to the address."""
    address = _destination(ip_address(text.partition("%")[0]))
    if any(address in network for network in METADATA_SERVICES):
        return False
    if any(address in network for network in settings.WEBHOOK_NETWORKS):
        return True
    return address.is_global and not address.is_multicast


def _destination(address: Address) -> Address:
    """The IPv4 address to which an IPv6 address leads (mapped, 6to4, NAT64); others themselves."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
