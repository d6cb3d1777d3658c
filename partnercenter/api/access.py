"""Who may call an operation. Every operation bears `auth=requires_token(…)`."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from activitylog.origin import acting_through
from partnercenter.api.faults import NO_APP_ONLY, Fault
from partnercenter.api.principals import Principal, principal_of
from partnercenter.api.throttling import count_call
from partnercenter.authority import RoleNeeded


class ApiRequest(HttpRequest):
    """A request behind `requires_token`."""

    auth: Principal
    request_id: str


class BearerToken:
    """For tokens of principals with the permission `app.codename`.

    `person` demands that an agent is behind the token (App+User, as Microsoft calls it);
    `throttled` counts the call against the application's rate.
    """

    openapi_security_schema = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}

    def __init__(self, permission: str, *, person: bool, throttled: bool) -> None:
        self.permission, self.person, self.throttled = permission, person, throttled

    def __call__(self, request: HttpRequest) -> Principal:
        """The principal. Raises RoleNeeded, and Fault: 401, 403, or 429."""
        principal = principal_of(request.headers.get("Authorization", ""))
        request.auth = principal  # type: ignore[attr-defined]
        acting_through(str(principal.application.pk), principal.application.name)
        if self.throttled:
            count_call(principal.application)
        if self.person and principal.agent is None:
            raise Fault(
                403,
                NO_APP_ONLY,
                _("This resource needs an application-plus-user token: an agent has to sign in."),
            )
        if not principal.has_perm(self.permission):
            raise RoleNeeded(self.permission)
        return principal


def requires_token(permission: str, *, person: bool = False, throttled: bool = True) -> Any:
    """See BearerToken."""
    return BearerToken(permission, person=person, throttled=throttled)
