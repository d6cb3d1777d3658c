"""Fields of forms that HTML has and Django has not."""

from collections.abc import Iterable
from typing import Any

from django import forms

Suggestions = Iterable[tuple[str, str]]


class SuggestingInput(forms.TextInput):
    """A text field that offers values in a list; any other text can be typed too.

    `_field.html` writes the list beside the field. `suggestions` are values, each with words that
    say what it means, or with none.
    """

    def __init__(
        self, suggestions: Suggestions = (), *, attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.suggestions = suggestions

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        if self.suggestions:
            context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}_suggestions"
        return context
