"""Imports of usage that race: about the same customers they follow one another."""

from collections.abc import Callable

from customers.models import UsageRecord
from customers.operations.usage import import_usage
from partnercenter.agents.models import Agent
from tests.customers.racing import assert_the_log_is_one_story, at_once, errors, on_postgresql
from tests.customers.test_operations_of_usage import file, row
from tests.factories import SubscriptionFactory

pytestmark = on_postgresql


def test_of_files_about_the_same_lines_one_is_stored_whole(ada: Agent) -> None:
    subscriptions = SubscriptionFactory.create_batch(20)
    forth = file(*(row(each, hours="1") for each in subscriptions))
    back = file(*(row(each, hours="2") for each in reversed(subscriptions)))

    def importing(text: str) -> Callable[[], object]:
        return lambda: import_usage(text=text, by=ada)

    assert errors(at_once([importing(text) for text in (forth, back) * 4])) == []
    assert UsageRecord.objects.values("hours").distinct().count() == 1
    assert_the_log_is_one_story()
