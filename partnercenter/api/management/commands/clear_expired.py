"""Removes what the API needs no more; once a day is often enough."""

from typing import Any

from allauth.idp.oidc.models import Token
from django.core.management.base import BaseCommand

from partnercenter.api.repeats import forget_old_answers


class Command(BaseCommand):
    help = "Removes the API's answers that are no longer given again, and tokens that have ended."

    def handle(self, *args: Any, **options: Any) -> None:
        answers = forget_old_answers()
        tokens, _details = Token.objects.expired().delete()
        self.stdout.write(f"Removed {answers} kept answers and {tokens} tokens that have ended.")
