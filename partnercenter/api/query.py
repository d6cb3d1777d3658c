"""The parameters of an address: what is there, once each, and whatever its case.

Source: partner-center facts, sections 4.3 and 5.2. Microsoft's .NET SDK leaves “&” and “+” of a
company's name in the filter as they are, so that a piece of the address may belong to the filter.
"""

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from django.http import HttpRequest
from django.utils.datastructures import CaseInsensitiveMapping
from django.utils.translation import gettext as _

from partnercenter.api.body import read_json
from partnercenter.api.faults import BAD_INPUT, Fault

FILTER = "filter"
LONGEST = 4_000  # characters of a filter
LONGEST_RAW = 12 * LONGEST  # four bytes of UTF-8, each as %XX


def parameters_of(request: HttpRequest) -> Mapping[str, str]:
    """Each parameter by its name, in any case. Raises Fault (400) for one that is there twice, and
    for a filter that isn't JSON.
    """
    pairs = list(_pairs(request.META.get("QUERY_STRING", "").split("&")))
    seen: set[str] = set()
    for name, _value in pairs:
        if name.lower() in seen:
            sentence = _("%(name)s is in the address twice. Send it once.")
            raise Fault(400, BAD_INPUT, sentence % {"name": name})
        seen.add(name.lower())
    return CaseInsensitiveMapping(dict(pairs))


def _pairs(pieces: list[str]) -> Iterator[tuple[str, str]]:
    while pieces:
        name, _equals, value = pieces[0].partition("=")
        if name.lower() == FILTER and value:
            text, length = _filter_in(value, pieces[1:])
            yield name, text
        else:
            length = 1
            yield from parse_qsl(pieces[0], keep_blank_values=True)
        pieces = pieces[length:]


def _filter_in(beginning: str, rest: list[str]) -> tuple[str, int]:
    """The JSON that the pieces begin with, and how many pieces it takes. Where the next “&” is one
    of its own, it goes on behind it.
    """
    for number in range(len(rest) + 1):
        raw = "&".join([beginning, *rest[:number]])
        if len(raw) > LONGEST_RAW:
            break
        for text in _readings(raw):
            if len(text) <= LONGEST and _is_json(text):
                return text, number + 1
    raise not_a_filter()


def _readings(raw: str) -> Iterator[str]:
    """Forms encode a “:”, which every filter has, and write a space as “+”. Whoever leaves it as it
    is means a “+” by “+”, unless that is between the words of JSON.
    """
    if ":" in raw:
        yield unquote(raw, errors="surrogateescape")
    yield unquote(raw.replace("+", " "), errors="surrogateescape")


def _is_json(text: str) -> bool:
    try:
        read_json(text.encode())
    except (Fault, UnicodeEncodeError):
        return False
    return True


def not_a_filter() -> Fault:
    """For text that is no filter."""
    example = '{"Field":"CompanyName","Value":"Fabr","Operator":"starts_with"}'
    return Fault(
        400, BAD_INPUT, _("The filter has to be JSON such as %(example)s.") % {"example": example}
    )
