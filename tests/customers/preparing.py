"""The forms with which a customer is prepared: where they post, what they say, who may."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.urls import reverse

from customers.models import Customer, CustomerUser, RoleAssignment, Subscription
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Answer, Part, read

Fields = dict[str, Any]
ADMIN, SELLING = ("ada",), ("ada", "sam")

ADDRESS = {
    "address_line1": "Storgatan 1",
    "address_line2": "",
    "postal_code": "222 22",
    "city": "Lund",
    "region": "",
    "country": "se",
    "phone_number": "",
}
ADATUM = {
    "company_name": "Adatum",
    "domain": "adatum.example",
    **ADDRESS,
    "contact_first_name": "Kim",
    "contact_last_name": "Berg",
    "contact_email": "kim@adatum.example",
    "culture": "sv-SE",
    "currency": "EUR",
    "id": "",
}
BILL_TO = {
    "company_name": "Contoso Holding",
    **ADDRESS,
    "first_name": "Mia",
    "last_name": "Money",
    "email": "mia@contoso.example",
    "culture": "en-US",
    "currency": "USD",
}
OLGA = {
    "first_name": "Olga",
    "last_name": "Owner",
    "display_name": "",
    "user_principal_name": "olga@contoso.example",
}


@dataclass(frozen=True)
class Stage:
    """Fabrikam is ready and has Nils, who holds no role; Contoso has nothing at all."""

    fabrikam: Customer
    azure: Subscription
    held: RoleAssignment
    nils: CustomerUser
    contoso: Customer


@dataclass(frozen=True)
class Door:
    """A form: its address by names, what is posted, what is recorded, and whose role it needs.

    `parts` are the ids of the address; `opens` says whether it can be looked at too.
    """

    name: str
    parts: Callable[[Stage], list[Any]]
    fields: Callable[[Stage], Fields]
    action: str
    agents: tuple[str, ...] = ADMIN
    opens: bool = False

    def address(self, stage: Stage) -> str:
        return reverse(f"customers:{self.name}", args=self.parts(stage))

    def post(self, client: Client, stage: Stage, **fields: Any) -> Answer:
        return client.post(self.address(stage), {**self.fields(stage), **fields}, follow=True)


DOORS = [
    Door("new_customer", lambda s: [], lambda s: ADATUM, "add_customer", SELLING, opens=True),
    Door(
        "bill_to",
        lambda s: [s.contoso.pk],
        lambda s: BILL_TO,
        "update_customer_billing_profile",
        SELLING,
        opens=True,
    ),
    Door(
        "remove_relationship",
        lambda s: [s.contoso.pk],
        lambda s: {},
        "remove_partner_customer_relationship",
        opens=True,
    ),
    Door(
        "buy_azure_plan",
        lambda s: [s.contoso.pk],
        lambda s: {},
        "create_subscription",
        SELLING,
        opens=True,
    ),
    Door(
        "subscription_status",
        lambda s: [s.fabrikam.pk, s.azure.pk],
        lambda s: {"status": "suspended"},
        "suspend_subscription",
    ),
    Door(
        "assign_role",
        lambda s: [s.fabrikam.pk, s.azure.pk],
        lambda s: {"user": s.nils.pk, "role": "Owner"},
        "create_role_assignment",
        opens=True,
    ),
    Door(
        "remove_role",
        lambda s: [s.fabrikam.pk, s.azure.pk, s.held.pk],
        lambda s: {},
        "delete_role_assignment",
    ),
    Door("add_user", lambda s: [s.contoso.pk], lambda s: OLGA, "create_customer_user", opens=True),
    Door(
        "remove_user",
        lambda s: [s.fabrikam.pk, s.nils.pk],
        lambda s: {},
        "delete_customer_user",
    ),
]


def said(page: Part) -> str:
    """What the status region says."""
    return " ".join(part.words for part in page.the(id="status").all("p"))


def error_above(page: Part) -> str:
    """The sentence of what was not accepted."""
    return page.the("div", class_="error-list").words


def errors_at_fields(page: Part) -> dict[str, str]:
    """The sentences beneath the fields, by the fields' names."""
    suffix = "_error"
    found = page.all("p", class_="error")
    return {part["id"].removeprefix("id_").removesuffix(suffix): part.words for part in found}


def typed(page: Part, name: str) -> str:
    """What stands in a text field of the form."""
    return page.the("input", name=name).attributes.get("value", "")


def opened(client: Client, name: str, *parts: Any) -> Part:
    return read(client.get(reverse(f"customers:{name}", args=parts)))


def leads_to(page: Part, name: str, *parts: Any) -> list[str]:
    """The words of the links to an address; an empty list if there are none."""
    address = reverse(f"customers:{name}", args=parts)
    return [link.words for link in page.all("a", href=address)]


def access_control(azure: Subscription, name: str = "access_control", *more: int) -> str:
    """The address of a subscription's Access control, or of a form on it."""
    return reverse(f"customers:{name}", args=[azure.customer_id, azure.pk, *more])


def open_access_control(agent: Agent, azure: Subscription) -> Part:
    return read(signed_in(agent).get(access_control(azure)))
