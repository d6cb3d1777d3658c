from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "partnercenter.applications"
    label = "applications"
    verbose_name = _("Applications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from activitylog import events
        from partnercenter.applications.events import DOCUMENTED, ApplicationActivity
        from partnercenter.applications.keys import load_keys_once
        from partnercenter.applications.redirects import compare_redirects_here

        events.register(ApplicationActivity, DOCUMENTED)
        load_keys_once()
        compare_redirects_here()
