"""Every person at every address with every method: what each is told, and that no more happens."""

from contextlib import nullcontext
from itertools import product
from urllib.parse import urlsplit

import pytest
from django.utils.text import get_text_list

from tests.partnercenter.access_table import (
    ADDED_THERE,
    LOOKED_AT,
    REGISTERED,
    TABLE,
    Access,
)
from tests.partnercenter.site import FORM, ROUTES, Answer, marked_routes, text_of
from tests.partnercenter.world import Person, World, nothing_changes, undone

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
BODY = "field=that no form has"


def test_the_table_speaks_of_every_address_and_of_no_other() -> None:
    assert sorted(TABLE) == sorted(ROUTES)


def test_every_pattern_has_a_name_of_its_own() -> None:
    assert len(ROUTES) == len(list(marked_routes()))


def test_everything_in_the_site_administration_is_added_or_looked_at() -> None:
    assert sorted(ADDED_THERE | LOOKED_AT) == REGISTERED


def test_more_than_4_500_combinations_are_tried() -> None:
    assert len(ROUTES) * len(Person) * len(METHODS) > 4_500


def send(world: World, person: Person, method: str, name: str, **headers: str) -> Answer:
    address = world.address(ROUTES[name], person)
    query = TABLE[name].query
    return world.ask(
        person,
        method,
        f"{address}?{query}" if query else address,
        BODY if method not in ("GET", "HEAD", "TRACE") else "",
        content_type=FORM,
        headers=headers,
    )


@pytest.mark.parametrize("name", ROUTES)
def test_everybody_is_told_what_the_table_says(world: World, name: str) -> None:
    access = TABLE[name]
    with nothing_changes():
        for person, method in product(Person, METHODS):
            is_an_act = person in access.people(method) and (method == "POST" or access.once)
            with undone() if is_an_act else nullcontext():
                answer = send(world, person, method, name)
            assert answer.status_code == access.status(person, method), (person, method)
            says_why(answer, access, person, method)


def says_why(answer: Answer, access: Access, person: Person, method: str) -> None:
    """Who is refused learns which methods there are, which roles may, or where to sign in."""
    if answer.status_code == 405 and method not in access.methods:
        assert set(answer["Allow"].split(", ")) == access.methods
    elif answer.status_code == 403 and method != "HEAD":
        assert reason(access.roles_named(person, method)) in text_of(answer)
    elif person in access.strangers and not access.is_open:
        assert urlsplit(answer["Location"]).path == access.sign_in


def reason(roles: list[str]) -> str:
    if not roles:
        return "Your role does not allow this."
    return f"This needs the role {get_text_list(roles, 'or')}, which you do not have."


@pytest.mark.parametrize("name", [name for name in ROUTES if not TABLE[name].is_open])
def test_a_stranger_with_htmx_loads_sign_in_as_a_whole_page(world: World, name: str) -> None:
    for method in METHODS:
        answer = send(world, Person.STRANGER, method, name, **{"HX-Request": "true"})

        assert (answer.status_code, answer.content) == (200, b""), method
        assert urlsplit(answer["HX-Redirect"]).path == TABLE[name].sign_in
