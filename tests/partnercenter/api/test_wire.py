"""How moments are written on the wire."""

import datetime as dt
from collections.abc import Iterator

import pytest

from partnercenter.api.dates import moment_of
from partnercenter.api.urls import api
from partnercenter.api.wire import ExactMoment, Moment, Wire

STOCKHOLM = dt.timezone(dt.timedelta(hours=1))
AT = dt.datetime(2026, 1, 2, 4, 4, 5, 678901, tzinfo=STOCKHOLM)


class Written(Wire):
    whole: Moment
    exact: ExactMoment


def test_a_moment_is_in_utc_and_in_whole_seconds() -> None:
    assert Written(whole=AT, exact=AT).model_dump()["whole"] == "2026-01-02T03:04:05Z"


def test_an_exact_moment_has_the_seven_digits_of_dotnet() -> None:
    assert Written(whole=AT, exact=AT).model_dump()["exact"] == "2026-01-02T03:04:05.6789010Z"


def test_an_exact_moment_is_read_as_it_was_written() -> None:
    assert moment_of(Written(whole=AT, exact=AT).model_dump()["exact"]) == AT


def _models(base: type[Wire]) -> Iterator[type[Wire]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


@pytest.mark.parametrize("model", {model.__qualname__: model for model in _models(Wire)}.values())
def test_no_resource_writes_a_moment_in_another_way(model: type[Wire]) -> None:
    assert api
    moments = [field for field in model.model_fields.values() if field.annotation is dt.datetime]
    assert all(field.metadata for field in moments)
