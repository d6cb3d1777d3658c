"""Authorization codes, beside django-allauth's own store of them.

allauth keeps what a code stands for in the cache, where whoever ends an agent's tokens would not
find it. So each code is also a token of its own kind: whatever ends tokens ends codes, and a code
is used up in the transaction of the tokens that it gives.
"""

from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Token, TokenQuerySet
from django.utils import timezone

from partnercenter.agents.models import Agent
from partnercenter.applications.models import Application, Grant


def keep_code(code: str, *, application: Application, agent: Agent) -> None:
    """From now on the code counts, for as long as codes live."""
    kept = Token(
        type=Token.Type.AUTHORIZATION_CODE,
        client_id=application.pk,
        user=agent,
        expires_at=timezone.now() + timedelta(seconds=app_settings.AUTHORIZATION_CODE_EXPIRES_IN),
    )
    kept.set_value(code)
    kept.save()
    Grant.objects.create(application=application, code_hash=kept.hash)


def use_up_code(code: str, *, application: Application) -> Grant | None:
    """The grant that begins with it; None if the code no longer counted. It doesn't from now on."""
    kept = _kept(code, application).filter(pk__in=Token.objects.valid())
    deleted, _models = kept.delete()
    return _grant(code, application) if deleted else None


def grant_of_used_code(code: str, *, application: Application) -> Grant | None:
    """The grant that the code gave when it was used; None for a code that was never used."""
    return None if _kept(code, application).exists() else _grant(code, application)


def _kept(code: str, application: Application) -> TokenQuerySet:
    codes = Token.objects.by_value(code).filter(type=Token.Type.AUTHORIZATION_CODE)
    return codes.filter(client_id=application.pk)


def _grant(code: str, application: Application) -> Grant | None:
    hashed = Token(client_id=application.pk)
    hashed.set_value(code)
    return Grant.objects.filter(application=application, code_hash=hashed.hash).first()
