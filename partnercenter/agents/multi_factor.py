"""Where django-allauth's second factors are made to fit: their words, and how secrets are kept."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partnercenter.one_line import one_line
from partnercenter.sealing import SealedOtherwise, seal, unseal

logger = logging.getLogger(__name__)
NAME_LENGTH = 60
PURPOSE = "partnercenter.agents.multi_factor"


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy(
            "This was not accepted. Codes change every half minute and count once: wait for the "
            "next one and try again."
        ),
        "cannot_generate_recovery_codes": gettext_lazy(
            "Recovery codes stand in for a second factor. Set one up first."
        ),
    }

    def encrypt(self, text: str) -> str:
        """What is kept of an app's secret and of recovery codes is of no use without SECRET_KEY."""
        return seal(text, purpose=PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; a random one, which no code fits, if it was kept under another SECRET_KEY."""
        try:
            return unseal(encrypted_text, purpose=PURPOSE)
        except SealedOtherwise:
            logger.error("A second factor was kept under another SECRET_KEY and fits no code.")
            return generate_totp_secret()

    def generate_authenticator_name(self, user: Any, type: Authenticator.Type) -> str:  # noqa: A002
        """A name for a new passkey, until the agent thinks of a better one."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)s") % {"number": number} if number > 1 else _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Passkeys belong to the host name, and show the installation's own name."""
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": settings.PARTNER_NAME}


class NameField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return one_line(super().to_python(value) or "")


def _name() -> NameField:
    return NameField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("By which you tell it from your other passkeys."),
    )


class CredentialField(forms.JSONField):
    """What a device answered: an object, no deeper and with no longer numbers than are read."""

    def to_python(self, value: Any) -> Any:
        try:
            credential = super().to_python(value)
        except (RecursionError, ValueError):
            credential = None
        if not isinstance(credential, dict):
            raise SecondFactorAdapter().validation_error("incorrect_code")
        return credential

    def bound_data(self, data: Any, initial: Any) -> Any:
        """An answer counts once and is never written back into the form."""
        return initial


@contextmanager
def _malformed_is_refused() -> Iterator[None]:
    """The libraries trip over an answer that no device gives in many ways; here it is refused."""
    try:
        yield
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise SecondFactorAdapter().validation_error("incorrect_code") from error


def _credential() -> CredentialField:
    return CredentialField(widget=forms.HiddenInput)


class AddPasskeyForm(AddWebAuthnForm):
    name = _name()
    credential = _credential()
    passwordless = forms.BooleanField(
        label=gettext_lazy("Sign in with it alone, without the password"),
        required=False,
        initial=True,
        help_text=gettext_lazy(
            "The device then asks for a fingerprint, a face or a PIN. Without this the passkey "
            "is asked for after the password."
        ),
    )

    def clean(self) -> Any:
        with _malformed_is_refused():
            return super().clean()


class RenamePasskeyForm(EditWebAuthnForm):
    name = _name()


class SecondStepPasskeyForm(AuthenticateWebAuthnForm):
    credential = _credential()

    def clean_credential(self) -> Authenticator:
        with _malformed_is_refused():
            return super().clean_credential()


class ConfirmPasskeyForm(ReauthenticateWebAuthnForm):
    credential = _credential()

    def clean_credential(self) -> Authenticator:
        with _malformed_is_refused():
            return super().clean_credential()


class PasskeySignInForm(LoginWebAuthnForm):
    credential = _credential()

    def clean_credential(self) -> Authenticator:
        """Demonstration agents are nobody outside their mode, with a passkey too."""
        with _malformed_is_refused():
            authenticator = super().clean_credential()
        if not authenticator.user.exists_here:
            raise SecondFactorAdapter().validation_error("incorrect_code")
        return authenticator
