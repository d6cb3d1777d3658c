"""Where things are, as the API says it.

Source: partner-center facts, sections 5.1 and 6.3.
"""

from pydantic import Field

from partnercenter.api.wire import Wire


class Header(Wire):
    key: str
    value: str


class Link(Wire):
    """Where something is, relative and without /v1: anything else breaks one SDK or another."""

    uri: str
    method: str = "GET"
    headers: list[Header] = []


class Links(Wire):
    """Where the thing itself is."""

    here: Link = Field(alias="self")


def to(uri: str) -> Links:
    """The links of what stands at this address, which has no /v1."""
    return Links(here=Link(uri=uri))
