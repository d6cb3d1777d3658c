"""Run by the Python of ms-partner-tools, outside of ours: what its CustomerService can do here.

Arguments: the address of the installation and an access token. Prints JSON. Only where it finds
Partner Center is not as it is on PyPI: that address can't be set otherwise.
"""

import json
import sys

from partner_tools import PartnerTools
from partner_tools.auth import AuthInfo

SITE, TOKEN = sys.argv[1:]


class Kept(AuthInfo):
    """A token that was got before: its own sign-in asks Microsoft's servers first."""

    def _get_token(self) -> str:
        return TOKEN


tools = PartnerTools(Kept())
tools._api_client._base = SITE
customers = tools.customer.get_customers()
audit = tools._api_client.get("auditrecords", {"startDate": "2024-01-01"})
link = tools._api_client.get("customers/relationshiprequests")
batches = tools._api_client.get(f"customers/{customers[0].id}/deviceBatches")
print(
    json.dumps(
        {
            "customers": [customer.companyProfile.companyName for customer in customers],
            "audit": audit["totalCount"],
            "link": link["code"],
            "batches": batches["code"],
        }
    )
)
