"""Fields of forms that HTML has and Django has not."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Suggestions = Iterable[tuple[str, str]]


class SuggestingInput(forms.TextInput):
    """A text field that offers values in a list; any other text can be typed too."""

    def __init__(
        self, suggestions: Suggestions = (), *, attrs: dict[str, Any] | None = None
    ) -> None:
        """`suggestions` are values, each with words that say what it means, or with none."""
        super().__init__(attrs)
        self.suggestions = suggestions

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        list_id = f"{(attrs or {}).get('id') or f'id_{name}'}_suggestions"
        field = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions)
        return format_html('{}<datalist id="{}">{}</datalist>', field, list_id, options)
