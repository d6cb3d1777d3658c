"""What is recorded of the log itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LogActivity(models.TextChoices):
    EXPORT = "export_activity_log", _("Export Activity Log")
