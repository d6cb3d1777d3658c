"""Codes that come from outside, such as SKUs and regions: which of their spellings are the same.

Azure itself writes one region as `westus`, `WestUS` and `West US`, and resource names without
regard to case (https://learn.microsoft.com/azure/azure-resource-manager/management/
resource-name-rules: "Resource and resource group names are case-insensitive").
"""

import unicodedata
from collections.abc import Iterable

# What stands between the words of a code, in one spelling or another
BETWEEN_WORDS = str.maketrans("", "", "-_")


def spelling(text: str) -> str:
    """The code as it is kept and shown: NFKC, without invisible characters, single blanks only."""
    seen = (each for each in unicodedata.normalize("NFKC", text) if not _is_invisible(each))
    # Again, since what stood on both sides of an invisible character may be one character now
    return " ".join(unicodedata.normalize("NFKC", "".join(seen)).split())


def identity(text: str) -> str:
    """What is equal for all spellings of one SKU or region: NFKC, case folded, without blanks.

    It is stored and compared with what is stored, so that it must stay as it is.
    """
    joined = "".join(spelling(text).split())
    return unicodedata.normalize("NFKC", joined.casefold())


def chosen(text: str, codes: Iterable[str], **also: str) -> str:
    """The one of `codes` that the text spells: `P1y`, `one-time` and `ONE TIME` for `one_time`.

    `also` names further words for codes, by their identity. Text that spells none of them is
    returned as it is, for the caller's own check to refuse.
    """
    known = {**{_word(code): code for code in codes}, **also}
    return known.get(_word(text), text)


def _word(text: str) -> str:
    return identity(text).translate(BETWEEN_WORDS)


def _is_invisible(character: str) -> bool:
    """Characters of the category Cf, such as U+200B and U+FEFF, have no shape of their own."""
    return unicodedata.category(character) == "Cf"
