"""What is recorded of the applications that use the API, in the words of the API itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from activitylog.events import Documented


class ApplicationActivity(models.TextChoices):
    REGISTER = "register_application", _("Register Application")
    UPDATE = "update_application", _("Update Application")
    ADD_CREDENTIAL = "add_application_credential", _("Add Application Credential")
    DEACTIVATE = "deactivate_application", _("Deactivate Application")
    REACTIVATE = "reactivate_application", _("Reactivate Application")
    REVOKE_TOKENS = "revoke_application_tokens", _("Revoke Application Tokens")
    AUTHORIZE = "authorize_application", _("Authorize Application")
    WITHDRAW_AUTHORIZATION = "withdraw_authorization", _("Withdraw Authorization")


CREDENTIAL_REMOVED = Documented("remove_application_credential", "application_credential")
DOCUMENTED = {
    ApplicationActivity.REGISTER: Documented("register_application", "application"),
    ApplicationActivity.UPDATE: Documented(resource="application"),
    ApplicationActivity.ADD_CREDENTIAL: Documented(
        "add_application_credential", "application_credential"
    ),
    ApplicationActivity.DEACTIVATE: Documented("unregister_application", "application"),
    ApplicationActivity.REACTIVATE: Documented("register_application", "application"),
    ApplicationActivity.REVOKE_TOKENS: CREDENTIAL_REMOVED,
    ApplicationActivity.AUTHORIZE: Documented(
        "add_application_credential", "application_credential"
    ),
    ApplicationActivity.WITHDRAW_AUTHORIZATION: CREDENTIAL_REMOVED,
}
