"""Second factors: django-allauth's views, each marked here, its changes recorded."""

from typing import Any

from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic.base import RedirectView

from partnercenter.access import open_to_agents, open_to_everyone
from partnercenter.agents.operations import change_second_factors
from partnercenter.agents.views.sign_in import FORM_METHODS, limited
from partnercenter.operations import Refused

INDEX = reverse_lazy("mfa_index")


class Honest:
    """Mixed into a form's view: 422 for what was not accepted, 429 where there was too much of it.

    The form is made once a request, since looking at its errors again would count them again.
    """

    def get_form(self, form_class: Any = None) -> Any:
        if not hasattr(self, "_form"):
            self._form = super().get_form(form_class)  # type: ignore[misc]
        return self._form

    def form_invalid(self, form: Any) -> HttpResponse:
        context = self.get_context_data(form=form)  # type: ignore[attr-defined]
        response = self.render_to_response(context, status=422)  # type: ignore[attr-defined]
        return limited(self.request, response, form)  # type: ignore[attr-defined]


class Recorded(Honest):
    """Mixed into a view that changes second factors: the change and its record are one."""

    def form_valid(self, form: Any) -> HttpResponse:
        agent = self.request.user  # type: ignore[attr-defined]
        change = super().form_valid  # type: ignore[misc]
        try:
            response: HttpResponse = change_second_factors(
                agent=agent, change=lambda: change(form), by=agent
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, self.sentence())  # type: ignore[attr-defined]
        return response

    def sentence(self) -> str:
        """What is said once the change is made."""
        raise NotImplementedError


class SecondStepView(base.AuthenticateView):
    """After the password: the code of the app, a passkey, or a recovery code."""

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        response.status_code = 422
        return limited(self.request, response, form)


class ConfirmByCodeView(Honest, base.ReauthenticateView):
    pass


class ConfirmByPasskeyView(Honest, webauthn.ReauthenticateWebAuthnView):
    pass


class AddAppView(Recorded, totp.ActivateTOTPView):
    def sentence(self) -> str:
        return _("The authenticator app was set up. It is asked for when you sign in.")


class RemoveAppView(Recorded, totp.DeactivateTOTPView):
    def sentence(self) -> str:
        return _("The authenticator app was removed.")


class AddPasskeyView(Recorded, webauthn.AddWebAuthnView):
    def sentence(self) -> str:
        return _("The passkey was added.")


class RemovePasskeyView(Recorded, webauthn.RemoveWebAuthnView):
    success_url = INDEX

    def sentence(self) -> str:
        return _("The passkey was removed.")


class RenamePasskeyView(Honest, webauthn.EditWebAuthnView):
    success_url = INDEX


class GenerateRecoveryCodesView(Recorded, recovery_codes.GenerateRecoveryCodesView):
    def sentence(self) -> str:
        return _("New recovery codes were made. Earlier ones do not work any more.")


class PasskeySignInView(webauthn.LoginWebAuthnView):
    def form_invalid(self, form: Any) -> HttpResponse:
        """Back to sign-in, which says so: the form of a passkey has nothing to correct."""
        messages.error(
            self.request,
            _("This passkey was not accepted. Try again, or sign in with your password."),
        )
        return redirect("account_login")


my_agents = open_to_agents()
form_of_agents = open_to_agents(methods=FORM_METHODS)

index = my_agents(base.index)
list_passkeys = my_agents(RedirectView.as_view(url=INDEX))
confirm_by_code = form_of_agents(ConfirmByCodeView.as_view())
confirm_by_passkey = form_of_agents(ConfirmByPasskeyView.as_view())
add_app = form_of_agents(AddAppView.as_view())
remove_app = form_of_agents(RemoveAppView.as_view())
add_passkey = form_of_agents(AddPasskeyView.as_view())
remove_passkey = form_of_agents(RemovePasskeyView.as_view())
rename_passkey = form_of_agents(RenamePasskeyView.as_view())
view_recovery_codes = my_agents(recovery_codes.view_recovery_codes)
generate_recovery_codes = form_of_agents(GenerateRecoveryCodesView.as_view())
download_recovery_codes = my_agents(recovery_codes.download_recovery_codes)

second_step = open_to_everyone(reason="the second step of signing in", methods=FORM_METHODS)(
    SecondStepView.as_view()
)
sign_in_with_passkey = open_to_everyone(reason="strangers sign in here", methods=FORM_METHODS)(
    PasskeySignInView.as_view()
)
