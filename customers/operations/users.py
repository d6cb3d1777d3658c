"""The people who work at a customer: adding and removing them."""

from django.forms.models import model_to_dict

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import CustomerUser, RoleAssignment
from customers.operations.locking import locked, locked_reseller_customer
from customers.operations.role_assignments import remove_role
from partnercenter.authority import act

FACTS = ("user_principal_name", "display_name")


@act("customers.add_customeruser")
def add_customer_user(*, user: CustomerUser, by: Actor) -> CustomerUser:
    """Stores a new user of a customer; filled and unsaved. The name is kept in small letters.

    Raises ValidationError for a malformed name and for one that somebody has, and Refused
    (no_relationship).
    """
    customer = locked_reseller_customer(user.customer)
    user.user_principal_name = user.user_principal_name.lower()
    user.full_clean(exclude=["created_at"])
    written = record(
        CustomerActivity.CREATE_CUSTOMER_USER,
        resource_type="customer_user",
        resource_id=str(user.pk),
        customer=customer.affected,
        new=model_to_dict(user, FACTS),
        by=by,
    )
    user.validate_constraints(exclude={"created_at"})  # again, now that nobody else can add one
    user.created_at = written.at
    user.save(force_insert=True)
    return user


@act("customers.delete_customeruser")
def remove_customer_user(*, user: CustomerUser, by: Actor) -> None:
    """Takes the user's roles away, each with its record, and deactivates him.

    Does nothing where he is removed already. His name is free for another afterwards.
    """
    customer = locked(user.customer)
    user = CustomerUser.objects.get(pk=user.pk)
    if not user.is_active:
        return
    held = RoleAssignment.objects.filter(user=user).select_related("user", "subscription__customer")
    for assignment in held.order_by("pk"):
        remove_role(assignment=assignment, by=by)
    user.is_active = False
    user.save(update_fields=["is_active"])
    record(
        CustomerActivity.DELETE_CUSTOMER_USER,
        resource_type="customer_user",
        resource_id=str(user.pk),
        customer=customer.affected,
        old=model_to_dict(user, FACTS),
        by=by,
    )
