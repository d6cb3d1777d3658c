"""What a form's answer shows once, carried over the redirect that follows the form.

So reloading the page repeats nothing. It lies in the session, encrypted, until the page is opened
or minutes have passed; a copy of the sessions is of no use without SECRET_KEY.
"""

import datetime as dt
import json
from collections.abc import Mapping

from django.http import HttpRequest
from django.utils import timezone

from partnercenter.sealing import SealedOtherwise, seal, unseal

KEY = "handover"
PURPOSE = "partnercenter.handover"
LONGEST = dt.timedelta(minutes=5)


def hand_over(request: HttpRequest, about: str, secrets: Mapping[str, str]) -> None:
    """Leaves texts for the next page about this thing, in place of what another form left."""
    left = {"about": about, "at": timezone.now().isoformat(), "secrets": dict(secrets)}
    request.session[KEY] = seal(json.dumps(left), purpose=PURPOSE)


def take_over(request: HttpRequest, about: str) -> dict[str, str] | None:
    """What was left for this page, given out once to GET; None for another page's, or too late."""
    if request.method != "GET":
        return None
    try:
        left = json.loads(unseal(request.session.get(KEY, ""), purpose=PURPOSE))
    except SealedOtherwise:
        return None
    if left["about"] != about:
        return None
    del request.session[KEY]
    age = timezone.now() - dt.datetime.fromisoformat(left["at"])
    secrets: dict[str, str] = left["secrets"]
    return secrets if dt.timedelta() <= age <= LONGEST else None
