"""What Microsoft documents for its operations: the names that real programs may send.

Source: partner-center facts, sections 3 to 6, and the REST reference,
https://learn.microsoft.com/partner-center/developer/partner-center-rest-api-reference.
"""


def names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# Of all operations that read, in the original's own case.
PARAMETERS = names(
    """
    size offset filter seekOperation sortField sortDirection MS-ContinuationToken query.Token
    entity_id order_id mpn_id billingType include_price
    startDate endDate auditRequest.startDate auditRequest.endDate auditRequest.size
    auditRequest.filter.field auditRequest.filter.value auditRequest.filter.operator
    entitlementType showExpiry country expand api-version
    """
)
