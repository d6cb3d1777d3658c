"""Sign-in and what belongs to it: django-allauth's views, each marked here."""

from typing import Any, cast

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from partnercenter.access import open_to_agents, open_to_everyone
from partnercenter.agents.adapter import login_attempts_key
from partnercenter.agents.demonstration import demonstration_accounts
from partnercenter.agents.rate_limits import OF_VIEWS, longest_wait
from partnercenter.errors import wait_in_words
from partnercenter.logs import note_refusal
from partnercenter.operations import Refused

FORM_METHODS = ("GET", "HEAD", "POST")
TOO_MANY = {"too_many_login_attempts", "rate_limited"}


def limited(request: HttpRequest, response: HttpResponse, form: Any) -> HttpResponse:
    """The answer, not rendered yet, with 429, Retry-After and a sentence that tells the wait, if
    the form says that there were too many.
    """
    errors = [error for field in form.errors.as_data().values() for error in field]
    too_many = [error for error in errors if error.code in TOO_MANY]
    if too_many:
        seconds = longest_wait(request, _limits(request, form)) or 1
        response.status_code = 429
        response["Retry-After"] = str(seconds)
        for error in too_many:
            error.message, error.params = wait_in_words(seconds), None
    return response


def _limits(request: HttpRequest, form: Any) -> list[tuple[str, str | None]]:
    """What may have refused the form: failures of a name or an agent, and views as a whole."""
    agent = getattr(form, "user", None)
    keys = [login_attempts_key(request, form.data.get("login", ""))]
    if agent and agent.pk:
        keys.append(f"mfa-auth-user-{agent.pk}")  # as allauth's check_rate_limit writes it
    return [*(("login_failed", key) for key in keys), *((action, None) for action in OF_VIEWS)]


class SignInView(allauth_views.LoginView):
    def form_invalid(self, form: Any) -> HttpResponse:
        return limited(self.request, super().form_invalid(form), form)

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
