"""The first lock of every act on a customer."""

from customers.models import Customer


def locked(customer: Customer) -> Customer:
    """The customer, freshly read and held until the transaction ends.

    NO KEY UPDATE leaves inserts that refer to the customer free to proceed.
    """
    return Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
