"""The registry of activities and their labels."""

import pytest
from django.db import models

from activitylog import events
from customers.events import CustomerActivity


class Newcomer(models.TextChoices):
    """An activity whose code another app has taken."""

    TAKEN = "add_customer", "Something Else"


def test_every_activity_has_a_label() -> None:
    assert events.choices()
    assert [code for code, label in events.choices() if label.strip() in ("", code)] == []


def test_activities_are_offered_in_the_order_of_their_labels() -> None:
    labels = [label for _code, label in events.choices()]
    assert labels == sorted(labels)


@pytest.mark.parametrize(
    ("code", "label"),
    [
        ("create_customer_purchase_permissions", "Create Customer Purchase Permissions"),
        ("delete_customer_purchase_permissions", "Delete Customer Purchase Permissions"),
    ],
)
def test_a_permission_is_recorded_under_the_name_of_partner_center(code: str, label: str) -> None:
    assert events.label(code) == label


def test_a_code_that_is_taken_cannot_be_registered() -> None:
    with pytest.raises(ValueError, match="add_customer is registered twice"):
        events.register(Newcomer)

    assert events.label("add_customer") == "Add Customer"


def test_the_same_activities_can_be_registered_again() -> None:
    before = events.choices()
    events.register(CustomerActivity)

    assert events.choices() == before


def test_a_code_that_nobody_knows_is_its_own_label() -> None:
    assert events.label("close_the_shop") == "close_the_shop"
