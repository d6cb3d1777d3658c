"""How text is read and compared in searches, the same on PostgreSQL and on SQLite."""

import re
import unicodedata
from uuid import UUID

# By its first character, each kind of mark that people type for the same thing: quotes and primes
# of either kind, accents that stand for an apostrophe, hyphens, dashes and minus signs. Before
# NFKC, which makes a space and a combining mark of some.
_SAME = (
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02c8\u02ca\u02cb\u055a\u05f3\u2018\u2019\u201a\u201b\u2032"
    "\u2035\ua78b\ua78c\uff07\uff40",
    '"\u00ab\u00bb\u02ba\u05f4\u201c\u201d\u201e\u201f\u2033\u2036\u301d\u301e\u301f\uff02',
    "-\u02d7\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\u2e3a\u2e3b\ufe58\ufe63\uff0d",
)
_MARKS = {ord(mark): marks[0] for marks in _SAME for mark in marks}
# Accents of Latin, Greek and Cyrillic; Japanese voicing marks make another sound.
_ACCENTS = re.compile("[\u0300-\u036f]")
# What nothing is to be seen of: zero-width characters, soft hyphens, marks of direction, variation
# selectors, and the letters that are blank.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_AROUND = " '\"{}()[]<>"
_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")


def plain(text: str) -> str:
    """The text as typed numbers, dates and ids are read: without differences of width (NFKC), of
    hyphens and of quotation marks, and without invisible characters and outer blanks.
    """
    shown = _INVISIBLE.sub("", text.translate(_MARKS))
    return unicodedata.normalize("NFKC", shown).translate(_MARKS).strip()


def visible(text: str) -> str:
    """The text without invisible characters."""
    return _INVISIBLE.sub("", text)


def folded(text: str) -> str:
    """The text as searches compare it: without differences of case, accents and width, of
    apostrophes, quotation marks and hyphens, of the kind and number of blanks.
    """
    lower = unicodedata.normalize("NFKC", plain(text).casefold())
    bare = _ACCENTS.sub("", unicodedata.normalize("NFD", lower))
    return " ".join(unicodedata.normalize("NFKC", bare).split())


def search_text(*parts: str) -> str:
    """What a search for any part of the given texts looks through; no match crosses two parts."""
    return "\n".join(folded(part) for part in parts)


def guid_in(text: str) -> UUID | None:
    """The GUID that the text is, as people and programs write it: in any case, in braces or quotes,
    as a URN (RFC 9562, section 4), with hyphens of any kind or none. None for any other text.
    """
    bare = plain(text).strip(_AROUND).lower().removeprefix("urn:uuid:").strip(_AROUND)
    return UUID(bare) if _GUID.fullmatch(bare) else None
