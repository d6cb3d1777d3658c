"""What all lists share: their filters are read from the address, strictly, and stand in it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from partnercenter.paging import Page, Row, page_of

PAGE_SIZES = (25, 50, 100)

_rows_a_page: ContextVar[int] = ContextVar("rows_a_page", default=PAGE_SIZES[0])


@contextmanager
def rows_a_page(size: int) -> Iterator[None]:
    """Within this block lists whose address names no size show so many rows; as languages are
    activated for a request, so that no list can forget to ask for the agent's preference.
    """
    token = _rows_a_page.set(size if size in PAGE_SIZES else PAGE_SIZES[0])
    try:
        yield
    finally:
        _rows_a_page.reset(token)


class FilterForm(forms.Form):
    """A list's address as a form. A name it does not know is an error: a filter that is silently
    passed over would show a wrong picture.
    """

    size = forms.TypedChoiceField(
        label=_("Rows a page"),
        choices=[(size, str(size)) for size in PAGE_SIZES],
        coerce=int,
        required=False,
    )
    cursor = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    use_required_attribute = False
    defaults: dict[str, str] = {}

    def __init__(self, data: QueryDict, **kwargs: Any) -> None:
        """`data` is the address; what it does not say of the size is the agent's preference."""
        size = str(_rows_a_page.get())
        self.defaults = {**type(self).defaults, "size": size}
        data = data.copy()
        data["size"] = data.get("size") or size
        super().__init__(data, label_suffix="", **kwargs)

    def clean(self) -> dict[str, Any]:
        unknown = sorted(set(self.data) - set(self.fields))
        if unknown:
            raise forms.ValidationError(
                _("This list has no filter named “%(name)s”."), params={"name": unknown[0][:40]}
            )
        return self.cleaned_data

    @property
    def scope(self) -> str:
        """Everything that says which list this is: all but the cursor, in one order.

        The size is always among it, since what goes without saying differs between agents.
        """
        return urlencode(dict(self._filters()) | {"size": self.data["size"]})

    def address(self, *, cursor: str = "") -> str:
        """The query string of one of the list's pages; without a cursor, of the first."""
        filters = dict(self._filters())
        if cursor:  # which fits this size only, whoever opens the address
            filters |= {"size": self.data["size"], "cursor": cursor}
        return f"?{urlencode([(name, value) for name, value in filters.items() if value])}"

    def page(self, rows: QuerySet[Row], *, order: Sequence[str], path: str) -> Page[Row]:
        """The page of `rows`, which are those that the valid form asks for, that it is at."""
        return page_of(
            rows,
            order=order,
            size=self.cleaned_data["size"],
            cursor=self.cleaned_data["cursor"],
            scope=f"{path}?{self.scope}",
        )

    def links(self, page: Page[Any] | None) -> dict[str, str | None]:
        """The addresses of the pages beside it; none where the form is not valid."""
        return self.page_links(previous=page.previous, next=page.next) if page else {}

    @property
    def chosen(self) -> dict[str, str]:
        """What the list is filtered and sorted by, where that differs from how it begins."""
        filters = {name: value.strip() for name, value in self._filters() if name != "size"}
        return {name: value for name, value in filters.items() if value}

    @property
    def whole(self) -> str:
        """The query string of the list with all its pages; empty where nothing is chosen."""
        return f"?{urlencode(self.chosen)}" if self.chosen else ""

    def _filters(self) -> list[tuple[str, str]]:
        """What was chosen, with an empty text where it is what the list shows anyway."""
        chosen = [(name, self.data.get(name, "")) for name in self.fields if name != "cursor"]
        return [(name, "" if value == self.defaults.get(name) else value) for name, value in chosen]

    @property
    def here(self) -> str:
        """The query string of this very page."""
        return self.address(cursor=self.data.get("cursor", "")).rstrip("?")

    def page_links(self, *, previous: str | None, next: str | None) -> dict[str, str | None]:  # noqa: A002
        """The addresses of the pages beside this one; First stands where Previous does."""
        return {
            "first": self.address() if previous else None,
            "previous": self.address(cursor=previous) if previous else None,
            "next": self.address(cursor=next) if next else None,
        }
