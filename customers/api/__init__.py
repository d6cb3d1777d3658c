"""The API's resources of customers: each is a file, and calls the operations that pages call."""

from ninja import Router

from customers.api import customers, orders, organization, policies, subscriptions, users

# Each with the beginning of its addresses.
routers: list[tuple[str, Router]] = [
    ("/profiles", organization.router),
    ("/customers", customers.router),
    ("/customers", subscriptions.router),
    ("/customers", orders.router),
    ("/customers", users.router),
    ("/SelfServePolicy", policies.router),
]
