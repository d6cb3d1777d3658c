"""The environment: what is missing or misspelt stops the start, and the message names it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from partnercenter.env import (
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_secret,
    env_site,
    env_str,
)

NAME = "A_VARIABLE_OF_THE_TESTS"


@pytest.fixture(autouse=True)
def _nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)
    monkeypatch.delenv(f"{NAME}_FILE", raising=False)


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    return monkeypatch


def test_what_is_not_set_has_its_default() -> None:
    assert env_str(NAME, "text") == "text"
    assert env_bool(NAME, default=True)
    assert not env_bool(NAME, default=False)
    assert env_int(NAME, 7) == 7
    assert env_list(NAME) == []


def test_a_text_is_taken_as_it_is(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, "")
    assert env_str(NAME, "default") == ""


@pytest.mark.parametrize("value", ["1", "true", "True", "yes", "ON"])
def test_words_for_true(env: pytest.MonkeyPatch, value: str) -> None:
    env.setenv(NAME, value)
    assert env_bool(NAME, default=False)


@pytest.mark.parametrize("value", ["0", "false", "FALSE", "no", "off", ""])
def test_words_for_false(env: pytest.MonkeyPatch, value: str) -> None:
    env.setenv(NAME, value)
    assert not env_bool(NAME, default=True)


@pytest.mark.parametrize("value", ["maybe", "2", "-1", "ture", "1 1", "none"])
def test_any_other_word_for_true_or_false_is_an_error(env: pytest.MonkeyPatch, value: str) -> None:
    env.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_bool(NAME, default=False)


@pytest.mark.parametrize(
    ("value", "site"),
    [
        ("", ""),
        ("https://partner.example", "https://partner.example"),
        ("https://partner.example/", "https://partner.example"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_a_site_is_read(env: pytest.MonkeyPatch, value: str, site: str) -> None:
    assert env_site(NAME) == ""
    env.setenv(NAME, value)
    assert env_site(NAME) == site


@pytest.mark.parametrize(
    "value",
    [
        "partner.example",
        "//partner.example",
        "ftp://partner.example",
        "https://",
        "https://partner.example/portal",
        "https://partner.example?a=b",
        "https://partner.example:port",
        "https://[::1",
        "javascript:alert(1)",
    ],
)
def test_a_site_that_is_none_is_an_error(env: pytest.MonkeyPatch, value: str) -> None:
    env.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_site(NAME)


def test_a_secret_may_be_optional(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert env_secret(NAME, optional=True) == ""
    (tmp_path / "secret").write_text("hush\n")
    env.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))
    assert env_secret(NAME, optional=True) == "hush"


def test_a_choice_is_read(env: pytest.MonkeyPatch) -> None:
    assert env_choice(NAME, "tea", ("tea", "coffee")) == "tea"
    env.setenv(NAME, "coffee")
    assert env_choice(NAME, "tea", ("tea", "coffee")) == "coffee"


@pytest.mark.parametrize("value", ["", "TEA", "cocoa", " tea"])
def test_what_is_no_choice_is_an_error_that_names_the_choices(
    env: pytest.MonkeyPatch, value: str
) -> None:
    env.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be one of tea, coffee"):
        env_choice(NAME, "tea", ("tea", "coffee"))


def test_a_whole_number_is_read(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, "12")
    assert env_int(NAME, 8) == 12


@pytest.mark.parametrize("value", ["", "-1", "1.5", "1e3", "twelve", "٣", "1_000", "0x10"])
def test_what_is_no_whole_number_is_an_error(env: pytest.MonkeyPatch, value: str) -> None:
    env.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=NAME):
        env_int(NAME, 8)


def test_a_number_that_is_too_small_is_an_error(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, "0")
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} must be a whole number from 1 up"):
        env_int(NAME, 8, at_least=1)


def test_a_list_is_separated_by_commas_and_its_gaps_do_not_count(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, " a.example, b.example ,,")
    assert env_list(NAME) == ["a.example", "b.example"]


def test_a_secret_stands_in_the_variable(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, "from the variable")
    assert env_secret(NAME) == "from the variable"


def test_a_secret_stands_in_a_file_that_comes_first(
    env: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n")
    env.setenv(NAME, "from the variable")
    env.setenv(f"{NAME}_FILE", str(path))
    assert env_secret(NAME) == "from the file"


def test_a_missing_secret_is_an_error_that_names_both_variables() -> None:
    with pytest.raises(ImproperlyConfigured, match=f"{NAME} .* {NAME}_FILE"):
        env_secret(NAME)


def test_an_empty_secret_is_an_error(env: pytest.MonkeyPatch) -> None:
    env.setenv(NAME, "")
    with pytest.raises(ImproperlyConfigured):
        env_secret(NAME)


def test_an_empty_file_is_an_error(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text(" \n")
    env.setenv(NAME, "from the variable")
    env.setenv(f"{NAME}_FILE", str(path))
    with pytest.raises(ImproperlyConfigured):
        env_secret(NAME)


def test_a_file_that_is_not_there_is_an_error(env: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env.setenv(f"{NAME}_FILE", str(tmp_path / "missing"))
    with pytest.raises(FileNotFoundError):
        env_secret(NAME)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("DEMONSTRATION", "perhaps"),
        ("HTTPS", "always"),
        ("TRUSTED_PROXY_COUNT", "-1"),
        ("SESSION_IDLE_HOURS", "0"),
        ("SESSION_ABSOLUTE_HOURS", "long"),
    ],
)
def test_the_program_does_not_start_with_a_mistake_in_its_environment(
    name: str, value: str
) -> None:
    started = subprocess.run(
        [sys.executable, "-c", "import partnercenter.settings"],
        cwd=settings.BASE_DIR,
        env={**os.environ, name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode != 0
    assert "ImproperlyConfigured" in started.stderr
    assert name in started.stderr.splitlines()[-1]
