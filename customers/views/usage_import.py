"""Import usage: a file, what it would do, and then the import."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.operations.usage import COLUMNS, UsagePreview, import_usage, preview_usage
from partnercenter.access import requires
from partnercenter.forms import attempt, form_of, status_of
from partnercenter.http import AgentRequest
from partnercenter.tables import TableForm

ERRORS_SHOWN, ROWS_SHOWN = 50, 10


@requires("customers.add_usagerecord", methods=("GET", "HEAD", "POST"))
def import_page(request: AgentRequest) -> HttpResponse:
    """The first post shows what would happen; the second one, `confirmed`, does it."""
    form = form_of(TableForm, request, files=request.FILES or None)
    if "confirmed" in request.POST and attempt(form, lambda: _import(request, form)):
        return redirect("usage:import")
    preview = preview_usage(form.cleaned_data["text"]) if form.is_valid() else None
    context = {
        "form": form,
        "preview": preview,
        "text": form.cleaned_data["text"] if preview else "",
        "errors": preview.errors[:ERRORS_SHOWN] if preview else [],
        "columns": ",".join(COLUMNS),
        "first_rows": preview.changed[:ROWS_SHOWN] if preview else [],
    }
    status = 422 if preview and preview.errors else status_of(form)
    return render(request, "customers/import_usage.html", context, status=status)


def _import(request: AgentRequest, form: TableForm) -> None:
    done = import_usage(text=form.cleaned_data["text"], by=request.user)
    messages.success(request, _sentence(done))


def _sentence(done: UsagePreview) -> str:
    if not done.changed:
        return _("Nothing was changed: all of this usage was stored already.")
    return _(
        "The usage was imported. New lines: %(new)s; replaced: %(replaced)s; "
        "unchanged: %(unchanged)s."
    ) % {
        "new": len(done.new),
        "replaced": len(done.replaced),
        "unchanged": len(done.unchanged),
    }
