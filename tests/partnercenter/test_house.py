"""The house itself: imports point down, one hand writes the log, and templates keep the rules."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.template.loader import get_template

HOUSE = Path(settings.BASE_DIR)
ROOMS = ("activitylog", "customers", "partnercenter")
TEMPLATES = sorted(
    path.relative_to(HOUSE / "templates").as_posix()
    for path in (HOUSE / "templates").rglob("*")
    if path.is_file()
)
STYLES = sorted((HOUSE / "static").rglob("*.css"))

THE_ROOF = ("partnercenter.urls", "partnercenter.settings", "partnercenter.api.urls")
THE_FLOOR = tuple(
    f"activitylog.{name}"
    for name in (
        "models",
        "events",
        "recording",
        "digest",
        "origin",
        "clock",
        "search",
        "triggers",
        "verification",
    )
)
OPEN_TO_PAGES_OF_THE_LOG = tuple(
    f"partnercenter.{name}"
    for name in (
        "access",
        "api",
        "authority",
        "exports",
        "http",
        "lists",
        "paging",
        "times",
        "typed",
        "operation_admin",
        "widgets",
    )
)


def sources() -> dict[str, Path]:
    """Every module of ours, by its name."""
    return {
        ".".join(path.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__"): path
        for room in ROOMS
        for path in sorted((HOUSE / room).rglob("*.py"))
    }


SOURCES = sources()


def is_in(name: str, *rooms: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)


def modules_in(*rooms: str) -> list[str]:
    return [name for name in SOURCES if is_in(name, *rooms)]


def parsed(module: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(SOURCES[module].read_text()))


def imported_by(module: str) -> set[str]:
    """What a module imports from our rooms, inside of functions too."""
    found: set[str] = set()
    for node in parsed(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} imports by dots"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in SOURCES else str(node.module) for name in whole}
    return {name for name in found if is_in(name, *ROOMS)}


def arrows(modules: list[str], *rooms: str) -> list[str]:
    """The imports by which one of the modules reaches into one of the rooms."""
    assert modules
    return [
        f"{module} → {target}"
        for module in modules
        for target in sorted(imported_by(module))
        if is_in(target, *rooms)
    ]


# The arrows point down


def test_the_walk_through_the_imports_sees_them() -> None:
    assert "activitylog.recording" in imported_by("partnercenter.agents.operations")
    assert "customers.views.home" in imported_by("partnercenter.urls")
    assert "customers.events" in imported_by("customers.apps")
    assert set(THE_FLOOR) < set(SOURCES)


def test_the_floor_of_the_log_imports_nothing_from_above() -> None:
    assert arrows(modules_in(*THE_FLOOR), "customers", "partnercenter") == []


def test_the_pages_of_the_log_know_no_customers_and_only_what_all_pages_share() -> None:
    assert arrows(modules_in("activitylog"), "customers") == []
    assert [
        arrow
        for arrow in arrows(modules_in("activitylog"), "partnercenter")
        if not is_in(arrow.partition(" → ")[2], *OPEN_TO_PAGES_OF_THE_LOG)
    ] == []


def test_only_the_roof_knows_customers() -> None:
    below = [name for name in modules_in("partnercenter") if not is_in(name, *THE_ROOF)]
    assert arrows(below, "customers") == []


def test_nobody_imports_the_roof() -> None:
    assert arrows(list(SOURCES), *THE_ROOF) == []


def test_models_and_operations_know_no_pages() -> None:
    modules = [
        *modules_in("customers.models", "customers.operations", "customers.events"),
        *modules_in("partnercenter.agents.models", "partnercenter.agents.operations"),
        *modules_in("partnercenter.webhooks.models", "partnercenter.webhooks.operations"),
    ]
    pages = (
        "customers.views",
        "customers.forms",
        "customers.shop",
        "customers.portal",
        "activitylog.views",
        "partnercenter.http",
        "partnercenter.webhooks.forms",
        "partnercenter.webhooks.views",
    )
    assert arrows(modules, *pages) == []


# One hand writes the log

WRITING = {
    "create",
    "acreate",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "update",
    "delete",
}


def writes_to_the_log(node: ast.AST) -> bool:
    """ActivityRecord(…), or ActivityRecord.objects.create(…) and the like, filters in between."""
    if not isinstance(node, ast.Call):
        return False
    text = ast.unparse(node.func)
    return text.rpartition(".")[2] == "ActivityRecord" or (
        "ActivityRecord.objects" in text and text.rpartition(".")[2] in WRITING
    )


def test_only_recording_writes_records() -> None:
    writers = {name for name in SOURCES if any(writes_to_the_log(node) for node in parsed(name))}
    assert writers == {"activitylog.recording"}


def test_plain_sql_is_spoken_by_migrations_the_floor_of_the_log_and_limits_only() -> None:
    speakers = {
        name
        for name in SOURCES
        if ".migrations" not in name
        and any(
            isinstance(node, ast.Attribute) and node.attr in ("execute", "raw", "extra")
            for node in parsed(name)
        )
    }
    # FOR SHARE, for which Django has no name
    speaking = {"activitylog.triggers", "activitylog.trigrams", "partnercenter.patience"}
    assert speakers <= speaking | {"partnercenter.authority"}


def test_every_act_of_somebody_names_the_permission_that_it_needs() -> None:
    """By `@act(…)`: a transaction that takes `by` and asks nothing would act for anybody."""
    asking_nothing = [
        f"{name}.{node.name}"
        for name in SOURCES
        for node in parsed(name)
        if isinstance(node, ast.FunctionDef)
        and "by" in {each.arg for each in node.args.kwonlyargs}
        and "transaction.atomic" in map(ast.unparse, node.decorator_list)
    ]
    assert asking_nothing == []


def test_nobody_marks_text_as_safe() -> None:
    unsafe = {"mark_safe", "SafeString", "format_html_join"}
    for name in SOURCES:
        names = {node.id for node in parsed(name) if isinstance(node, ast.Name)}
        assert not names & unsafe, name


# Templates


def text_of_template(name: str) -> str:
    return (HOUSE / "templates" / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_compiles(name: str) -> None:
    get_template(name)


FORBIDDEN_IN_TEMPLATES = (
    r"\bhx-on\b",
    r"\sstyle\s*=",
    r"<style\b",
    r"<script\b[^>]*>\s*[^\s<]",
    r"<script\b(?![^>]*\bsrc=)",
    r"\bjs:",
    r"\bjavascript:",
    r"\son[a-z]+\s*=",
    r'hx-trigger="(?:[^"]*,)?\s*[\w:.-]+\[',
    r"\bhx-vars\b",
    r"\|\s*safe\b",
    r"{%\s*autoescape\s+off",
)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_needs_nothing_that_the_policy_forbids(name: str) -> None:
    for forbidden in FORBIDDEN_IN_TEMPLATES:
        assert not re.search(forbidden, text_of_template(name), re.IGNORECASE), forbidden


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_fetches_nothing_from_other_hosts(name: str) -> None:
    fetched = re.findall(
        r'(?:src|action|hx-\w+|<link[^>]* href)="((?:https?:)?//[^"]*)"', text_of_template(name)
    )
    assert fetched == []


def test_every_form_that_posts_carries_its_token() -> None:
    for name in TEMPLATES:
        for form in re.findall(r"<form\b.*?</form>", text_of_template(name), re.DOTALL):
            # One that is sent on to a program would give the token away.
            posts_here = 'method="post"' in form and "data-send-on" not in form
            assert posts_here == ("{% csrf_token %}" in form), name


# Files


@pytest.mark.parametrize(
    "file",
    sorted(
        {
            file
            for name in TEMPLATES
            for file in re.findall(r"{%\s*static\s+['\"]([^'\"]+)['\"]", text_of_template(name))
        }
    ),
)
def test_a_file_that_a_template_names_exists(file: str) -> None:
    assert finders.find(file)


def test_every_style_sheet_is_used_and_fetches_nothing_from_other_hosts() -> None:
    templates = "".join(map(text_of_template, TEMPLATES))
    for path in STYLES:
        assert path.relative_to(HOUSE / "static").as_posix() in templates
        for target in re.findall(r"url\(([^)]*)\)|@import\s+(\S+)", path.read_text()):
            file = "".join(target).strip("'\";")
            assert file.startswith("data:") or (path.parent / file).exists(), f"{path}: {file}"


def test_the_picture_that_browsers_ask_for_exists() -> None:
    assert finders.find("img/favicon.svg")


# The database


@pytest.mark.django_db
def test_no_model_waits_for_a_migration() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db
def test_the_system_check_finds_nothing() -> None:
    call_command("check", fail_level="WARNING", databases=["default"])
