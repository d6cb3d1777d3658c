"""What is recorded of webhooks. The API has no names for it: there they are managed by programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class WebhookActivity(models.TextChoices):
    CREATE = "create_webhook", _("Create Webhook")
    UPDATE = "update_webhook", _("Update Webhook")
    DEACTIVATE = "deactivate_webhook", _("Deactivate Webhook")
    REACTIVATE = "reactivate_webhook", _("Reactivate Webhook")
    REPLACE_SECRET = "replace_webhook_secret", _("Replace Webhook Secret")
    DELETE = "delete_webhook", _("Delete Webhook")
    RESEND = "resend_webhook_delivery", _("Resend Webhook Delivery")
