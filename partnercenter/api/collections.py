"""Lists as the API answers them: whole, or page by page with a continuation token.

Source: partner-center facts, sections 4.4 and 5.1; “What our server must do” in the notes on
clients, 4.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from pydantic import BeforeValidator, Field, Strict

from partnercenter.api.access import ApiRequest
from partnercenter.api.faults import BAD_INPUT, Fault
from partnercenter.api.links import Header, Link
from partnercenter.api.wire import JSON, Attributes, Wire, json_response, named, written
from partnercenter.http import BadInput
from partnercenter.paging import Page, in_batches, page_of

CONTINUATION = "MS-ContinuationToken"
LARGEST_PAGE = 500
NUMBER = re.compile("[0-9]{1,10}")
LARGEST_SIZE = 2**31 - 1
Item = TypeVar("Item", bound=Wire)
Row = TypeVar("Row", bound=Model)
# None for a row whose thing is gone since the row was found.
ToItem = Callable[[Any], Wire | None]


class CollectionLinks(Wire):
    here: Link | None = Field(default=None, alias="self")
    next: Link | None = None
    previous: Link | None = None


class Collection(Wire, Generic[Item]):
    """`totalCount` is the number of the items in this answer: nothing counts the whole list."""

    total_count: int
    items: list[Item]
    links: CollectionLinks = CollectionLinks()
    continuation_token: str | None = None
    attributes: Attributes = Attributes(object_type="Collection")


def _flag(value: Any) -> Any:
    return (
        {"true": True, "false": False}.get(value.lower(), value)
        if isinstance(value, str)
        else value
    )


# True or false in an address, whatever its case.
Flag = Annotated[bool, Strict(), BeforeValidator(_flag)]


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and NUMBER.fullmatch(value) else value


# A number of items in an address: ASCII digits.
Size = Annotated[int, Strict(), Field(ge=0, le=LARGEST_SIZE), BeforeValidator(_number)]


class PageQuery(Wire):
    """How much of a list is asked for. No size, and size 0, mean all of it."""

    size: Size = Field(
        default=0, description=f"Items a page, {LARGEST_PAGE} at most; 0 asks for all of them."
    )
    continuation_token: str = Field(
        default="",
        alias=CONTINUATION,
        description="Of the page to show; more usually the header of this name.",
    )
    seek_operation: Annotated[
        Literal["", "First", "Next", "Previous"], named("First", "Next", "Previous")
    ] = Field(default="", description="“First” starts anew; “Next” and “Previous” need the token.")


def listed(
    request: ApiRequest,
    rows: QuerySet[Row],
    *,
    query: PageQuery,
    order: Sequence[str],
    uri: str,
    filters: dict[str, str],
    to_item: Callable[[Row], Wire | None],
) -> HttpResponseBase:
    """The answer with `rows` in `order`, whole or the page that is asked for.

    `uri` is the list's address without /v1, and `filters` are what else stands in it.
    """
    token = _token(request, query)
    if query.size == 0 and not token:
        return whole(in_batches(rows, order=order), uri=_with(uri, filters), to_item=to_item)
    size = min(query.size or LARGEST_PAGE, LARGEST_PAGE)
    here = _with(uri, {"size": str(size), **filters})
    page = _page(rows, order, size, token, here)
    links = CollectionLinks(
        here=Link(uri=here), next=_link(here, page.next), previous=_link(here, page.previous)
    )
    items = _items(page.rows, to_item)
    body: Collection[Any] = Collection(
        total_count=len(items),
        items=items,
        links=links,
        continuation_token=page.next,
    )
    return json_response(body)


def whole(
    batches: Iterable[Sequence[Any]], *, uri: str, to_item: ToItem
) -> StreamingHttpResponse | HttpResponse:
    """All rows in one answer, streamed: a hundred thousand of them need the memory of a batch.

    The first batch is written before the answer begins, so that what fails there is an error.
    """
    pieces = _written(batches, uri, to_item)
    beginning = [next(pieces), next(pieces)]
    return StreamingHttpResponse(chain(beginning, pieces), content_type=JSON)


def _written(batches: Iterable[Sequence[Any]], uri: str, to_item: ToItem) -> Iterator[str]:
    """An object whose items come first, since their number is known last."""
    count = 0
    yield '{"items":['
    for batch in batches:
        items = _items(batch, to_item)
        text = ",".join(map(written, items))
        yield f",{text}" if count and text else text
        count += len(items)
    tail: Collection[Any] = Collection(
        total_count=count, items=[], links=CollectionLinks(here=Link(uri=uri))
    )
    yield f"],{tail.model_dump_json(exclude_none=True, exclude={'items'})[1:]}"


def _items(rows: Iterable[Any], to_item: ToItem) -> list[Wire]:
    return [item for row in rows if (item := to_item(row)) is not None]


def _page(
    rows: QuerySet[Row], order: Sequence[str], size: int, token: str, scope: str
) -> Page[Row]:
    try:
        return page_of(rows, order=order, size=size, cursor=token, scope=scope)
    except BadInput as error:
        raise Fault(400, BAD_INPUT, error.sentence) from error


def _token(request: ApiRequest, query: PageQuery) -> str:
    """The token of the header, or of the address, where Java's SDK puts it."""
    token = request.headers.get(CONTINUATION) or query.continuation_token
    return "" if query.seek_operation == "First" else token


def _link(uri: str, token: str | None) -> Link | None:
    return Link(uri=uri, headers=[Header(key=CONTINUATION, value=token)]) if token else None


def _with(uri: str, filters: dict[str, str]) -> str:
    chosen = {name: value for name, value in filters.items() if value}
    return f"{uri}?{urlencode(chosen)}" if chosen else uri
