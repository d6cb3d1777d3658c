"""Agents' addresses. The names of sign-in and second factors are those that allauth looks up."""

from django.urls import URLPattern, URLResolver, include, path

from partnercenter.agents.views import agents, multi_factor, my_account, sign_in

signing_in = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/second-step/", multi_factor.second_step, name="mfa_authenticate"),
    path("sign-in/passkey/", multi_factor.sign_in_with_passkey, name="mfa_login_webauthn"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("inactive/", sign_in.inactive, name="account_inactive"),
    path("confirm-password/", sign_in.reauthenticate, name="account_reauthenticate"),
    path("change-password/", sign_in.change_password, name="account_change_password"),
]

second_factor = [
    path("", multi_factor.index, name="mfa_index"),
    path("confirm/", multi_factor.confirm_by_code, name="mfa_reauthenticate"),
    path("app/add/", multi_factor.add_app, name="mfa_activate_totp"),
    path("app/remove/", multi_factor.remove_app, name="mfa_deactivate_totp"),
    path("passkeys/", multi_factor.list_passkeys, name="mfa_list_webauthn"),
    path("passkeys/add/", multi_factor.add_passkey, name="mfa_add_webauthn"),
    path("passkeys/confirm/", multi_factor.confirm_by_passkey, name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", multi_factor.remove_passkey, name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/rename/", multi_factor.rename_passkey, name="mfa_edit_webauthn"),
    path("codes/", multi_factor.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "codes/generate/", multi_factor.generate_recovery_codes, name="mfa_generate_recovery_codes"
    ),
    path(
        "codes/download/", multi_factor.download_recovery_codes, name="mfa_download_recovery_codes"
    ),
]

account: list[URLPattern | URLResolver] = [
    path("", my_account.my_account, name="my_account"),
    path("language/", my_account.language, name="language"),
    path("sign-out-everywhere/", my_account.sign_out_everywhere, name="sign_out_everywhere"),
    path("second-factor/", include(second_factor)),
]

managing = [
    path("", agents.agents, name="agents"),
    path("invite/", agents.invite, name="invite"),
    path("<uuid:agent_id>/", agents.agent, name="agent"),
    path("<uuid:agent_id>/edit/", agents.edit, name="edit"),
    path("<uuid:agent_id>/active/", agents.active, name="active"),
    path("<uuid:agent_id>/one-time-password/", agents.one_time_password, name="one_time_password"),
    path("<uuid:agent_id>/second-factors/", agents.second_factors, name="second_factors"),
]

urlpatterns = [
    *signing_in,
    path("my-account/", include(account)),
    path("agents/", include((managing, "agents"))),
]
