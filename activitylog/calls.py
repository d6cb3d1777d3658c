"""Calls of programs that did several things of one kind, each with a record, as one.

Deleting a policy turns off every switch of a customer, and an order can be of many licenses; the
log has a record of each. Partner Center has one audit record for each call, so programs are shown
the last one, together with what was so before the first.
"""

from typing import TYPE_CHECKING, Any

from django.db.models import Case, Exists, OuterRef, Q, Subquery, When

from activitylog import events

if TYPE_CHECKING:
    from activitylog.models import ActivityRecord, ActivityRecordQuerySet


def by_call(records: "ActivityRecordQuerySet") -> "ActivityRecordQuerySet":
    """The last record of each call, with `call_number` and `call_old`: the number of its first
    record, and what was so before it. Both are None for what is never more than one.
    """
    together = Q(action__in=events.one_a_call()) & ~Q(request_id="")
    first = _of_the_same_call(records.model).filter(number__lte=OuterRef("number"))
    first = first.exclude(_beside(records.model, -1)).order_by("-number")
    return records.exclude(together & _beside(records.model, 1)).annotate(
        call_number=Case(When(together, then=Subquery(first.values("number")[:1]))),
        call_old=Case(When(together, then=Subquery(first.values("old")[:1]))),
    )


def call_of(record: "ActivityRecord") -> "ActivityRecord":
    """The record that stands for the call of this one, as `by_call` shows it."""
    names = ("request_id", "customer_id", "resource_type")
    same_call = {name: getattr(record, name) for name in names}
    following = by_call(type(record).objects.filter(number__gte=record.number))
    if record.action not in events.one_a_call() or not record.request_id:
        return following.get(number=record.number)
    found = following.filter(action__in=events.one_a_call(), **same_call)
    return found.order_by("number")[0]


def _of_the_same_call(model: type["ActivityRecord"]) -> Any:
    return model.objects.filter(
        action__in=events.one_a_call(),
        resource_type=OuterRef("resource_type"),
        request_id=OuterRef("request_id"),
        customer_id=OuterRef("customer_id"),
    )


def _beside(model: type["ActivityRecord"], step: int) -> Exists:
    """Whether the next record (1), or the one before (-1), is of the same call: the log is locked
    until an act is committed, so what one call records is never interrupted. About the same thing
    again, it is another call under the same id.
    """
    beside = _of_the_same_call(model).filter(number=OuterRef("number") + step)
    return Exists(beside.exclude(resource_id=OuterRef("resource_id")))
