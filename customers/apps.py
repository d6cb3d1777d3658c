from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        from activitylog import events, verification
        from customers.events import DOCUMENTED, CustomerActivity
        from customers.verification import check_orders, check_switches

        events.register(CustomerActivity, DOCUMENTED)
        verification.register(check_switches)
        verification.register(check_orders)
