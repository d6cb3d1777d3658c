"""What the documentation shows: bodies and answers as they go over the wire.

Tests read each of them as the API would.
"""

from typing import Any

Example = dict[str, Any]

PARTNER = "5b1b1b0e-7f5c-4a57-9d0e-3c5f6f0a6a11"
CUSTOMER = "0d1f2a3b-4c5d-4e6f-8a9b-0c1d2e3f4a5b"
SUBSCRIPTION = "6f0c3c52-9a4e-4f0b-b0a1-4a1f52e9d6c3"
RESERVATION = "2d7e4b90-6c1f-4f3a-8e25-b9a0c1d2e3f4"
ORDER = "c1b7e6a4-2f8d-4a76-9c55-8e0f1d2b3a49"
USER = "9d2c8e71-5b3f-4d10-a6e4-7f1c0b9a8d62"
VIRTUAL_MACHINE = "VirtualMachines:Standard_D2s_v5:westeurope"


def _link(uri: str) -> Example:
    return {"uri": uri, "method": "GET", "headers": []}


def _here(uri: str) -> Example:
    return {"self": _link(uri)}


ORGANIZATION: Example = {
    "id": PARTNER,
    "tenantId": PARTNER,
    "companyName": "Example Partner Ltd.",
    "email": "help@partner.example.com",
    "language": "en",
    "culture": "en-US",
    "profileType": "OrganizationProfile",
    "links": _here("/profiles/organization"),
    "attributes": {"objectType": "OrganizationProfile"},
}

ADDRESS: Example = {
    "country": "SE",
    "region": "Skåne",
    "city": "Malmö",
    "state": "Skåne",
    "addressLine1": "Storgatan 1",
    "postalCode": "211 34",
    "firstName": "Olga",
    "lastName": "Lind",
    "phoneNumber": "+46 40 000 00",
}
COMPANY_PROFILE: Example = {
    "tenantId": CUSTOMER,
    "domain": "fabrikam.example",
    "companyName": "Fabrikam",
    "address": ADDRESS,
    "email": "olga@fabrikam.example",
    "links": _here(f"/customers/{CUSTOMER}/profiles/company"),
    "attributes": {"objectType": "CustomerCompanyProfile"},
}
BILLING_PROFILE: Example = {
    "id": "b2a7c9d8-1e4f-5a6b-8c7d-9e0f1a2b3c4d",
    "firstName": "Olga",
    "lastName": "Lind",
    "email": "olga@fabrikam.example",
    "culture": "sv-SE",
    "language": "sv",
    "companyName": "Fabrikam",
    "defaultAddress": ADDRESS,
    "links": _here(f"/customers/{CUSTOMER}/profiles/billing"),
    "attributes": {"objectType": "CustomerBillingProfile", "etag": "4f9b1c0d"},
}
REPLACED_BILLING_PROFILE: Example = {
    name: BILLING_PROFILE[name]
    for name in (
        "firstName",
        "lastName",
        "email",
        "culture",
        "language",
        "companyName",
        "defaultAddress",
        "attributes",
    )
}
CUSTOMER_IN_FULL: Example = {
    "id": CUSTOMER,
    "commerceId": "e8c6b5a4-3d2e-5f10-9b8a-7c6d5e4f3a2b",
    "companyProfile": COMPANY_PROFILE,
    "billingProfile": BILLING_PROFILE,
    "relationshipToPartner": "reseller",
    "allowDelegatedAccess": True,
    "customDomains": ["fabrikam.example"],
    "links": _here(f"/customers/{CUSTOMER}"),
    "attributes": {"objectType": "Customer"},
}

SUBSCRIPTION_IN_FULL: Example = {
    "id": SUBSCRIPTION,
    "entitlementId": SUBSCRIPTION,
    "offerId": "DZH318Z0BPS6:0001",
    "offerName": "Azure plan",
    "friendlyName": "Azure plan",
    "productType": {"id": "Azure", "displayName": "Azure"},
    "quantity": 1,
    "unitType": "Usage-based",
    "hasPurchasableAddons": False,
    "creationDate": "2026-01-31T12:00:00Z",
    "effectiveStartDate": "2026-01-31T12:00:00Z",
    "commitmentEndDate": "9999-12-14T00:00:00Z",
    "status": "active",
    "autoRenewEnabled": False,
    "isTrial": False,
    "billingType": "usage",
    "billingCycle": "monthly",
    "isMicrosoftProduct": True,
    "attentionNeeded": False,
    "actionTaken": False,
    "contractType": "subscription",
    "orderId": ORDER,
    "links": _here(f"/customers/{CUSTOMER}/subscriptions/{SUBSCRIPTION}"),
    "attributes": {"objectType": "Subscription", "etag": "9c2e7a51"},
}
SUBSCRIPTION_CHANGE: Example = {
    "friendlyName": "Azure plan of the factory",
    "status": "suspended",
    "attributes": {"etag": "9c2e7a51"},
}

