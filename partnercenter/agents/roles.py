"""The three roles of Partner Center, and what each may do.

Source: “Give customers permission”, section *Overview of customer permissions*: only Admin agents
turn customer permissions on or off; Sales and Helpdesk agents have read-only access. Everything
else in the code asks for a permission; the names of the roles stand here alone.
"""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMIN = "Admin agent", _("Admin agent")
    SALES = "Sales agent", _("Sales agent")
    HELPDESK = "Helpdesk agent", _("Helpdesk agent")


VIEWING_CUSTOMERS = frozenset(
    {
        "customers.view_customer",
        "customers.view_customeruser",
        "customers.view_order",
        "customers.view_purchasepermission",
        "customers.view_reservation",
        "customers.view_reservationproduct",
        "customers.view_roleassignment",
        "customers.view_subscription",
    }
)

SELLING = frozenset(
    {
        "customers.add_customer",
        "customers.add_order",
        "customers.add_subscription",
        "customers.change_billingprofile",
    }
)

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.ADMIN: VIEWING_CUSTOMERS
    | SELLING
    | {
        "activitylog.view_activityrecord",
        "agents.add_agent",
        "agents.change_agent",
        "agents.use_site_administration",
        "agents.view_agent",
        "applications.add_application",
        "applications.change_application",
        "applications.view_application",
        "customers.add_customeruser",
        "customers.add_refundterms",
        "customers.add_reservationproduct",
        "customers.add_roleassignment",
        "customers.add_signinlink",
        "customers.add_usagerecord",
        "customers.change_prices",
        "customers.change_purchasepermission",
        "customers.change_reservation",
        "customers.change_subscription",
        "customers.delete_customeruser",
        "customers.delete_roleassignment",
        "customers.delete_signinlink",
        "customers.remove_reseller_relationship",
        "customers.view_refundterms",
        "webhooks.add_webhook",
        "webhooks.change_webhook",
        "webhooks.delete_webhook",
        "webhooks.view_webhook",
    },
    Role.SALES: VIEWING_CUSTOMERS | SELLING,
    Role.HELPDESK: VIEWING_CUSTOMERS,
}


# Of whom a second factor is demanded where MULTI_FACTOR_REQUIRED is set: those who can let others
# spend the partner's money, and make agents of anybody.
NEEDING_SECOND_FACTOR = frozenset({Role.ADMIN})


def roles_granting(permission: str) -> list[Role]:
    """The roles with `app.codename`, in the order of the table; empty if no role has it."""
    return [role for role in Role if permission in PERMISSIONS[role]]


def permissions_of(names: Iterable[str]) -> set[str]:
    """What the roles with these names grant together, as `app.codename`."""
    return {permission for role in Role if role in names for permission in PERMISSIONS[role]}


def synchronise_roles() -> None:
    """Makes the groups and their permissions exactly what the table says.

    Raises LookupError for a permission that no app defines: the table has a misspelling.
    """
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type")
    }
    for role, names in PERMISSIONS.items():
        unknown = sorted(names - known.keys())
        if unknown:
            raise LookupError(f"{role.value} is given unknown permissions: {', '.join(unknown)}")
        group, _created = Group.objects.get_or_create(name=role.value)
        group.permissions.set(known[name] for name in names)


def role_labels(names: Iterable[str]) -> list[str]:
    """The roles' names in the reader's language; a name that is no role stays as it is."""
    labels = {role.value: str(role.label) for role in Role}
    return [labels.get(name, name) for name in names]
