"""The demonstration can be seeded at any time of day: no act falls on the day after its own."""

import datetime as dt

import pytest
from django.test import override_settings

from activitylog.models import ActivityRecord
from customers.management.commands.seed_demo import RECORDS, seed


@pytest.mark.django_db
@override_settings(DEMONSTRATION=True)
def test_an_hour_before_midnight_it_has_as_many_records_none_of_them_to_come() -> None:
    now = dt.datetime(2026, 11, 22, 22, 54, tzinfo=dt.UTC)
    seed(now)

    assert ActivityRecord.objects.count() == RECORDS
    assert ActivityRecord.objects.latest("number").at <= now
