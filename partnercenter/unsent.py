"""What was typed into a form whose session had ended: kept until its page is opened again."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

KEY = "unsent"
LONGEST = 20_000  # characters; a form of ours holds a tenth of it
SECRET = ("password", "token", "code", "credential")


def keep(request: HttpRequest) -> None:
    """Puts the posted text into the new session, but for secrets.

    Only for browsers that had a session, so that strangers cannot fill the database.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return
    fields = {
        name: values
        for name, values in request.POST.lists()
        if not any(word in name for word in SECRET)
    }
    if fields and len(json.dumps(fields)) <= LONGEST:
        request.session[KEY] = {"path": request.path, "fields": fields}


def unsent(request: HttpRequest) -> dict[str, Any]:
    """The text that waits for the form at this address, given out once; empty if there is none."""
    kept = request.session.get(KEY)
    if not kept or kept["path"] != request.path:
        return {}
    del request.session[KEY]
    messages.warning(
        request,
        _("You were signed out before this was stored. Check what you typed, and send it again."),
    )
    return {
        name: values[0] if len(values) == 1 else values for name, values in kept["fields"].items()
    }
