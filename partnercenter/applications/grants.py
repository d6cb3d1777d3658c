"""What becomes of the tokens of a grant: refresh tokens that stay, or are replaced, and the end.

The secret of an application protects its refresh tokens, and one that is stored once is sent again
at each run: so does the Secure Application Model of Microsoft, whose endpoint leaves the old one
valid. Public clients have no secret, so each refresh token of theirs is replaced by its use, and
one that comes back later was stolen from somebody (RFC 9700, section 4.14.2).

https://learn.microsoft.com/entra/identity-platform/refresh-tokens
"""

import datetime as dt
import secrets
from typing import Any

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Token
from django.db import transaction
from django.utils import timezone

from activitylog.recording import System
from partnercenter.applications.models import Application, Descent, Grant
from partnercenter.applications.operations import end_grant

GRACE = dt.timedelta(minutes=1)  # in which an answer that got lost is asked for again
RANDOM_BYTES = 64


class Reused(Exception):
    """A code or a refresh token was used again that was good for one use: the grant has to end."""

    def __init__(self, grant: Grant, what: str) -> None:
        super().__init__(what)
        self.grant, self.what = grant, what


def begin(grant: Grant, answer: dict[str, Any]) -> None:
    """The tokens of the answer are the first ones of the grant."""
    _descend(grant, answer["access_token"], answer["refresh_token"])


def refresh(sent: str, *, application: Application, answer: dict[str, Any]) -> None:
    """Lets the refresh token that was sent live on, or puts a new one in its place in the answer.

    Raises Reused for one that was replaced before, unless the answer that brought the new one
    seems to have been lost.
    """
    token = Token.objects.select_related("descent__grant").get(
        pk__in=Token.objects.by_value(sent).filter(type=Token.Type.REFRESH_TOKEN)
    )
    descent: Descent | None = getattr(token, "descent", None)
    if not application.is_public:
        _live_on(token)
    else:
        assert descent is not None  # noqa: S101 (public clients get tokens by codes alone)
        _replace(descent)
        answer["refresh_token"] = _successor_of(token)
    if descent is not None:
        _descend(descent.grant, answer["access_token"], answer["refresh_token"])
    answer["refresh_expires_in"] = app_settings.REFRESH_TOKEN_EXPIRES_IN


def end_reused(reused: Reused) -> None:
    """Ends the grant in a transaction of its own, since the request itself comes to nothing."""
    with transaction.atomic():
        end_grant(grant=reused.grant, reason=reused.what, by=System())


def end_of_one_used_now() -> dt.datetime:
    """When a refresh token ends that is used, or given, at this moment."""
    return timezone.now() + dt.timedelta(seconds=app_settings.REFRESH_TOKEN_EXPIRES_IN)


def forget_old_grants() -> int:
    """Deletes grants of which nothing is left; returns how many."""
    codes_live = dt.timedelta(seconds=app_settings.AUTHORIZATION_CODE_EXPIRES_IN)
    old = Grant.objects.filter(descents=None, created_at__lt=timezone.now() - codes_live)
    deleted, _models = old.delete()
    return deleted


def _live_on(token: Token) -> None:
    token.expires_at = end_of_one_used_now()
    token.save(update_fields=["expires_at"])


def _replace(descent: Descent) -> None:
    """Marks it and whatever else waits in its grant, such as a token whose answer got lost.

    A token that was replaced less than a minute ago comes again when the answer got lost, and then
    nothing newer was used. Raises Reused in any other case.
    """
    now = timezone.now()
    family = Descent.objects.filter(grant=descent.grant, token__type=Token.Type.REFRESH_TOKEN)
    if descent.replaced_at is None:
        family.filter(replaced_at=None).update(replaced_at=now)
        return
    newer_was_used = family.filter(replaced_at__gt=descent.replaced_at).exists()
    if newer_was_used or now - descent.replaced_at > GRACE:
        raise Reused(descent.grant, "refresh_token_reused")


def _successor_of(token: Token) -> str:
    value = secrets.token_urlsafe(RANDOM_BYTES)
    successor = Token(
        type=Token.Type.REFRESH_TOKEN,
        client_id=token.client_id,
        user_id=token.user_id,
        data=token.data,
        scopes=token.scopes,
        expires_at=end_of_one_used_now(),
    )
    successor.set_value(value)
    successor.save()
    return value


def _descend(grant: Grant, *values: str) -> None:
    """The tokens with these values come of the grant, those included that did before."""
    hashes = [hashed.hash for hashed in map(_hashed, values)]
    found = Token.objects.filter(client_id=grant.application_id, hash__in=hashes)
    descents = [Descent(token=token, grant=grant) for token in found]
    Descent.objects.bulk_create(descents, ignore_conflicts=True)


def _hashed(value: str) -> Token:
    token = Token()
    token.set_value(value)
    return token
