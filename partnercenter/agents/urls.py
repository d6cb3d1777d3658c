"""Sign-in under our own addresses. The names are those that django-allauth looks up."""

from django.urls import path

from partnercenter.agents import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("inactive/", views.inactive, name="account_inactive"),
    path("confirm-password/", views.reauthenticate, name="account_reauthenticate"),
    path("change-password/", views.change_password, name="account_change_password"),
]
