"""Authorization codes, beside django-allauth's own store of them.

allauth keeps what a code stands for in the cache, where whoever ends an agent's tokens would not
find it. So each code is also a token of its own kind: whatever ends tokens ends codes, and a code
is used up in the transaction of the tokens that it gives.
"""

from datetime import timedelta

from allauth.idp.oidc import app_settings
from allauth.idp.oidc.models import Token
from django.utils import timezone

from partnercenter.agents.models import Agent
from partnercenter.applications.models import Application


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


def use_up_code(code: str, *, application: Application) -> bool:
    """Whether it still counted. It does not from now on."""
    kept = Token.objects.valid().by_value(code)
    deleted, _models = kept.filter(
        type=Token.Type.AUTHORIZATION_CODE, client_id=application.pk
    ).delete()
    return deleted > 0
