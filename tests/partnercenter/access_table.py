"""Who may read and who may act at each address: what the matrix of tests holds the site to."""

from dataclasses import dataclass, replace
from typing import Any

from django.contrib import admin

from partnercenter.agents.roles import Role
from tests.partnercenter.world import Person

People = frozenset[Person]

NOBODY: People = frozenset()
ADMINS = frozenset({Person.ADMIN})
SELLERS = ADMINS | {Person.SALES}
ALL_ROLES = SELLERS | {Person.HELPDESK}
AGENTS = ALL_ROLES | {Person.NEWCOMER}
STRANGERS = frozenset({Person.STRANGER, Person.CUSTOMER})  # to the dashboard
EVERYBODY = AGENTS | STRANGERS
CUSTOMERS_USERS = frozenset({Person.CUSTOMER})


@dataclass(frozen=True)
class Access:
    """Who may GET and HEAD, and who may POST; None where the page does not know the method.

    `shows` and `answers` are the statuses of what is permitted, to GET and to a POST that fills in
    none of the form's fields; `others` are told `*_others` where that is something else.
    `door` are those who may come in at all, where that is asked before what may be done inside.
    `once` stands where reading is an act: what is shown is shown once. `portal` is the customers'
    own door, at which agents are strangers.
    """

    read: People | None = None
    act: People | None = None
    shows: int = 200
    answers: int = 422
    others: People = STRANGERS
    shows_others: int | None = None
    answers_others: int | None = None
    door: People = EVERYBODY
    once: bool = False
    query: str = ""
    portal: bool = False

    @property
    def methods(self) -> set[str]:
        """What the header Allow of a 405 names."""
        reading = {"GET", "HEAD"} if self.read is not None else set()
        return reading | ({"POST"} if self.act is not None else set())

    @property
    def strangers(self) -> People:
        return EVERYBODY - CUSTOMERS_USERS if self.portal else STRANGERS

    @property
    def sign_in(self) -> str:
        """Where strangers are sent."""
        return "/portal/sign-in/" if self.portal else "/sign-in/"

    @property
    def insider(self) -> Person:
        """Who sees most of the page."""
        return Person.CUSTOMER if self.portal else Person.ADMIN

    @property
    def is_open(self) -> bool:
        return Person.STRANGER in (self.read or NOBODY) | (self.act or NOBODY)

    def people(self, method: str) -> People:
        """Who may use a method that the page knows."""
        return (self.act if method == "POST" else self.read) or NOBODY

    def status(self, person: Person, method: str) -> int:
        """What the person is told. Strangers learn of closed pages nothing but where sign-in is."""
        if person in self.strangers and not self.is_open:
            return 302
        if method not in self.methods:
            return 405
        if person not in self.people(method):
            return 403
        return self._granted(person, method)

    def roles_named(self, person: Person, method: str) -> list[str]:
        """The roles that a 403 names, in their order; none where no role would help."""
        allowed = self.people(method) if person in self.door else self.door
        return [str(role.label) for role in Role if Person(role) in allowed]

    def _granted(self, person: Person, method: str) -> int:
        other = person in self.others
        if method == "POST":
            return (other and self.answers_others) or self.answers
        return (other and self.shows_others) or self.shows


def page(read: People, **details: Any) -> Access:
    return Access(read=read, **details)


def form(people: People, **details: Any) -> Access:
    """A form and what it posts to stand at one address."""
    return Access(read=people, act=people, **details)


def own(**details: Any) -> Access:
    """A page of the portal, for customers' users."""
    return Access(read=CUSTOMERS_USERS, portal=True, **details)


def button(act: People, **details: Any) -> Access:
    """An address that takes nothing but posts."""
    return Access(act=act, **details)


