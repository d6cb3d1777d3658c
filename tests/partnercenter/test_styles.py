"""Style sheets: a class belongs to one of them, so that no component changes another's."""

import re
from collections import defaultdict
from pathlib import Path

from django.conf import settings

CSS = Path(settings.BASE_DIR) / "static" / "css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AT_RULE = re.compile(r"@[^{;]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
# A rule for a class by itself, perhaps on one element: `.field`, `fieldset.field`, `.field:hover`.
ALONE = re.compile(r"[a-z]*\.(?P<name>[a-z0-9-]+)(:{1,2}[a-z-]+)*")


def defined(sheet: Path) -> set[str]:
    """The selectors of one class that the sheet has rules for, without pseudo-classes."""
    rules = AT_RULE.sub("", COMMENT.sub("", sheet.read_text()))
    selectors = (
        each.strip() for head in re.findall(r"([^{}]+)\{", rules) for each in head.split(",")
    )
    return {match["name"] for each in selectors if (match := ALONE.fullmatch(each))}


def test_no_class_is_defined_in_two_style_sheets() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for sheet in sorted(CSS.rglob("*.css")):
        for name in defined(sheet):
            homes[name].append(sheet.name)

    assert len(homes) > 50
    assert {name: sheets for name, sheets in homes.items() if len(sheets) > 1} == {}
