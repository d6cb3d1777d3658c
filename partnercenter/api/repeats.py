"""A call that is repeated under its MS-RequestId gets its first answer and changes nothing.

Source: “What our server must do” in the notes on clients, 7: Microsoft's SDKs send POST, PUT, PATCH
and DELETE again, under the same id, after a lost answer and after most errors.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from partnercenter.api.access import ApiRequest
from partnercenter.api.faults import Fault
from partnercenter.api.middleware import named_by_client
from partnercenter.api.models import KeptAnswer
from partnercenter.api.wire import JSON, no_content

KEPT = timedelta(days=7)
CONFLICT = "409"
LONGEST_PATH = 255  # what is longer is no address, and is refused under its first letters too
Operation = Callable[..., HttpResponse]


def once(operation: Operation) -> Operation:
    """Carries the operation out in one transaction with its answer, or gives the kept answer.

    The call's row is locked before anything else, so that a repeat waits for the first one to end.
    A Fault rolls everything back, the row too: what did not happen may be tried again.
    """

    @wraps(operation)
    def carried_out(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with transaction.atomic():
            kept = _kept(request)
            if kept and kept.status:
                return _again(kept)
            response = operation(request, *args, **kwargs)
            if kept:
                _keep(kept, response)
            return response

    return carried_out


def _kept(request: ApiRequest) -> KeptAnswer | None:
    """The locked row of the call; None where the client gave it no id. Raises Fault (409) for an
    id under which the same principal sent another body to the same address.
    """
    request_id = named_by_client(request)
    if not request_id:
        return None
    fingerprint = hashlib.sha256(request.body).hexdigest()
    kept, _created = KeptAnswer.objects.select_for_update(no_key=True).get_or_create(
        principal=request.auth.key,
        method=request.method or "",
        path=request.path_info[:LONGEST_PATH],
        request_id=request_id,
        defaults={"fingerprint": fingerprint},
    )
    if kept.fingerprint != fingerprint:
        raise Fault(
            409,
            CONFLICT,
            _("Another body was sent under this MS-RequestId. Use a new id for each new call."),
        )
    return kept


def _keep(kept: KeptAnswer, response: HttpResponse) -> None:
    kept.status, kept.body = response.status_code, response.content.decode()
    kept.save(update_fields=["status", "body"])


def _again(kept: KeptAnswer) -> HttpResponse:
    response = no_content()
    if kept.body:
        response = HttpResponse(kept.body, status=kept.status, content_type=JSON)
    response["Idempotent-Replay"] = "true"
    return response


def forget_old_answers() -> int:
    """Removes answers that are older than KEPT, and returns how many there were."""
    deleted, _details = KeptAnswer.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    return deleted
