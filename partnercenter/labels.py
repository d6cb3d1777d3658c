"""How things are named where one of several is meant: names repeat, IDs don't."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext as _

ENDING = 8  # hexadecimal digits of a GUID that are shown beside a name


class Labeled(Protocol):
    """What has a label, and may be asked to show its whole ID in it."""

    pk: Any
    shows_whole_id: bool

    @property
    def label(self) -> str: ...


Thing = TypeVar("Thing", bound=Labeled)


def label_of(name: str, pk: object, *, whole: bool = False) -> str:
    """The name with the end of the ID, or with all of it."""
    if whole:
        return _("%(name)s (%(id)s)") % {"name": name, "id": pk}
    return _("%(name)s (…%(end)s)") % {"name": name, "end": str(pk)[-ENDING:]}


def told_apart(things: Iterable[Thing]) -> list[Thing]:
    """The same things, in order; those that would share a label show their whole ID from now on."""
    found = list(things)
    ids: dict[str, set[Any]] = defaultdict(set)
    for thing in found:
        ids[thing.label].add(thing.pk)
    for thing in [each for each in found if len(ids[each.label]) > 1]:
        thing.shows_whole_id = True
    return found
