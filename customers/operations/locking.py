"""The first lock of every act."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from activitylog.models import ActivityHead
from customers.models import Customer
from partnercenter.operations import Refused


def locked(customer: Customer) -> Customer:
    """The customer, freshly read and held until the transaction ends.

    NO KEY UPDATE leaves inserts that refer to the customer free to proceed.
    """
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)


def locked_customers(customer_ids: Iterable[UUID]) -> list[Customer]:
    """Several customers, held in the order of their keys, so that two such acts never wait in a
    circle.
    """
    wanted = Customer.objects.filter(pk__in=set(customer_ids)).order_by("pk")
    return list(wanted.select_for_update(no_key=True))


def locked_reseller_customer(customer: Customer) -> Customer:
    """The same, for what is only done for a customer to whom the partner sells.

    Raises Refused (no_relationship) once the reseller relationship was removed.
    """
    held = locked(customer)
    if not held.is_reseller_customer:
        raise no_relationship()
    return held


def hold_log() -> None:
    """For acts on what belongs to no customer, such as prices: they wait for each other here, and
    so do purchases, so that a price is the one in force in the order of the log too.

    It is the log's head, which `record()` holds too; nothing else may be locked after it. What was
    read before may be out of date, so read after it what is to be replaced.
    """
    ActivityHead.objects.select_for_update(no_key=True).get()


def no_relationship() -> Refused:
    return Refused(
        _(
            "You have no reseller relationship with this customer any more, so nothing can be "
            "bought or changed for them."
        ),
        code="no_relationship",
    )
