"""Addresses for agents: API access, and what My account does with applications."""

from django.urls import include, path

from partnercenter.applications.views import applications

managing = [
    path("", applications.applications, name="applications"),
    path("new/", applications.new_application, name="new_application"),
    path("<uuid:application_id>/", applications.application, name="application"),
    path("<uuid:application_id>/edit/", applications.edit_application, name="edit_application"),
    path(
        "<uuid:application_id>/active/", applications.application_active, name="application_active"
    ),
    path(
        "<uuid:application_id>/secret/", applications.application_secret, name="application_secret"
    ),
    path(
        "<uuid:application_id>/tokens/", applications.application_tokens, name="application_tokens"
    ),
]

urlpatterns = [
    path("api-access/", include((managing, "applications"))),
    path(
        "my-account/applications/<uuid:application_id>/withdraw/",
        applications.withdraw,
        name="withdraw_authorization",
    ),
]
