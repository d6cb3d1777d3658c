"""An older way to sign in, which Microsoft's first SDKs still go.

Source: partner-center facts, section 6.1.
"""

import time

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from partnercenter.access import open_to_everyone
from partnercenter.api.faults import Fault, fault_response
from partnercenter.api.principals import principal_of
from partnercenter.applications.sign_in_errors import for_programs
from partnercenter.logs import note_refusal

REASON = "programs sign in here"


@csrf_exempt
@for_programs
@open_to_everyone(reason=REASON, methods=("POST",))
def generate_token(request: HttpRequest) -> HttpResponse:
    """A token is exchanged for one of Partner Center. Here one token opens everything, so that it
    is given back, for as long as it still lives. What the body says makes no difference; clients
    write it as a form or as JSON.
    """
    try:
        principal = principal_of(request.headers.get("Authorization", ""))
    except Fault as fault:
        note_refusal(fault.code)
        return fault_response(fault)
    ends = principal.token.expires_at
    seconds = int(ends.timestamp() - time.time()) if ends else 3600
    value = request.headers["Authorization"].strip().partition(" ")[2].strip()
    return JsonResponse(
        {"access_token": value, "token_type": "bearer", "expires_in": max(0, seconds)}
    )
