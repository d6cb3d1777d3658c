from django.urls import path

from partnercenter.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new/", views.new_webhook, name="new_webhook"),
    path("<uuid:webhook_id>/", views.webhook, name="webhook"),
    path("<uuid:webhook_id>/edit/", views.edit_webhook, name="edit_webhook"),
    path("<uuid:webhook_id>/active/", views.webhook_active, name="webhook_active"),
    path("<uuid:webhook_id>/secret/", views.webhook_secret, name="webhook_secret"),
    path("<uuid:webhook_id>/delete/", views.delete_webhook, name="delete_webhook"),
    path("<uuid:webhook_id>/deliveries/<uuid:delivery_id>/resend/", views.resend, name="resend"),
]