SIGNING_IN = {
    "account_login": form(EVERYBODY, shows=302, answers=302, shows_others=200, answers_others=200),
    "mfa_authenticate": form(EVERYBODY, shows=302, answers=302),
    "mfa_login_webauthn": form(EVERYBODY, shows=302, answers=302),
    "account_logout": form(EVERYBODY, answers=302, shows_others=302),
    "account_inactive": page(EVERYBODY),
    "account_reauthenticate": form(AGENTS, answers=200),
    "account_change_password": form(AGENTS, answers=200),
}
MY_ACCOUNT = {
    "my_account": form(AGENTS),
    "language": button(AGENTS, answers=400),
    "sign_out_everywhere": button(AGENTS, answers=302),
    "mfa_index": page(AGENTS),
    "mfa_reauthenticate": form(AGENTS),
    "mfa_activate_totp": form(AGENTS, shows=302, answers=302),  # there is one already
    "mfa_deactivate_totp": form(AGENTS, answers=302),
    "mfa_list_webauthn": page(AGENTS, shows=302),
    "mfa_add_webauthn": form(AGENTS),
    "mfa_reauthenticate_webauthn": form(AGENTS),
    "mfa_remove_webauthn": form(AGENTS, answers=302),
    "mfa_edit_webauthn": form(AGENTS),
    "mfa_view_recovery_codes": page(AGENTS, once=True),
    "mfa_generate_recovery_codes": form(AGENTS, answers=302),
    "mfa_download_recovery_codes": page(AGENTS, once=True),
}
MANAGING_AGENTS = {
    "agents:agents": page(ADMINS),
    "agents:invite": form(ADMINS),
    "agents:agent": page(ADMINS),
    "agents:edit": form(ADMINS),
    "agents:active": button(ADMINS, answers=400),
    "agents:one_time_password": form(ADMINS, answers=302),
    "agents:second_factors": form(ADMINS, answers=302),
}
CUSTOMERS = {
    "home": page(ALL_ROLES),
    "customers:customers": page(ALL_ROLES),
    "customers:export": button(ALL_ROLES, answers=400),
    "customers:new_customer": form(SELLERS),
    "customers:customer": page(ALL_ROLES, shows=302),
    "customers:subscriptions": page(ALL_ROLES),
    "customers:buy_azure_plan": form(SELLERS),  # there is one already
    "customers:subscription_status": button(ADMINS, answers=400),
    "customers:access_control": page(ALL_ROLES),
    "customers:assign_role": form(ADMINS),
    "customers:remove_role": button(ADMINS, answers=302),
    "customers:orders": page(ALL_ROLES),
    "customers:order": page(ALL_ROLES),
    "customers:buy": page(SELLERS),
    "customers:choices": page(SELLERS),
    "customers:review": form(SELLERS, shows=400),  # nothing is chosen yet
    "customers:reservations": page(ALL_ROLES),
    "customers:reservation": page(ALL_ROLES),
    "usage:import": form(ADMINS),
    "customers:rename_reservation": form(ADMINS),
    "customers:change_scope": form(ADMINS),
    "customers:cancel_reservation": form(ADMINS),
    "customers:exchange_reservation": page(ADMINS),
    "customers:exchange_for": form(ADMINS),
    "customers:renew_reservation": form(ADMINS),
    "customers:users": page(ALL_ROLES),
    "customers:add_user": form(ADMINS),
    "customers:remove_user": button(ADMINS, answers=302),
    "customers:send_sign_in_link": form(ADMINS, shows=302, answers=302),
    "customers:withdraw_sign_in_link": button(ADMINS, answers=302),
    "customers:sign_out_customer_user": button(ADMINS, answers=302),
    "customers:activity": page(ALL_ROLES),
    "customers:record": page(ALL_ROLES),
    "customers:account": page(ALL_ROLES),
    "customers:bill_to": form(SELLERS),
    "customers:remove_relationship": form(ADMINS),  # something is active
    "customers:purchase_permission": button(ADMINS, answers=400),
}
PRICES = {
    "catalogue:prices": page(ALL_ROLES),
    "catalogue:export": button(ALL_ROLES, answers=400),
    "catalogue:adjustment": form(ADMINS),
    "catalogue:end_of_sale": form(ADMINS),
    "catalogue:import_prices": form(ADMINS),
    "catalogue:confirm_import": button(ADMINS),
    "catalogue:refund_terms": page(ALL_ROLES),
    "catalogue:set_refund_terms": form(ADMINS),
    "customers:prices": page(ALL_ROLES),
    "customers:customer_price": page(ALL_ROLES),
    "customers:set_customer_price": form(ADMINS),
}
PORTAL = {
    "portal:home": own(),
    "portal:reservation": own(),
    "portal:about_reservations": own(),
    "portal:buy": own(),
    "portal:choices": own(),
    "portal:review": form(CUSTOMERS_USERS, portal=True, shows=400),  # nothing is chosen yet
    "portal:sign_in": form(
        EVERYBODY, portal=True, others=CUSTOMERS_USERS, shows_others=302, answers=404
    ),
    "portal:sign_out": button(EVERYBODY, portal=True, answers=302),
    "portal:sign_out_everywhere": button(CUSTOMERS_USERS, portal=True, answers=302),
}
ACTIVITY_LOG = {
    "activitylog:activity_log": page(ADMINS),
    "activitylog:export": button(ADMINS, answers=400),
    "activitylog:record": page(ADMINS),
}
SIGNING_IN_OF_PROGRAMS = {
    "token": button(EVERYBODY, answers=400),
    "authorize": form(AGENTS, shows=400, answers=400),
    "device_code": form(EVERYBODY, shows=400, answers=400),
    "sign_in_unknown": form(EVERYBODY, shows=404, answers=404),
    "openid_configuration": page(EVERYBODY),
    "token_keys": page(EVERYBODY),
    "instance_discovery": page(EVERYBODY),
    "generate_token": button(EVERYBODY, answers=401),
}
API_ACCESS = {
    "applications:applications": page(ADMINS),
    "applications:new_application": form(ADMINS),
    "applications:application": page(ADMINS),
    "applications:edit_application": form(ADMINS),
    "applications:application_active": button(ADMINS, answers=400),
    "applications:application_secret": form(ADMINS, answers=302),
    "applications:application_tokens": button(ADMINS, answers=302),
    "withdraw_authorization": button(AGENTS, answers=302),
    "api_documentation": page(EVERYBODY),
    "openapi": page(EVERYBODY),
}
WEBHOOKS = {
    "webhooks:webhooks": page(ADMINS),
    "webhooks:new_webhook": form(ADMINS),
    "webhooks:webhook": page(ADMINS),
    "webhooks:edit_webhook": form(ADMINS),
    "webhooks:webhook_active": button(ADMINS, answers=400),
    "webhooks:webhook_secret": form(ADMINS, answers=302),
    "webhooks:delete_webhook": form(ADMINS, answers=302),
    "webhooks:resend": button(ADMINS, answers=302),
}
FOR_MACHINES = {
    "favicon.ico": page(EVERYBODY, shows=302),
    "livez": page(EVERYBODY),
    "readyz": page(EVERYBODY),
}

