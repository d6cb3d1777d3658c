from django.urls import include, path

from customers.views import customer, customers, exports, purchase_permissions

app_name = "customers"

of_one_customer = [
    path("", customer.customer, name="customer"),
    path("subscriptions/", customer.subscriptions, name="subscriptions"),
    path("account/", customer.account, name="account"),
    path("activity/", customer.activity, name="activity"),
    path("activity/<int:number>/", customer.record, name="record"),
    path(
        "purchase-permissions/<str:resource>/",
        purchase_permissions.purchase_permission,
        name="purchase_permission",
    ),
]

urlpatterns = [
    path("", customers.customers, name="customers"),
    path("export/", exports.export, name="export"),
    path("<uuid:customer_id>/", include(of_one_customer)),
]
