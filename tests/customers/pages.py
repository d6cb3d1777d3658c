"""How these tests read the pages: by the parts and words that a person finds there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Protocol

VOID = {"br", "hr", "img", "input", "link", "meta", "path", "circle"}
INSIDE_A_LINE = {"a", "bdi", "strong", "time"}


class Answer(Protocol):
    """What a test reads of a response."""

    @property
    def content(self) -> bytes: ...

    @property
    def status_code(self) -> int: ...


@dataclass
class Part:
    """An element of a page."""

    name: str
    attributes: dict[str, str]
    children: list["Part | str"] = field(default_factory=list)

    def all(self, *names: str, **attributes: str) -> list["Part"]:
        """The elements inside with one of these names and with these attributes, in order."""
        return [part for part in self._inside() if part._is(names, attributes)]

    def the(self, *names: str, **attributes: str) -> "Part":
        """The only one of them; a page with none or with two fails the test."""
        found = self.all(*names, **attributes)
        assert len(found) == 1, f"{len(found)} of {names} {attributes} in: {self.words}"
        return found[0]

    def has(self, *names: str, **attributes: str) -> bool:
        return bool(self.all(*names, **attributes))

    @property
    def words(self) -> str:
        """The text, with white space folded as a browser shows it."""
        return " ".join(self._text().split())

    @property
    def rows(self) -> list[list[str]]:
        """The cells' words of the table rows inside, without the row of headers."""
        return [
            [cell.words for cell in row.all("th", "td")] for row in self.all("tr") if row.has("td")
        ]

    @property
    def fields(self) -> dict[str, str]:
        """What the form inside sends along unseen, but for its token."""
        hidden = {part["name"]: part["value"] for part in self.all("input", type="hidden")}
        return {name: value for name, value in hidden.items() if name != "csrfmiddlewaretoken"}

    def __getitem__(self, attribute: str) -> str:
        return self.attributes[attribute]

    def __contains__(self, attribute: str) -> bool:
        return attribute in self.attributes

    def _is(self, names: tuple[str, ...], attributes: dict[str, str]) -> bool:
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return (not names or self.name in names) and wanted.items() <= self.attributes.items()

    def _inside(self) -> Iterator["Part"]:
        for child in self.children:
            if isinstance(child, Part):
                yield child
                yield from child._inside()

    def _text(self) -> str:
        text = "".join(
            child if isinstance(child, str) else child._text() for child in self.children
        )
        return text if self.name in INSIDE_A_LINE else f" {text} "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Part("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        part = Part(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(part)
        if tag not in VOID:
            self.open.append(part)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        assert self.open[-1].name == tag, f"</{tag}> closes <{self.open[-1].name}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read(answer: Answer) -> Part:
    """The whole page or fragment. One whose elements are not closed in order fails the test."""
    reader = _Reader()
    reader.feed(answer.content.decode())
    reader.close()
    assert len(reader.open) == 1, f"<{reader.open[-1].name}> is not closed."
    return reader.open[0]


def words(answer: Answer) -> str:
    return read(answer).words


def rows(answer: Answer) -> list[list[str]]:
    return read(answer).rows


def error(answer: Answer) -> str:
    """The sentence of an error, as `app.js` finds it too."""
    return next(part.words for part in read(answer).all("p") if "data-sentence" in part)


def pager(answer: Answer) -> dict[str, str]:
    """The addresses under a list by their words: First, Previous, Next."""
    found = read(answer).all("nav", class_="pager")
    return {link.words: link["href"] for part in found for link in part.all("a")}