# The site administration. Strangers and other roles do not come in, whatever is inside.

INSIDE = Access(read=ADMINS, act=ADMINS, door=ADMINS, answers=200)
AWAY = replace(INSIDE, shows=302, answers=302)
TO_READ = replace(INSIDE, answers=405)  # says Django's own view, behind the door
REFUSED = replace(INSIDE, read=NOBODY, act=NOBODY)
AUTOCOMPLETE = "app_label=customers&model_name=subscription&field_name=customer&term="
ADDED_THERE = {
    "agents.agent",
    "customers.customer",
    "customers.customerprice",
    "customers.customeruser",
    "customers.priceadjustment",
    "customers.refundterms",
    "customers.reservationproduct",
    "customers.roleassignment",
    "customers.subscription",
}
CHANGED_THERE = {"agents.agent"}
LOOKED_AT = {"activitylog.activityrecord", "customers.purchasepermission"}

ADMINISTRATION = {
    "admin:index": INSIDE,
    "admin:login": replace(AWAY, read=ADMINS | STRANGERS, act=ADMINS | STRANGERS),
    "admin:logout": replace(
        form(EVERYBODY, answers=302), others=EVERYBODY - ADMINS, shows_others=302
    ),
    "admin:password_change": AWAY,
    "admin:password_change_done": TO_READ,
    "admin:autocomplete": replace(TO_READ, query=AUTOCOMPLETE),
    "admin:jsi18n": TO_READ,
    "admin:app_list": INSIDE,
    "admin/(?P<url>.*)$": replace(INSIDE, shows=404, answers=404),
}


def of_one_model(label: str) -> dict[str, Access]:
    """Changelist, add, change, delete and history, and the old address that leads to change."""
    name = f"admin:{label.replace('.', '_')}"
    return {
        f"{name}_changelist": INSIDE,
        f"{name}_add": INSIDE if label in ADDED_THERE else REFUSED,
        f"{name}_change": INSIDE if label in CHANGED_THERE else replace(INSIDE, act=NOBODY),
        f"{name}_delete": REFUSED,
        f"{name}_history": INSIDE,
        f"admin/{label.replace('.', '/')}/<path:object_id>/": AWAY,
    }


REGISTERED = sorted(model._meta.label_lower for model in admin.site._registry)
TABLE: dict[str, Access] = {
    **SIGNING_IN,
    **MY_ACCOUNT,
    **MANAGING_AGENTS,
    **CUSTOMERS,
    **PRICES,
    **PORTAL,
    **ACTIVITY_LOG,
    **SIGNING_IN_OF_PROGRAMS,
    **API_ACCESS,
    **WEBHOOKS,
    **FOR_MACHINES,
    **ADMINISTRATION,
    **{name: access for label in REGISTERED for name, access in of_one_model(label).items()},
}