LICENSE_ORDER: Example = {
    "referenceCustomerId": CUSTOMER,
    "billingCycle": "monthly",
    "lineItems": [
        {
            "lineItemNumber": 0,
            "offerId": "CFQ7TTC0LH18:0001",
            "quantity": 5,
            "termDuration": "P1Y",
            "friendlyName": "Microsoft 365 Business Basic",
        }
    ],
}
AZURE_PLAN_ORDER: Example = {
    "referenceCustomerId": CUSTOMER,
    "lineItems": [{"offerId": "DZH318Z0BPS6:0001", "quantity": 1}],
}
RESERVATION_ORDER: Example = {
    "referenceCustomerId": CUSTOMER,
    "billingCycle": "monthly",
    "lineItems": [
        {
            "offerId": VIRTUAL_MACHINE,
            "quantity": 2,
            "termDuration": "P1Y",
            "provisioningContext": {"subscriptionId": SUBSCRIPTION, "scope": "shared"},
        }
    ],
}
ORDER_IN_FULL: Example = {
    "id": ORDER,
    "alternateId": "17",
    "referenceCustomerId": CUSTOMER,
    "billingCycle": "monthly",
    "currencyCode": "USD",
    "lineItems": [
        {
            "lineItemNumber": 0,
            "offerId": VIRTUAL_MACHINE,
            "termDuration": "P1Y",
            "transactionType": "new",
            "friendlyName": "Reserved instance Standard_D2s_v5, westeurope, 1 year",
            "quantity": 2,
            "pricing": {"listPrice": 500.0, "price": 500.0, "extendedPrice": 1000.0},
            "provisioningContext": {
                "subscriptionId": SUBSCRIPTION,
                "scope": "shared",
                "duration": "1Year",
                "reservationId": RESERVATION,
                "provisioningState": "Succeeded",
                "expiryDateTime": "2027-01-31T12:00:00Z",
            },
        }
    ],
    "creationDate": "2026-01-31T12:00:00Z",
    "status": "completed",
    "transactionType": "UserPurchase",
    "totalPrice": 1000.0,
    "links": {
        **_here(f"/customers/{CUSTOMER}/orders/{ORDER}"),
        "provisioningStatus": _link(f"/customers/{CUSTOMER}/orders/{ORDER}/provisioningstatus"),
    },
    "attributes": {"objectType": "Order"},
}

LINE_PROVISIONING: Example = {
    "lineItemNumber": 0,
    "status": "fulfilled",
    "quantityProvisioningInformation": [{"quantity": 2, "status": "fulfilled"}],
}
SUBSCRIPTION_PROVISIONING: Example = {
    "skuId": "0001",
    "status": "success",
    "quantity": 5,
    "endDate": "2027-01-31T00:00:00Z",
    "attributes": {"objectType": "SubscriptionProvisioningStatus"},
}

RESERVATION_FACTS: Example = {
    "reservationId": RESERVATION,
    "displayName": "Standard_D2s_v5_2026-01-31",
    "scopeType": "Single",
    "appliedScopes": [SUBSCRIPTION],
    "quantity": 2,
    "term": "P1Y",
    "effectiveDateTime": "2026-01-31T12:00:00Z",
    "expiryDateTime": "2027-01-31T12:00:00Z",
    "provisioningState": "Succeeded",
}
RESERVATION_DETAILS: Example = {"type": "reservedinstance", "reservations": [RESERVATION_FACTS]}
ENTITLEMENT: Example = {
    "includedEntitlements": [],
    "referenceOrder": {"id": ORDER, "lineItemId": "0", "alternateId": "17"},
    "productId": "VirtualMachines",
    "skuId": "Standard_D2s_v5",
    "quantity": 2,
    "quantityDetails": [{"quantity": 2, "status": "fulfilled"}],
    "entitledArtifacts": [
        {
            "link": _link(
                f"/customers/{CUSTOMER}/artifacts/reservedinstance/groups/{ORDER}/lineitems/0"
                f"/resource/{RESERVATION}"
            ),
            "resourceId": RESERVATION,
            "artifactType": "reservedinstance",
            "dynamicAttributes": {"reservationType": "virtualmachines", **RESERVATION_FACTS},
        }
    ],
    "entitlementType": "reservedinstance",
    "expiryDate": "2027-01-31T12:00:00Z",
    "attributes": {"objectType": "Entitlement"},
}

CUSTOMER_USER: Example = {
    "id": USER,
    "userPrincipalName": "olga@fabrikam.example",
    "firstName": "Olga",
    "lastName": "Lind",
    "displayName": "Olga Lind",
    "usageLocation": "SE",
    "userDomainType": "managed",
    "state": "active",
    "links": _here(f"/customers/{CUSTOMER}/users/{USER}"),
    "attributes": {"objectType": "CustomerUser"},
}

NEW_POLICY: Example = {
    "selfServeEntity": {"selfServeEntityType": "customer", "tenantID": CUSTOMER},
    "grantor": {"grantorType": "billToPartner", "tenantID": PARTNER},
    "permissions": [{"resource": "AzureReservedInstances", "action": "Purchase"}],
}
POLICY: Example = {
    "id": f"{PARTNER}_{CUSTOMER}",
    **NEW_POLICY,
    "attributes": {"objectType": "SelfServePolicy", "etag": "933920cd"},
}
REPLACED_POLICY: Example = {
    **POLICY,
    "permissions": [
        {"resource": "AzureReservedInstances", "action": "Purchase"},
        {"resource": "AzureSavingsPlan", "action": "Purchase"},
    ],
    "attributes": {"etag": "933920cd"},
}
