"""A partner in Japan: agents and customers with Japanese names, and what on pages is foreign."""

import re
from collections.abc import Iterable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.http import HttpResponse
from django.test import Client
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from customers.models import Customer, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Part, read
from tests.factories import PASSWORD, AgentFactory, CustomerFactory, SubscriptionFactory
from tests.partnercenter.english import DATUM, english, texts_of
from tests.partnercenter.site import Answer

JAPANESE: dict[str, Any] = {"HTTP_ACCEPT_LANGUAGE": "ja"}
ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")
TYPED = "2026-01-31"  # an example of what is typed, not of what is shown


def agent(name: str, **kwargs: Any) -> Agent:
    return AgentFactory.create(display_name=name, password=PASSWORD, **kwargs)


def customer(name: str, **kwargs: Any) -> Customer:
    contact = {"contact_first_name": "京子", "contact_last_name": "木村"}
    place = {"city": "港区", "country": "JP", "address_line1": "芝 1-2-3"}
    return CustomerFactory.create(company_name=name, **place, **contact, **kwargs)


def contract(of: Customer, **kwargs: Any) -> Subscription:
    return SubscriptionFactory.create(
        customer=of, friendly_name="本番環境", offer_name="契約", **kwargs
    )


def turn_on(of: Customer, by: Agent) -> None:
    set_purchase_permission(customer=of, resource=Resource.AZURE_RESERVATIONS, allowed=True, by=by)


def browser_of(agent: Agent) -> Client:
    """Signed in from a Japanese browser; the password was confirmed a moment ago."""
    client = signed_in(agent, **JAPANESE)
    client.post("/confirm-password/", {"password": PASSWORD})
    return client


def faults(client: Client, addresses: Iterable[str], **headers: Any) -> dict[str, list[str]]:
    """What is not Japanese on these pages, by their addresses. Redirects are no pages."""
    answers = {address: client.get(address, **headers) for address in addresses}
    return {address: found for address, each in answers.items() if (found := faults_of(each))}


def faults_of(answer: HttpResponse | Answer) -> list[str]:
    if answer.headers.get("Content-Type", "").partition(";")[0] != "text/html" or (
        not answer.content
    ):
        return []
    page = read(answer)
    return [*english(page), *_foreign_dates(page), *_other_languages(page, answer)]


def _foreign_dates(page: Part) -> list[str]:
    """Each is written with slashes; code is what programs wrote, names of reservations too."""
    texts = texts_of(page)
    return [text for text in texts if ISO_DATE.search(DATUM.sub("", text.replace(TYPED, "")))]


def _other_languages(page: Part, answer: HttpResponse | Answer) -> list[str]:
    said = [part["lang"] for part in page.all("html")]
    said.append(answer.headers.get("Content-Language", "none"))
    return [language for language in said if language != "ja"]


def passkey() -> dict[str, Any]:
    """As allauth keeps one: a name, and what a device answered when it was made."""
    key = ES256.from_cryptography_key(  # type: ignore[no-untyped-call]
        ec.generate_private_key(ec.SECP256R1()).public_key()
    )
    made = AttestedCredentialData.create(bytes(16), b"passkey", key)
    flags = AuthenticatorData.FLAG.AT | AuthenticatorData.FLAG.UP
    attested = AttestationObject.create(
        "none", AuthenticatorData.create(bytes(32), flags, 0, made), {}
    )
    client_data = b'{"type":"webauthn.create","challenge":"AA","origin":"http://testserver"}'
    answer = {
        "clientDataJSON": websafe_encode(client_data),
        "attestationObject": websafe_encode(bytes(attested)),
    }
    id_ = websafe_encode(b"passkey")
    credential = {"id": id_, "rawId": id_, "type": "public-key", "response": answer}
    return {"name": "会社の電話", "credential": credential}
