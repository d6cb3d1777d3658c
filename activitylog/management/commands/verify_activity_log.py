"""manage.py verify_activity_log"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activitylog import verification
from activitylog.models import ActivityHead


class Command(BaseCommand):
    help = (
        "Recomputes the chain of the activity log, looks for its triggers, and compares every "
        "switch with its records. Exit status 1 names what does not fit."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(verification.findings())
        if findings:
            raise CommandError("\n".join(finding.sentence for finding in findings))
        head = ActivityHead.objects.get()
        self.stdout.write(f"The activity log is sound: {head.number} records, digest {head.digest}")
