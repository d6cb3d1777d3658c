"""How a page's form calls an operation: what the rules refuse is an error of the form."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.forms import BaseForm, HiddenInput, ModelForm
from django.http import HttpRequest

from partnercenter.logs import note_refusal
from partnercenter.operations import MADE_ALREADY, Refused
from partnercenter.typed import GuidField
from partnercenter.unsent import unsent

if TYPE_CHECKING:
    AnyModelForm = ModelForm[Any]
else:  # Django's class takes its type parameter in the stubs only
    AnyModelForm = ModelForm


Form = TypeVar("Form", bound=BaseForm)


class KeyField(GuidField):
    """The hidden key of a creation form, by which it makes one thing however often it is sent.

    A program may leave it out; then each of its forms makes another thing.
    """

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid4, widget=HiddenInput)


def form_of(
    kind: Callable[..., Form],
    request: HttpRequest,
    *,
    initial: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Form:
    """The page's form: as posted, or else with `initial` and the text that a lost session kept."""
    if request.method == "POST":
        return kind(request.POST, initial=initial, **kwargs)
    return kind(initial={**(initial or {}), **unsent(request)}, **kwargs)


def attempt(form: BaseForm, act: Callable[[], object]) -> bool:
    """Calls the operation if the form is valid. True if it was carried out.

    Otherwise the form says why, keeps what was typed, and nothing was changed.
    """
    if not form.is_valid():
        return False
    try:
        with transaction.atomic():
            act()
    except Refused as refusal:
        note_refusal(refusal.code)
        form.add_error(None, ValidationError(str(refusal), code=refusal.code))
    except ValidationError as error:
        _add_errors(form, error)
    return not form.errors


def was_sent_before(form: BaseForm) -> bool:
    """Whether the form, which was not accepted, has made the thing of its key already."""
    return form.has_error(NON_FIELD_ERRORS, MADE_ALREADY)


def status_of(form: BaseForm) -> int:
    """The answer's status: 200 for a form to fill in, 422 for one that was not accepted."""
    return 422 if form.is_bound and form.errors else 200


def _add_errors(form: BaseForm, error: ValidationError) -> None:
    """Each sentence at its field, where the form has it; else above the form."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"__all__": error.error_list}
    for name, errors in by_field.items():
        for each in errors:
            form.add_error(name if name in form.fields else None, each)
