"""How the API says no: one shape of error for everything.

Source: partner-center facts, section 6.4; “What our server must do” in the notes on clients, 9.
"""

from typing import Any

from django.http import HttpResponse
from pydantic import Field

from partnercenter.api.wire import Attributes, Wire, json_response, shown_as

# What the API's own table of codes says; where it has none, the status stands in for it.
UNAUTHORIZED = "800001"
ACCESS_DENIED = "400"
BAD_INPUT = "800002"
SERVER_ERROR = "800003"
NOT_FOUND = "1000"
STALE_ETAG = "2055"
FOREIGN_GRANTOR = "2032"
NO_PRIVILEGE = "900308"
NO_APP_ONLY = "900329"
POLICY_NOT_FOUND = "600039"
POLICY_ID_INCORRECT = "600040"
POLICY_EXISTS = "600041"
TENANT_NOT_FOUND = "60003"
BAD_CUSTOMER_ID = "900118"
NO_RELATIONSHIP = "20002"
SUBSCRIPTION_NOT_FOUND = "20003"
ORDER_NOT_FOUND = "20000"
USER_NOT_FOUND = "60002"
NO_AZURE_PLAN = "900318"

LONGEST_DESCRIPTION = 1024


class Fault(Exception):
    """An answer that is an error: the HTTP status, the API's code, and a sentence for people.

    What the call did is rolled back. `headers` go with the answer.
    """

    def __init__(
        self, status: int, code: str, sentence: object, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.sentence = status, code, str(sentence)
        self.headers = headers or {}


class ApiFault(Wire):
    """Microsoft's shape of an error."""

    model_config = shown_as(
        {
            "code": "60003",
            "description": "There is no customer with this id.",
            "data": [],
            "source": "partnercenter",
            "attributes": {"objectType": "ApiFault"},
        }
    )

    code: str
    description: str
    data: list[Any] = Field(default_factory=list)
    source: str = "partnercenter"
    attributes: Attributes = Attributes(object_type="ApiFault")


class Throttled(Wire):
    """The original's other shape, of 429. Microsoft's .NET SDK reads Retry-After only where an
    error has neither code, description nor data.
    """

    model_config = shown_as(
        {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 57 seconds."}
    )

    status_code: int
    message: str


def shape_of(status: int) -> type[ApiFault] | type[Throttled]:
    """How an error with this HTTP status is written."""
    return Throttled if status == 429 else ApiFault


# For the documentation of operations: what each may answer beside its success.
FAULTS: dict[Any, Any] = {
    status: shape_of(status) for status in (400, 401, 403, 404, 409, 413, 429, 500, 503)
}
READING_FAULTS: dict[Any, Any] = {
    status: shape for status, shape in FAULTS.items() if status not in (409, 413)
}


def fault_response(fault: Fault) -> HttpResponse:
    """The fault as an answer."""
    response = json_response(_shaped(fault), status=fault.status)
    for name, value in fault.headers.items():
        response[name] = value
    return response


def _shaped(fault: Fault) -> ApiFault | Throttled:
    text = fault.sentence[:LONGEST_DESCRIPTION]
    if shape_of(fault.status) is Throttled:
        return Throttled(status_code=fault.status, message=text)
    return ApiFault(code=fault.code, description=text)
