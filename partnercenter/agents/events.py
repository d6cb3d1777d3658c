"""What is recorded of agents."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog.events import Documented


class AgentActivity(models.TextChoices):
    CREATE = "create_partner_user", _("Create Partner User")
    UPDATE = "update_partner_user", _("Update Partner User")
    CHANGE_ROLES = "change_partner_user_roles", _("Change Partner User Roles")
    SET_PASSWORD = "set_partner_user_password", _("Set Partner User Password")
    DEACTIVATE = "deactivate_partner_user", _("Deactivate Partner User")
    REACTIVATE = "reactivate_partner_user", _("Reactivate Partner User")
    ADD_SECOND_FACTOR = "add_second_factor", _("Add Second Factor")
    REMOVE_SECOND_FACTOR = "remove_second_factor", _("Remove Second Factor")
    GENERATE_RECOVERY_CODES = "generate_recovery_codes", _("Generate Recovery Codes")
    SIGN_OUT_EVERYWHERE = "sign_out_everywhere", _("Sign Out Everywhere")


UPDATED = Documented("update_partner_user", "partner_user")
DOCUMENTED = {
    **dict.fromkeys(AgentActivity, UPDATED),
    AgentActivity.CREATE: Documented("create_partner_user", "partner_user"),
    AgentActivity.DEACTIVATE: Documented("remove_partner_user", "partner_user"),
}
