from django.urls import URLPattern, URLResolver, include, path

from customers.views import (
    access_control,
    account,
    customer,
    customers,
    exchanges,
    exports,
    new_customer,
    purchase_permissions,
    reservation_acts,
    reservations,
    subscriptions,
    users,
)

app_name = "customers"

of_one_subscription = [
    path("status/", subscriptions.subscription_status, name="subscription_status"),
    path("access-control/", access_control.access_control, name="access_control"),
    path("access-control/assign/", access_control.assign, name="assign_role"),
    path("access-control/<int:assignment_id>/remove/", access_control.remove, name="remove_role"),
]

acts_on_one_reservation = [
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
    path("reservations/", reservations.reservations, name="reservations"),
    path("reservations/<uuid:reservation_id>/", reservations.reservation, name="reservation"),
    path("reservations/<uuid:reservation_id>/", include(acts_on_one_reservation)),
    path("users/", users.users, name="users"),
    path("users/add/", users.add_user, name="add_user"),
    path("users/<uuid:user_id>/remove/", users.remove_user, name="remove_user"),
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
