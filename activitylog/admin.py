"""The log in the site administration: to look at, never to change."""

from django.contrib import admin

from activitylog.models import ActivityRecord
from partnercenter.operation_admin import ReadOnlyAdmin


@admin.register(ActivityRecord)
class ActivityRecordAdmin(ReadOnlyAdmin):
    list_display = ("number", "at", "customer_name", "action_label", "actor_name", "channel")
    search_fields = ("customer_search", "actor_search")
    ordering = ("-number",)
    exclude = ("customer_search", "actor_search")
