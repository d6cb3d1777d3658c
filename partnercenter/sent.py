"""What a request says in its query, form and cookies: what is ours, and nothing twice."""

import re
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from partnercenter.http import BadInput

# NUL and the other control characters but TAB, CR and LF; surrogates; and the characters that
# turn the direction of what follows. Marks that Arabic, Persian and emoji need are left alone.
BAD_CHARACTERS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]"
)
# What campaigns and mail gateways add to every address that they see; it asks for nothing.
ADDED_BY_OTHERS = re.compile(
    r"utm_[a-z_]{1,40}|(?:fb|g|d|ms|y|tt)clid|gbraid|wbraid|mc_[ce]id|mkt_tok|_hs(?:enc|mi)",
    re.IGNORECASE,
)


class SingleValues(QueryDict):
    """A query or form in which a name that is asked for its one value has one.

    Whoever takes several, as a group of checkboxes does, asks by `getlist`.
    """

    def __getitem__(self, name: str) -> Any:
        """The value. Raises BadInput (400) for a name that is there more than once."""
        if len(self.getlist(name)) > 1:
            raise _twice(name)
        return super().__getitem__(name)


def single_values(sent: QueryDict) -> SingleValues:
    """The same, read-only, without what others add to addresses."""
    values = SingleValues("", mutable=True, encoding=sent.encoding)
    for name, several in sent.lists():
        if not ADDED_BY_OTHERS.fullmatch(name):
            values.setlist(name, several)
    values._mutable = False
    return values


def refuse_files_twice(request: HttpRequest) -> None:
    """Raises BadInput (400) for two files in one field: none of ours takes more."""
    for name, files in request.FILES.lists():
        if len(files) > 1:
            raise _twice(name)


def own_cookies(cookies: Mapping[str, str]) -> dict[str, str]:
    """Those that can be ours. Other programs on the host, whatever its port, and on the domain
    above it set cookies too; what ours never hold is theirs, or was spoiled on the way.
    """
    return {
        name: value for name, value in cookies.items() if not BAD_CHARACTERS.search(name + value)
    }


def _twice(name: str) -> BadInput:
    sentence = _("“%(name)s” was sent more than once. Send it once.")
    return BadInput(sentence % {"name": name[:40]})
