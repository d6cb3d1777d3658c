"""The Django admin as a door to the operations: saving a form calls one, nothing else writes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest

from activitylog.search import folded, guid_in
from partnercenter.forms import AnyModelForm, attempt
from partnercenter.http import AgentRequest
from partnercenter.typed import DayField, GuidField, RowField, WholeNumberField, is_key

if TYPE_CHECKING:
    AnyModelAdmin = admin.ModelAdmin[Any]
else:  # Django's class takes its type parameter in the stubs only
    AnyModelAdmin = admin.ModelAdmin


LARGEST_KEY = 2**63 - 1
LONGEST_SEARCH = 1_000  # characters; nothing that is searched is as long


class ReadOnlyAdmin(AnyModelAdmin):
    """To look at. Who may view is Django's own question; nobody adds, changes or deletes."""

    actions = None
    show_full_result_count = False
    formfield_overrides = {
        models.IntegerField: {"form_class": WholeNumberField},
        models.BigIntegerField: {"form_class": WholeNumberField},
        models.DateField: {"form_class": DayField},
        models.UUIDField: {"form_class": GuidField},
        models.ForeignKey: {"form_class": RowField},
    }

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """None for what an address of ours never has as a key, though Python reads it as one."""
        return super().get_object(request, object_id, from_field) if is_key(object_id) else None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """No filters in the address: no list offers any, and many crash at bad input."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """What was typed, and what the columns for searching have of it, which are folded.

        Finds nothing for texts of which SQLite says that the pattern is too complex.
        """
        if len(search_term) > LONGEST_SEARCH:
            return queryset.none(), False
        found, has_twins = super().get_search_results(request, queryset, search_term)
        guid = guid_in(search_term)
        alike = str(guid) if guid else folded(search_term)
        also, has_more_twins = super().get_search_results(request, queryset, alike)
        return found | also, has_twins or has_more_twins

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class OperationForm(AnyModelForm):
    """A form whose `act()` calls the operation, as the last step of validating it.

    So a refusal of the operation is an error of the form like any other: what was typed is kept,
    and nothing was changed. The admin's own transaction surrounds it all.
    """

    request: AgentRequest

    def act(self) -> None:
        raise NotImplementedError

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            attempt(self, self.act)


class Autocomplete(AutocompleteSelect):
    """Django's own looks up whatever was sent to show it again, and trips over what is no key."""

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        key = self.field.remote_field.model._meta.pk
        return super().optgroups(name, [each for each in value if _is_read_by(key, each)], attr)


def _is_read_by(field: Any, text: str) -> bool:
    """Whether the text is a key of the field's kind, and a number no larger than databases keep."""
    if not is_key(text):
        return False
    try:
        key = field.to_python(text)
    except ValidationError:
        return False
    return not isinstance(key, int) or abs(key) <= LARGEST_KEY


class OperationAdmin(ReadOnlyAdmin):
    """Adding calls the operation of the form; there is no deleting and no acting in bulk."""

    form: type[OperationForm]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        form = super().get_form(request, *args, **kwargs)
        return type(form.__name__, (form,), {"request": request})

    def save_model(self, request: HttpRequest, obj: models.Model, form: Any, change: bool) -> None:  # noqa: FBT001
        """The operation has saved it already."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        """The operation has saved it already."""

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> Any:
        """The activity log has it; Django's own log of the admin is not kept."""

    log_change = log_addition
