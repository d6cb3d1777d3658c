"""Removes what programs need no more; once a day is often enough."""

from typing import Any

from allauth.idp.oidc.models import Token
from django.core.management.base import BaseCommand

from partnercenter.api.repeats import forget_old_answers
from partnercenter.applications.grants import forget_old_grants
from partnercenter.webhooks.delivery import forget_old_deliveries


class Command(BaseCommand):
    help = (
        "Removes the API's answers that are no longer given again, tokens that have ended, and old "
        "deliveries of webhooks."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        answers = forget_old_answers()
        tokens, _details = Token.objects.expired().delete()
        forget_old_grants()
        deliveries = forget_old_deliveries()
        self.stdout.write(
            f"Removed {answers} kept answers, {tokens} tokens that have ended and {deliveries} old "
            "deliveries."
        )
