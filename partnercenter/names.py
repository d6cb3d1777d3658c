"""People's names in the order of the reader's language: family name first where that's the custom.

https://www.w3.org/International/questions/qa-personal-names
"""

from collections.abc import Iterable

from django.utils.translation import get_language

FAMILY_NAME_FIRST = ("hu", "ja", "ko", "vi", "zh")


def family_name_is_first(language: str | None = None) -> bool:
    """Whether this language, or else the one of now, puts the family name first."""
    code = language or get_language() or ""
    return code.partition("-")[0] in FAMILY_NAME_FIRST


def full_name(first_name: str, last_name: str, *, language: str | None = None) -> str:
    names = (last_name, first_name) if family_name_is_first(language) else (first_name, last_name)
    return " ".join(filter(None, names))


def in_order_of_names(fields: Iterable[str]) -> list[str]:
    """The names of a form's fields, with each `…first_name` and `…last_name` in the reader's order.

    Whatever the form says, its two fields keep their two places.
    """
    ordered = list(fields)
    for first in [name for name in ordered if name.endswith("first_name")]:
        last = f"{first.removesuffix('first_name')}last_name"
        if last in ordered:
            places = sorted((ordered.index(first), ordered.index(last)))
            pair = (last, first) if family_name_is_first() else (first, last)
            for place, name in zip(places, pair, strict=True):
                ordered[place] = name
    return ordered
