"""The API's resources of customers: each is a file, and calls the operations that pages call."""

from ninja import Router

from customers.api import (
    billing_profiles,
    customers,
    entitlements,
    orders,
    organization,
    policies,
    provisioning,
    subscriptions,
    users,
)

# What the documentation says of each group of addresses, in its order.
tags = [
    {"name": "Profiles", "description": "Who you are: the tenant that grants policies."},
    {"name": "Customers", "description": "Your customers, and who they are."},
    {
        "name": "Subscriptions",
        "description": "What customers have: Azure plans, Azure Global, and licenses.",
    },
    {
        "name": "Orders",
        "description": "What was bought, and buying on a customer's behalf.",
    },
    {
        "name": "Entitlements",
        "description": "Which reservations customers have, and what has become of them.",
    },
    {"name": "Users", "description": "The people who work at a customer."},
    {
        "name": "Self-serve policies",
        "description": "Which customers may purchase which resources by themselves, on your bill. "
        "A policy says it of one customer; the customer permissions on Account are the same.",
    },
]

# Each with the beginning of its addresses.
routers: list[tuple[str, Router]] = [
    ("/profiles", organization.router),
    ("/customers", customers.router),
    ("/customers", billing_profiles.router),
    ("/customers", subscriptions.router),
    ("/customers", orders.router),
    ("/customers", provisioning.router),
    ("/customers", entitlements.router),
    ("/customers", users.router),
    ("/SelfServePolicy", policies.router),
]
