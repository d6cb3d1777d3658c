from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ActivityLogConfig(AppConfig):
    name = "activitylog"
    verbose_name = _("Activity log")

    def ready(self) -> None:
        from activitylog import events
        from activitylog.activities import LogActivity

        events.register(LogActivity)
