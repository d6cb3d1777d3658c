"""Paging by keyset: nothing is lost, nothing repeats, and nothing is counted."""

import datetime as dt
from collections.abc import Sequence

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.forms.customers import SORTS
from customers.models import Customer
from partnercenter.http import BadInput
from partnercenter.paging import Page, page_of
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

BY_NAME, NEWEST = SORTS["name"], SORTS["newest"]
ORDERS = pytest.mark.parametrize("order", [BY_NAME, NEWEST], ids=["by name", "newest first"])
SIZES = pytest.mark.parametrize("size", [1, 2, 5, 22, 23, 24, 100])
MOMENT = dt.datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC)
NAMES = ["Same", "same", "Other", "Ärla", "arla", "Ö", "", "100%", "a_b", "日本", "\\", "'"]


@pytest.fixture(autouse=True)
def _customers(db: None) -> None:
    """23, of whom many share a name and many a moment."""
    for number in range(23):
        CustomerFactory.create(
            company_name=NAMES[number % len(NAMES)] if number % 3 else "Same",
            created_at=MOMENT + dt.timedelta(microseconds=number // 5),
        )


def page(order: Sequence[str], cursor: str | None = "", *, size: int = 5) -> Page[Customer]:
    assert cursor is not None
    return page_of(Customer.objects.all(), order=order, size=size, cursor=cursor, scope="test")


def forwards(order: Sequence[str], size: int) -> list[Page[Customer]]:
    pages = [page(order, size=size)]
    while pages[-1].next:
        pages.append(page(order, pages[-1].next, size=size))
    return pages


def backwards(order: Sequence[str], last: Page[Customer], size: int) -> list[Page[Customer]]:
    pages = [last]
    while pages[-1].previous:
        pages.append(page(order, pages[-1].previous, size=size))
    return pages[::-1]


def rows_of(pages: list[Page[Customer]]) -> list[Customer]:
    return [row for page in pages for row in page.rows]


@ORDERS
@SIZES
def test_walking_forwards_shows_every_row_once_and_in_order(
    order: Sequence[str], size: int
) -> None:
    pages = forwards(order, size)

    assert rows_of(pages) == list(Customer.objects.order_by(*order))
    assert all(len(page.rows) == size for page in pages[:-1])


@ORDERS
@SIZES
def test_walking_backwards_shows_the_same_pages(order: Sequence[str], size: int) -> None:
    pages = forwards(order, size)
    again = backwards(order, pages[-1], size)

    assert [page.rows for page in again] == [page.rows for page in pages]


@ORDERS
def test_only_the_ends_have_no_neighbour(order: Sequence[str]) -> None:
    pages = forwards(order, 5)

    assert [page.previous is None for page in pages] == [True, False, False, False, False]
    assert [page.next is None for page in pages] == [False, False, False, False, True]


@ORDERS
def test_going_back_to_the_first_page_shows_it_as_the_first(order: Sequence[str]) -> None:
    first, second = forwards(order, 5)[:2]
    again = page(order, second.previous)

    assert (again.rows, again.previous) == (first.rows, None)
    assert page(order, again.next).rows == second.rows


@ORDERS
def test_rows_that_are_added_in_between_neither_repeat_nor_hide_others(
    order: Sequence[str],
) -> None:
    before = list(Customer.objects.order_by(*order))
    pages = [page(order)]
    while pages[-1].next:
        CustomerFactory.create(company_name="", created_at=MOMENT + dt.timedelta(days=len(pages)))
        CustomerFactory.create(company_name="Same", created_at=MOMENT)
        CustomerFactory.create(company_name="鿿", created_at=MOMENT - dt.timedelta(days=len(pages)))
        pages.append(page(order, pages[-1].next))
        assert len(pages) < 50

    shown = rows_of(pages)
    assert len(set(shown)) == len(shown)
    assert [row for row in shown if row in before] == before


@ORDERS
def test_rows_that_are_added_while_walking_back_neither_repeat_nor_hide_others(
    order: Sequence[str],
) -> None:
    before = list(Customer.objects.order_by(*order))
    pages = [forwards(order, 5)[-1]]
    while pages[-1].previous and len(pages) < 50:
        CustomerFactory.create(company_name="Same", created_at=MOMENT)
        pages.append(page(order, pages[-1].previous))

    shown = rows_of(pages[::-1])
    assert len(set(shown)) == len(shown)
    assert [row for row in shown if row in before] == before


def test_an_empty_list_is_one_page_without_neighbours() -> None:
    nobody = page_of(Customer.objects.none(), order=BY_NAME, size=25, cursor="", scope="test")
    assert nobody == Page(rows=[], previous=None, next=None)


@pytest.mark.parametrize("size", [25, 50])
def test_a_page_takes_one_query_for_one_row_more_than_it_shows(size: int) -> None:
    cursors = [None, forwards(BY_NAME, 5)[2].next, forwards(BY_NAME, 5)[2].previous]
    for cursor in cursors:
        with CaptureQueriesContext(connection) as queries:
            page(BY_NAME, cursor or "", size=size)

        (query,) = queries.captured_queries
        assert query["sql"].endswith(f"LIMIT {size + 1}")
        assert "COUNT(" not in query["sql"].upper()
        assert "OFFSET" not in query["sql"].upper()


def test_a_cursor_of_another_list_is_refused() -> None:
    with pytest.raises(BadInput, match="belongs to another list"):
        page_of(
            Customer.objects.all(),
            order=BY_NAME,
            size=5,
            cursor=str(page(BY_NAME).next),
            scope="another",
        )


@pytest.mark.parametrize(
    "forged",
    ["x", ":", "a:b:c", "é", " ", pytest.param(signing.dumps(["next", ["a", "b"]]), id="signed")],
)
def test_a_cursor_that_was_made_up_is_refused(forged: str) -> None:
    with pytest.raises(BadInput, match="Start from the first page"):
        page(BY_NAME, forged)
