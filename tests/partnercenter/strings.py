"""Every string of the program that is marked for translation, as the code itself says it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode
from django.utils.translation import trim_whitespace

PACKAGES = ("activitylog", "customers", "partnercenter")
ONE = {"_", "gettext", "gettext_lazy", "gettext_noop"}
BY_NUMBER = {"ngettext", "ngettext_lazy"}
TEMPLATES = Path(settings.BASE_DIR, "templates")


def of_the_program() -> set[str]:
    """The msgids of all Python files and of all templates."""
    return {*_of_python(), *_of_templates()}


def _of_python() -> Iterator[str]:
    for package in PACKAGES:
        for path in Path(settings.BASE_DIR, package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                    yield from _of_call(node.func.id, node, path)


def _of_call(name: str, call: ast.Call, path: Path) -> Iterator[str]:
    number = 1 if name in ONE else 2 if name in BY_NUMBER else 0
    for argument in call.args[:number]:
        text = argument.value if isinstance(argument, ast.Constant) else None
        assert isinstance(text, str), f"{path}:{call.lineno} marks no plain text."
        yield text


def _of_templates() -> Iterator[str]:
    for path in sorted(TEMPLATES.rglob("*.html")):
        template: Any = get_template(path.relative_to(TEMPLATES).as_posix())
        nodes = template.template.nodelist
        for marked in nodes.get_nodes_by_type(TranslateNode):
            yield marked.filter_expression.var.literal
        for block in nodes.get_nodes_by_type(BlockTranslateNode):
            yield from _of_block(block)


def _of_block(block: BlockTranslateNode) -> Iterator[str]:
    for tokens in filter(None, (block.singular, block.plural)):
        text, _variables = block.render_token_list(tokens)
        yield trim_whitespace(text) if block.trimmed else text
