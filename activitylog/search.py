"""How text is compared in searches, the same on PostgreSQL and on SQLite."""

import unicodedata
from uuid import UUID


def folded(text: str) -> str:
    """The text without differences of case or width (NFKC, case folded), as searches compare it."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def search_text(*parts: str) -> str:
    """What a search for any part of the given texts looks through; no match crosses two parts."""
    return "\n".join(folded(part) for part in parts)


def is_guid(text: str) -> bool:
    """Whether the text is a whole GUID, in which case somebody looks for an id and not a name."""
    try:
        return str(UUID(text.strip())) == text.strip().lower()
    except ValueError:
        return False
