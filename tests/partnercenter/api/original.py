"""What Microsoft documents for its operations: the names that real programs may send.

Source: partner-center facts, sections 3 to 6, and the REST reference,
https://learn.microsoft.com/partner-center/developer/partner-center-rest-api-reference.
"""

from typing import Any


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

# Of the bodies of operations, by their ids: keys with values that would change something. A dotted
# name leads into an object, and 0 into the first item of a list.
POLICY_KEYS: dict[str, Any] = {
    "name": "Azure", "description": "Azure", "policyType": "purchase", "state": "active",
    "attributes.version": 2,
    "selfServeEntity.domain": "fabrikam.example",
    "grantor.name": "Contoso",
    "permissions.0.scope": "/subscriptions", "permissions.0.limit": 100,
}  # fmt: skip
BODY_KEYS: dict[str, dict[str, Any]] = {
    "create_policy": POLICY_KEYS,
    "replace_policy": POLICY_KEYS,
    "replace_policy_by_id": POLICY_KEYS,
    "create_order": {
        "id": "1", "alternateId": "a", "orderId": "1", "currencyCode": "XXX",
        "currencySymbol": "¤", "creationDate": "2026-01-01T00:00:00Z", "status": "pending",
        "transactionType": "UserPurchase", "totalPrice": 10, "partnerOnRecord": "1234567",
        "partnerOnRecordAttestationAccepted": True, "hasEntitledInvoice": True,
        "lineItems.0.subscriptionId": "s", "lineItems.0.parentSubscriptionId": "s",
        "lineItems.0.partnerIdOnRecord": "1234567",
        "lineItems.0.additionalPartnerIdsOnRecord": ["1"],
        "lineItems.0.promotionId": "p", "lineItems.0.pricing": {"price": 1},
        "lineItems.0.renewsTo": {"termDuration": "P1Y"}, "lineItems.0.transactionType": "renew",
        "lineItems.0.attestationAccepted": True, "lineItems.0.isTrial": True,
        "lineItems.0.customTermEndDate": "2027-01-01T00:00:00Z", "lineItems.0.currency": "XXX",
        "lineItems.0.specialQualifications": "Education", "lineItems.0.coterm": True,
        "lineItems.0.provisioningContext.entitlementId": "e",
        "lineItems.0.provisioningContext.resourceGroup": "g",
        "lineItems.0.lineItemNumber": 7,
        "lineItems.0.provisioningContext.duration": "3Years",
    },
    "replace_billing_profile": {
        "id": "b", "profileType": "partner", "currency": "XXX", "taxId": "1",
        "organizationRegistrationNumber": "1", "language": "xx",
        "defaultAddress.district": "d", "defaultAddress.addressLine3": "3",
        "defaultAddress.middleName": "m", "defaultAddress.countryName": "Sweden",
        "defaultAddress.state": "Elsewhere",
    },
    "update_subscription": {
        "id": "s", "entitlementId": "e", "offerId": "o", "offerName": "Another",
        "productType": {"id": "OnlineServices", "displayName": "Other"},
        "unitType": "Licenses", "parentSubscriptionId": "s", "hasPurchasableAddons": True,
        "creationDate": "2020-01-01T00:00:00Z", "effectiveStartDate": "2020-01-01T00:00:00Z",
        "commitmentEndDate": "2030-01-01T00:00:00Z",
        "commitmentEndDateTime": "2030-01-01T00:00:00Z",
        "cancellationAllowedUntilDate": "2030-01-01T00:00:00Z",
        "billingCycleEndDate": "2030-01-01T00:00:00Z",
        "billingCycleEndDateTime": "2030-01-01T00:00:00Z", "isTrial": True,
        "billingType": "license", "billingCycle": "annual", "termDuration": "P3Y",
        "renewalTermDuration": "P1Y", "attentionNeeded": True, "actionTaken": True,
        "partnerId": "1234567", "publisherName": "Another", "suspensionReasons": ["Partner"],
        "actions": ["Edit"], "contractType": "productKey", "refundOptions": [{"type": "Full"}],
        "orderId": "o", "promotionId": "p", "productOrderId": "p", "lineItems": [{"quantity": 1}],
        "scheduledNextTermInstructions": {"quantity": 5}, "customTermEndDate": "2030-01-01",
        "consumptionType": "overage", "migratedFromSubscriptionId": "s",
        "attributes.version": 2, "currency": "XXX", "coterm": True,
    },
}  # fmt: skip
