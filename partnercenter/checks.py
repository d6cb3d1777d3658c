"""System checks: rules between settings, and views that forgot to say who may open them."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, Tags, register
from django.http.request import validate_host
from django.urls import URLPattern, URLResolver, get_resolver

from partnercenter.access import MARK
from partnercenter.patience import LIMITS, unlimited

Configs = Sequence[AppConfig] | None


@register(Tags.urls)
def every_view_is_marked(app_configs: Configs, **_kwargs: Any) -> list[CheckMessage]:
    """A view without a mark would be open to whoever is signed in; it must say so."""
    return [
        Error(
            f"The view at “{route}” bears no mark of who may open it.",
            hint="Decorate it with @requires(…), @open_to_agents(), @open_to_everyone(reason=…), "
            "or in the portal with @for_customer_users().",
            id="partnercenter.E001",
        )
        for route, pattern in url_patterns(get_resolver().url_patterns)
        if not hasattr(pattern.callback, MARK)
    ]


def url_patterns(patterns: Sequence[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every pattern below the given ones, with its whole route."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from url_patterns(pattern.url_patterns, route)
        else:
            yield route, pattern


@register(Tags.security, deploy=True)
def demonstration_is_for_one_machine(app_configs: Configs, **_kwargs: Any) -> list[CheckMessage]:
    """Demonstration mode prints its passwords on the sign-in page."""
    if not settings.DEMONSTRATION:
        return []
    return [Error("DEMONSTRATION is on. Turn it off in production.", id="partnercenter.E002")]


@register(Tags.security, deploy=True)
def signed_in_over_https(app_configs: Configs, **_kwargs: Any) -> list[CheckMessage]:
    if settings.HTTPS:
        return []
    return [
        checks.Warning(
            "HTTPS is off: cookies and passwords travel in clear.", id="partnercenter.W003"
        )
    ]


@register(Tags.security, deploy=True)
def a_proxy_speaks_https(app_configs: Configs, **_kwargs: Any) -> list[CheckMessage]:
    """The server itself doesn't, and believes nobody's X-Forwarded-Proto but a trusted proxy's."""
    if not settings.HTTPS or settings.TRUSTED_PROXY_COUNT:
        return []
    return [
        checks.Warning(
            "HTTPS is on and no proxy is trusted: every page redirects to itself.",
            hint="Set TRUSTED_PROXY_COUNT to how many proxies are in front; see docs/nginx.conf.",
            id="partnercenter.W008",
        )
    ]


@register(Tags.database)
def the_log_is_guarded(
    app_configs: Configs, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """The triggers of the activity log are in place in each database that has the log.

    A warning, since “migrate”, which puts them back, would stop at an error.
    """
    from django.db import connections

    from activitylog import triggers

    return [
        checks.Warning(
            f"The trigger {name} is missing in the database “{alias}”: records can be changed.",
            hint="Run “manage.py migrate”, which puts it back.",
            id="partnercenter.W004",
        )
        for alias in databases or []
        if triggers.TABLE in connections[alias].introspection.table_names()
        for name in triggers.missing(connections[alias])
    ]


@register(Tags.database)
def a_pooler_leaves_the_limits_to_the_role(
    app_configs: Configs, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Behind PgBouncer the server sets no limits of its own for how long statements may take."""
    from django.db import connections

    return [
        checks.Warning(
            f"Behind the pooler of the database “{alias}” nothing limits {name}.",
            hint=f"ALTER ROLE {connections[alias].settings_dict['USER']} "
            f"SET {name} = '{LIMITS[name]}';",
            id="partnercenter.W006",
        )
        for alias in databases or []
        for name in unlimited(connections[alias])
    ]


@register(Tags.security)
def site_url_leads_here(app_configs: Configs, **_kwargs: Any) -> list[CheckMessage]:
    """Addresses in mails and webhooks begin with SITE_URL, and a wrong one leads nowhere."""
    if not settings.SITE_URL:
        return []
    parts, found = urlsplit(settings.SITE_URL), []
    if not validate_host(parts.hostname or "", settings.ALLOWED_HOSTS):
        found.append(f"The host of SITE_URL, “{parts.hostname}”, isn't one of ALLOWED_HOSTS.")
    if settings.HTTPS and parts.scheme != "https":
        found.append("HTTPS is on, but SITE_URL begins with http.")
    hint = "Addresses in mails and webhooks begin with SITE_URL."
    return [checks.Warning(sentence, hint=hint, id="partnercenter.W007") for sentence in found]


@register(Tags.database)
def demonstration_agents_are_left_over(
    app_configs: Configs, databases: Sequence[str] | None = None, **_kwargs: Any
) -> list[CheckMessage]:
    """Agents of a demonstration are powerless outside that mode, but should not be there at all."""
    from django.db import connections

    from partnercenter.agents.models import Agent

    if settings.DEMONSTRATION:
        return []
    return [
        checks.Warning(
            f"{username} is an agent of the demonstration mode.", id="partnercenter.W005"
        )
        for alias in databases or []
        if Agent._meta.db_table in connections[alias].introspection.table_names()
        for username in Agent.objects.using(alias)
        .filter(is_demonstration=True)
        .values_list("username", flat=True)
    ]
