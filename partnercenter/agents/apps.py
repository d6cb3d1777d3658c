from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AgentsConfig(AppConfig):
    name = "partnercenter.agents"
    label = "agents"
    verbose_name = _("Agents")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from activitylog import events
        from partnercenter import checks, furniture, session_clock  # noqa: F401 (registers the checks)
        from partnercenter.agents.events import DOCUMENTED, AgentActivity
        from partnercenter.agents.one_time_codes import accept_codes_once

        events.register(AgentActivity, DOCUMENTED)
        accept_codes_once()
        post_migrate.connect(furniture.put_back, dispatch_uid="furniture")
        user_logged_in.connect(
            lambda request, **_: session_clock.start(request.session),
            weak=False,
            dispatch_uid="session-clock",
        )
