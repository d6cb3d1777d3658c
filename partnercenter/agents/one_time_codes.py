"""A code of an authenticator app counts once (RFC 6238, section 5.2).

django-allauth accepts a code for three periods of half a minute and remembers it for one. Here the
period that it is of is remembered for as long as its code is accepted, however it is written, and
from the moment when the app is set up with it.
"""

from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal import auth
from allauth.mfa.utils import decrypt
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from partnercenter.typed import CodeField


class SetUpAppForm(ActivateTOTPForm):
    code = CodeField(label=_("Authenticator code"))

    def clean_code(self) -> str:
        """The code with which the app shows that it is set up is used up by that."""
        code = str(super().clean_code())
        if not _use_up(code, secret=self.secret, agent_id=self.user.pk):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SecondStepForm(AuthenticateForm):
    code = CodeField()


class ConfirmCodeForm(ReauthenticateForm):
    code = CodeField()


def accept_codes_once() -> None:
    """Makes django-allauth ask here whether a code is right."""

    def validate_code(self: auth.TOTP, code: str) -> bool:
        secret = decrypt(self.instance.data["secret"])
        return _use_up(code, secret=secret, agent_id=self.instance.user_id)

    auth.TOTP.validate_code = validate_code  # type: ignore[method-assign]


def _use_up(code: str, *, secret: str, agent_id: Any) -> bool:
    """Whether the code is right and was not used before. It is used from now on."""
    return any(
        compare_user_code(actual=code, expected=auth.format_hotp_value(value))
        and cache.add(f"partnercenter.totp.used:{agent_id}:{period}", "", timeout=_accepted_for())
        for period in auth.yield_hotp_counters_from_time()
        for value in [auth.hotp_value(secret, period)]
    )


def _accepted_for() -> int:
    """Seconds from the first moment at which a code is accepted to the last."""
    return int(app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1))
