"""Every form of every page, read from the pages themselves: a new field is tried as it appears."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from allauth.mfa.models import Authenticator

from tests.customers.pages import Part, read
from tests.partnercenter.site import FORM, ROUTES, SOMEBODY, Answer
from tests.partnercenter.world import Person, World, undone

# What a person would type, by the name of the field; other empty fields get a harmless word.
FILLED = {
    "amount": "10",
    "commitment_end_date": "",
    "country": "SE",
    "customer": str(SOMEBODY),
    "domain": "adatum.example",
    "from": "2026-01-01",
    "id": "",
    "fee_percent": "12",
    "free_days": "5",
    "password": "correct-horse-battery",
    "percent": "7",
    "product": "1",
    "quantity": "1",
    "renewal_days": "30",
    "subscription": str(SOMEBODY),
    "to": "2026-12-31",
    "user": str(SOMEBODY),
    "user_principal_name": "olga@adatum.example",
    "username": "nora@partner.example",
    "valid_from": "2999-01-01",
    "yearly_cap": "50000",
}


@dataclass(frozen=True)
class Form:
    """A form as its page offers it to a person: where it leads, and what it sends unchanged."""

    person: Person
    method: str
    action: str
    fields: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.fields]

    @property
    def key(self) -> tuple[str, str, frozenset[str]]:
        return self.method, self.action, frozenset(self.names)

    @property
    def keeps_what_was_typed(self) -> bool:
        return self.person is Person.ADMIN and self.method == "POST" and bool(self.fields)

    def body(self, **typed: str) -> str:
        """The form as it is sent, with some fields typed anew; those are encoded already."""
        sent = {name: quote(value) for name, value in self.fields}
        return "&".join(f"{quote(name)}={value}" for name, value in (sent | typed).items())

    def send(self, world: World, body: str) -> Answer:
        if self.method == "GET":
            return world.ask(self.person, "GET", f"{self.action}?{body}")
        return world.ask(self.person, "POST", self.action, body, content_type=FORM)


def forms_of(world: World) -> list[Form]:
    """Each form once. The newcomer has no authenticator app, so that one can be added."""
    Authenticator.objects.filter(user__username="newcomer@partner.example", type="totp").delete()
    found: dict[object, Form] = {}
    for route in ROUTES.values():
        for form in _forms_at(world, route):
            found.setdefault(form.key, form)
    return list(found.values())


def _forms_at(world: World, route: str) -> list[Form]:
    """The forms of the page as the first of these people sees it to whom it is open."""
    for person in (Person.STRANGER, Person.NEWCOMER, Person.ADMIN, Person.CUSTOMER):
        address = world.address(route, person)
        with undone():
            answer = world.ask(person, "GET", address)
        if answer.status_code == 200:
            parts = read(answer).all("form") if b"<form" in answer.getvalue() else []
            return [_form(part, person, address) for part in parts]
    return []


def _form(part: Part, person: Person, page: str) -> Form:
    method = part.attributes.get("method", "get").upper()
    action = urlsplit(part.attributes.get("action") or page).path
    fields: dict[str, str] = {}
    for field in part.all("input", "select", "textarea", "button"):
        name = field.attributes.get("name", "")
        if name and name != "csrfmiddlewaretoken":
            fields.setdefault(name, _value(field) or FILLED.get(name, _word(name, field)))
    if method == "GET" and "size" in fields:
        fields["cursor"] = ""
    return Form(person, method, action, tuple(fields.items()))


def _value(field: Part) -> str:
    if field.name == "select":
        options = [option.attributes.get("value", "") for option in field.all("option")]
        return next(filter(None, options), "")
    return field.attributes.get("value", "")


def _word(name: str, field: Part) -> str:
    if "email" in name:
        return "kim@adatum.example"
    return "" if field.attributes.get("type") in ("hidden", "search") else "Adatum"
