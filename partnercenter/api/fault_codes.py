"""The codes of errors in words, for the documentation; what a call is told says more.

Source: partner-center facts, sections 3.4 and 6.4.
"""

from django.utils.translation import gettext_lazy as _

# The status with which the code comes, the code, and what it means.
CODES = [
    (400, "800002", _("The call is not as it has to be; the description says where.")),
    (400, "800011", _("The subscription is no Azure subscription.")),
    (400, "800012", _("The subscription is not active.")),
    (400, "900118", _("The customer id is no GUID.")),
    (400, "900313", _("The subscription is not one of this customer.")),
    (400, "900318", _("The customer has no active Azure plan or Azure Global subscription.")),
    (400, "2055", _("It was changed since: the etag is not its own any more. Read it again.")),
    (401, "800001", _("The call bears no access token.")),
    (401, "400", _("The access token has ended, was revoked, or never was.")),
    (403, "403", _("The call came over plain http. Use https and replace the token.")),
    (403, "900308", _("The roles of whoever is behind the token do not allow it.")),
    (403, "900329", _("It needs the token of an agent, and the application came by itself.")),
    (403, "2032", _("The grantor of a policy has to be your own tenant.")),
    (403, "20002", _("There is no reseller relationship with the customer any more.")),
    (404, "1000", _("There is nothing at this address, or it doesn't support the method.")),
    (404, "60003", _("There is no customer with this id.")),
    (404, "20003", _("The customer has no subscription with this id.")),
    (404, "20000", _("The customer has no order with this id.")),
    (404, "60002", _("The customer has no user with this id.")),
    (404, "600039", _("The customer has no self-serve policy.")),
    (404, "600040", _("This cannot be the id of a policy.")),
    (409, "600041", _("The customer has a self-serve policy already.")),
    (409, "409", _("Another body was sent under the same MS-RequestId.")),
    (413, "413", _("The body is too large.")),
    (500, "800003", _("The server met an error of its own.")),
    (503, "503", _("The database does not answer; Retry-After says when to come again.")),
]
