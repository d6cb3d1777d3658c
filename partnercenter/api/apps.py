from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApiConfig(AppConfig):
    name = "partnercenter.api"
    label = "api"
    verbose_name = _("API")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from activitylog import events
        from partnercenter.api.events import DOCUMENTED, ApplicationActivity
        from partnercenter.api.keys import load_keys_once

        events.register(ApplicationActivity, DOCUMENTED)
        load_keys_once()
