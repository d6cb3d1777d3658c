"""Sessions of customers' users in the portal: ending them all."""

from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import CustomerUser
from customers.operations.locking import locked
from partnercenter.authority import act


@act("customers.delete_signinlink")
def sign_out_customer_user(*, user: CustomerUser, by: Actor) -> None:
    """Ends every session of the user in the portal; links that wait stay open.

    Users do it themselves, or agents for them where a session is in the wrong hands.
    """
    customer = locked(user.customer)
    user = CustomerUser.objects.get(pk=user.pk)
    user.session_epoch += 1
    user.save(update_fields=["session_epoch"])
    record(
        CustomerActivity.SIGN_OUT_CUSTOMER_USER,
        resource_type="customer_user",
        resource_id=str(user.pk),
        customer=customer.affected,
        new={"user_principal_name": user.user_principal_name},
        by=by,
    )
