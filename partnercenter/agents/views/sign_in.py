"""Sign-in and what belongs to it: django-allauth's views, each marked here."""

from typing import Any, cast

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _

from partnercenter.access import open_to_agents, open_to_everyone
from partnercenter.agents.demonstration import demonstration_accounts
from partnercenter.errors import RETRY_AFTER_SECONDS
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused

FORM_METHODS = ("GET", "HEAD", "POST")
TOO_MANY = {"too_many_login_attempts", "rate_limited"}


def limited(response: HttpResponse, form: Any) -> HttpResponse:
    """The answer with 429 and Retry-After, if the form says that there were too many."""
    errors = [error for field in form.errors.as_data().values() for error in field]
    if any(error.code in TOO_MANY for error in errors):
        response.status_code = 429
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


class SignInView(allauth_views.LoginView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return limited(super().form_invalid(form), form)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        accounts = demonstration_accounts() if settings.DEMONSTRATION else []
        return {**super().get_context_data(**kwargs), "demonstration_accounts": accounts}


class ChangePasswordView(allauth_views.PasswordChangeView):
    def form_valid(self, form: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except Refused as refusal:
            note_refusal(refusal.code)
            form.add_error("oldpassword", str(refusal))
            return cast("HttpResponse", self.form_invalid(form))
        messages.success(self.request, _("Your password was changed."))
        return response


sign_in = open_to_everyone(reason="strangers sign in here", methods=FORM_METHODS)(
    SignInView.as_view()
)
sign_out = open_to_everyone(reason="signing out twice is no error", methods=FORM_METHODS)(
    allauth_views.logout
)
inactive = open_to_everyone(reason="tells a deactivated agent so")(allauth_views.account_inactive)
reauthenticate = open_to_agents(methods=FORM_METHODS)(allauth_views.reauthenticate)
change_password = open_to_agents(methods=FORM_METHODS)(ChangePasswordView.as_view())
