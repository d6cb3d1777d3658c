"""Buying a reservation: by the customer, or on the customer's behalf."""

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from activitylog import clock
from activitylog.digest import canonical
from activitylog.models import ActivityRecord, Status
from activitylog.recording import Actor, record
from customers.events import CustomerActivity
from customers.models import (
    Customer,
    CustomerUser,
    Order,
    OrderItem,
    PurchaseForm,
    Reservation,
    ReservationProduct,
)
from customers.money import Money
from customers.operations.locking import hold_log, locked
from customers.operations.orders import place_order, reserve
from customers.operations.purchase_rules import Purchase, refuse_bad_shape, why_no_purchase
from customers.pricing import price_of, today
from partnercenter.authority import act
from partnercenter.operations import Refused

RESOURCE_TYPE = "order"
REFUSALS_AN_HOUR = 10  # that are recorded of one customer's user


@dataclass(frozen=True, slots=True)
class Bought:
    """The order of a purchase; the same one, however often its form is confirmed."""

    order: Order


@act("customers.add_order")
def buy_reservation(*, customer: Customer, purchase: Purchase, by: Actor) -> Bought | Refused:
    """Buys a reservation for the customer, in one transaction with its order and its record.

    Where `why_no_purchase` says no, that refusal is returned, and one record with the status
    “failed” is committed for each form. A customer's user who was refused often within the last
    hour gets it raised, and nothing is stored: nobody fills the log from outside.

    Raises Refused for what no form of ours sends: a quantity or a billing that is not offered,
    another currency, a form that was used for something else.
    """
    customer = locked(customer)
    form = _form(customer, purchase, by)
    if form.order:
        return Bought(form.order)
    refuse_bad_shape(customer, purchase)
    hold_log()  # no price changes between being compared and the record of the purchase
    refusal = why_no_purchase(customer, purchase, by)
    if refusal and _was_refused_often(by):
        raise refusal
    if refusal:
        _record_failure(form, purchase, refusal, by)
        return refusal
    form.order = _buy(customer, purchase, by)
    form.save()
    return Bought(form.order)


@act("customers.add_order")
def buy_reservation_at_todays_price(
    *,
    customer: Customer,
    product: ReservationProduct,
    wanted: Callable[[Money], Purchase],
    by: Actor,
) -> Bought | Refused:
    """The same for programs, which confirm no review: at whatever price is in force.

    `wanted` makes the purchase of a unit price, which is read once no price can change before the
    purchase is recorded. Raises Refused (no_price) too, for a product that isn't on sale.
    """
    customer = locked(customer)
    hold_log()
    price = price_of(product, customer, today())
    if price is None:
        raise Refused(_("This product has no price today. Choose another one."), code="no_price")
    return buy_reservation(customer=customer, purchase=wanted(price.unit), by=by)


def _form(customer: Customer, purchase: Purchase, by: Actor) -> PurchaseForm:
    """What is stored of the form, or a new one. Raises Refused for one with other choices."""
    fingerprint = hashlib.sha256(canonical(purchase.facts)).hexdigest()
    form, _created = PurchaseForm.objects.get_or_create(
        customer=customer,
        buyer_id=by.actor_id,
        key=purchase.key,
        defaults={"fingerprint": fingerprint},
    )
    if form.fingerprint != fingerprint:
        raise Refused(
            _("This form was used for another purchase. Start from the product again."),
            code="form_used",
        )
    return form


def _was_refused_often(by: Actor) -> bool:
    """Whether enough refusals of the customer's user are recorded for this hour."""
    if not isinstance(by, CustomerUser):
        return False
    failed = ActivityRecord.objects.filter(actor_id=by.actor_id, status=Status.FAILED)
    recorded = failed.order_by("-number").values_list("at", flat=True)[:REFUSALS_AN_HOUR]
    oldest = list(recorded)[REFUSALS_AN_HOUR - 1 :]
    return bool(oldest) and oldest[0] > clock.now() - dt.timedelta(hours=1)


def _record_failure(form: PurchaseForm, purchase: Purchase, refusal: Refused, by: Actor) -> None:
    """One record for each form, however often it is confirmed."""
    if form.failed_record is not None:
        return
    written = record(
        CustomerActivity.CREATE_ORDER,
        resource_type=RESOURCE_TYPE,
        resource_id="",
        customer=form.customer.affected,
        new={**purchase.facts, "refused": refusal.code},
        status=Status.FAILED,
        by=by,
    )
    form.failed_record = written.number
    form.save()


def _buy(customer: Customer, purchase: Purchase, by: Actor) -> Order:
    order = Order(
        customer=customer,
        billing_cycle=purchase.billing_cycle,
        currency=purchase.unit_price.currency,
    )
    reservation = Reservation(scope=purchase.scope)
    written = record(
        CustomerActivity.CREATE_ORDER,
        resource_type=RESOURCE_TYPE,
        resource_id=str(order.pk),
        customer=customer.affected,
        new={**purchase.facts, "reservation": str(reservation.pk)},
        by=by,
    )
    item = order_item(purchase)
    place_order(order=order, items=[item], written=written, by=by)
    reserve(reservation=reservation, item=item, starts_at=written.at)
    return order


def order_item(purchase: Purchase) -> OrderItem:
    """The line of an order that buys what was confirmed."""
    return OrderItem(
        friendly_name=purchase.product.friendly_name,
        subscription_id=purchase.subscription_id,
        product=purchase.product,
        term=purchase.product.term,
        quantity=purchase.quantity,
        unit_amount=purchase.unit_price.amount,
        amount=purchase.total.amount,
    )
