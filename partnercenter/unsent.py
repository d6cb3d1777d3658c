"""What was typed into a form whose session had ended: kept until its page is opened again."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.utils.translation import gettext as _

KEY = "unsent"
LONGEST = 20_000  # characters; a form of ours holds a tenth of it
ENDED = "agent_of_ended_session"
SECRET = ("password", "token", "code", "credential")


def note_whose_session_ends(request: HttpRequest) -> None:
    """Remembers, for this request only, which agent's session it is, before that is looked at."""
    setattr(request, ENDED, request.session.get(SESSION_KEY))


def keep(request: HttpRequest) -> None:
    """Puts the posted text into the new session, but for secrets.

    Only where an agent's session has just ended, so that strangers can't fill the database; and for
    that agent only, since the next one to sign in may be somebody else.
    """
    agent = getattr(request, ENDED, None)
    if not agent:
        return
    fields = {
        name: values
        for name, values in request.POST.lists()
        if not any(word in name for word in SECRET)
    }
    if fields and len(json.dumps(fields)) <= LONGEST:
        request.session[KEY] = {"agent": agent, "path": request.path, "fields": fields}


def unsent(request: HttpRequest) -> dict[str, Any]:
    """The agent's text that waits for the form at this address, given out once; else empty.

    Text of another agent who used this browser is dropped, and text of nobody, as sessions from
    before an upgrade can hold.
    """
    kept = request.session.get(KEY)
    if not kept:
        return {}
    is_own = kept.get("agent") == str(request.user.pk)
    if is_own and kept["path"] != request.path:
        return {}
    del request.session[KEY]
    if not is_own:
        return {}
    messages.warning(
        request,
        _("You were signed out before this was saved. Check what you typed, then send it again."),
    )
    return {
        name: values[0] if len(values) == 1 else values for name, values in kept["fields"].items()
    }
