"""What varies comes from the environment, and a mistake there stops the start."""

import os
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


def env_str(name: str, default: str) -> str:
    """The variable's text, or the default where it is not set."""
    return os.environ.get(name, default)


def env_bool(name: str, *, default: bool) -> bool:
    """1/true/yes/on or 0/false/no/off in any case; else an error that names the variable."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value.lower() not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not “{value}”.")
    return value.lower() in TRUE


def env_int(name: str, default: int, *, at_least: int = 0) -> int:
    """A whole number not below `at_least`; anything else is an error that names the variable."""
    value = os.environ.get(name, str(default))
    if not value.isascii() or not value.isdigit() or int(value) < at_least:
        raise ImproperlyConfigured(
            f"{name} must be a whole number from {at_least} up, not “{value}”."
        )
    return int(value)


def env_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """One of the choices; anything else is an error that names the variable and them."""
    value = os.environ.get(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not “{value}”.")
    return value


def env_list(name: str) -> list[str]:
    """Items separated by commas; empty where the variable is not set."""
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def env_networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Networks such as 10.1.0.0/16, separated by commas; empty where the variable is not set."""
    try:
        return [ip_network(network) for network in env_list(name)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name} must be networks such as 10.1.0.0/16, separated by commas: {error}."
        ) from error


def env_site(name: str) -> str:
    """Where a site begins, such as “https://example.com”, without a slash at its end.

    Empty where the variable is not set; a path, or anything else than http and https, is an error.
    """
    value = os.environ.get(name, "").rstrip("/")
    try:
        parts = urlsplit(value)
        is_site = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        is_site = False
    if value and not (is_site and value == f"{parts.scheme}://{parts.netloc}"):
        raise ImproperlyConfigured(
            f"{name} must be an address such as https://example.com, not “{value}”."
        )
    return value


def env_guid(name: str, default: str) -> str:
    """A GUID in small letters, or the default where the variable is not set."""
    value = os.environ.get(name, default)
    try:
        return str(UUID(value))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a GUID, not “{value}”.") from error


def env_secret(name: str, *, optional: bool = False) -> str:
    """The secret itself in `NAME`, or the path of a file that holds it in `NAME_FILE`.

    An error where there is none; an empty text if it is optional.
    """
    path = os.environ.get(f"{name}_FILE")
    secret = Path(path).read_text().strip() if path else os.environ.get(name, "")
    if not secret and not optional:
        raise ImproperlyConfigured(
            f"Set {name} to a long random text, or {name}_FILE to the path of a file with one."
        )
    return secret
