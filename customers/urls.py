from django.urls import URLPattern, URLResolver, include, path

from customers.views import (
    access_control,
    account,
    buying,
    customer,
    customers,
    end_of_sale,
    exchanges,
    exports,
    new_customer,
    orders,
    price_lists,
    prices,
    products,
    purchase_permissions,
    refund_terms,
    reservation_acts,
    reservations,
    sign_in_links,
    subscriptions,
    usage_import,
    users,
)

app_name = "customers"

of_one_subscription = [
    path("status/", subscriptions.subscription_status, name="subscription_status"),
    path("access-control/", access_control.access_control, name="access_control"),
    path("access-control/assign/", access_control.assign, name="assign_role"),
    path("access-control/<int:assignment_id>/remove/", access_control.remove, name="remove_role"),
]

of_one_reservation = [
    path("", reservations.reservation, name="reservation"),
    path("rename/", reservation_acts.rename, name="rename_reservation"),
    path("scope/", reservation_acts.scope, name="change_scope"),
    path("cancel/", reservation_acts.cancel, name="cancel_reservation"),
    path("exchange/", exchanges.choose, name="exchange_reservation"),
    path("exchange/<int:product_id>/", exchanges.exchange, name="exchange_for"),
    path("renew/", reservation_acts.renew, name="renew_reservation"),
]

of_one_customer: list[URLPattern | URLResolver] = [
    path("", customer.customer, name="customer"),
    path("subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path("subscriptions/azure-plan/", subscriptions.buy_plan, name="buy_azure_plan"),
    path("subscriptions/<uuid:subscription_id>/", include(of_one_subscription)),
    path("orders/", orders.orders, name="orders"),
    path("orders/<uuid:order_id>/", orders.order, name="order"),
    path("buy/", buying.buy, name="buy"),
    path("buy/<int:product_id>/", buying.choices, name="choices"),
    path("buy/<int:product_id>/review/", buying.review, name="review"),
    path("reservations/", reservations.reservations, name="reservations"),
    path("reservations/<uuid:reservation_id>/", include(of_one_reservation)),
    path("prices/", prices.prices, name="prices"),
    path("prices/<int:product_id>/", prices.customer_price, name="customer_price"),
    path("prices/<int:product_id>/set/", prices.set_price, name="set_customer_price"),
    path("users/", users.users, name="users"),
    path("users/add/", users.add_user, name="add_user"),
    path("users/<uuid:user_id>/remove/", users.remove_user, name="remove_user"),
    path("users/<uuid:user_id>/sign-in-links/", sign_in_links.send, name="send_sign_in_link"),
    path(
        "users/<uuid:user_id>/sign-out-everywhere/",
        sign_in_links.sign_out_everywhere,
        name="sign_out_customer_user",
    ),
    path(
        "users/<uuid:user_id>/sign-in-links/<uuid:link_id>/withdraw/",
        sign_in_links.withdraw,
        name="withdraw_sign_in_link",
    ),
    path("activity/", customer.activity, name="activity"),
    path("activity/<int:number>/", customer.record, name="record"),
    path("account/", account.account, name="account"),
    path("account/bill-to/", account.bill_to, name="bill_to"),
    path("account/relationship/", account.remove_relationship, name="remove_relationship"),
    path(
        "purchase-permissions/<str:resource>/",
        purchase_permissions.purchase_permission,
        name="purchase_permission",
    ),
]

urlpatterns = [
    path("", customers.customers, name="customers"),
    path("export/", exports.export, name="export"),
    path("new/", new_customer.new_customer, name="new_customer"),
    path("<uuid:customer_id>/", include(of_one_customer)),
]

usage = [
    path("", usage_import.import_page, name="import"),
]

# Prices and refund terms of all customers; mounted at the roof, under a name of their own.
catalogue: list[URLPattern | URLResolver] = [
    path("", products.prices, name="prices"),
    path("export/", products.export, name="export"),
    path("adjustment/", products.adjustment, name="adjustment"),
    path("<int:product_id>/end-of-sale/", end_of_sale.end_of_sale, name="end_of_sale"),
    path("import/", price_lists.import_prices, name="import_prices"),
    path("import/confirm/", price_lists.confirm_import, name="confirm_import"),
    path("refund-terms/", refund_terms.refund_terms, name="refund_terms"),
    path("refund-terms/set/", refund_terms.set_terms, name="set_refund_terms"),
]
