"""The answers that are kept for repeats, and what is counted."""

from django.db import models
from django.utils import timezone

from partnercenter.applications.models import Application


class KeptAnswer(models.Model):
    """The answer to a call that changed something, given again to whoever repeats the call.

    Stored in the transaction of the change. Microsoft's SDKs repeat a call, under the same
    MS-RequestId, when its answer was lost.
    """

    principal = models.CharField(max_length=128)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=255)
    request_id = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "request_id", "method", "path"], name="one_answer_a_call"
            )
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.request_id}"


class CallCount(models.Model):
    """How many calls an application made in one minute, the last one in which it made any."""

    application = models.OneToOneField(
        Application, models.CASCADE, primary_key=True, related_name="call_count"
    )
    minute = models.BigIntegerField()  # since 1970
    calls = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.calls)
