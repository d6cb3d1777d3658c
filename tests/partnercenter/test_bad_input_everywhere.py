"""Every hostile text at every place that the site has: in paths, filters, fields, bodies, headers.

The places are read from the URL configuration and from the pages. Nothing may crash, and what is
refused may change nothing. All texts at all places take minutes: EVERYTHING=1 tries them; otherwise
the texts take turns, the same ones each time.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import unquote_plus

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.db import transaction

from activitylog.models import ActivityHead
from partnercenter.unsent import KEY
from tests.partnercenter.access_table import TABLE
from tests.partnercenter.crawl import Form, forms_of
from tests.partnercenter.hostile import BODIES, HARMLESS, HEADERS, HOSTILE, VALUES
from tests.partnercenter.site import FORM, ROUTES, VARIABLE_PARTS, Answer
from tests.partnercenter.world import Person, World, nothing_changes, undone

pytestmark = pytest.mark.django_db

Place = TypeVar("Place")
ANSWERS = {200, 302, 400, 401, 403, 404, 405, 413, 422, 429}
NAMES = list(HOSTILE)
EVERY = 1 if os.environ.get("EVERYTHING") else 6  # each text is tried at one place in so many
SELDOM = 4 * EVERY - 3  # where there are very many
PLACES_IN_PATHS = [
    (name, part) for name, route in ROUTES.items() for part in VARIABLE_PARTS if part in route
]
READABLE = [name for name, access in TABLE.items() if access.read and not access.once]
WITH_POSTS = [name for name, access in TABLE.items() if access.act]
each_text = pytest.mark.parametrize("text", NAMES)


@pytest.fixture(scope="module")
def forms(world: World) -> list[Form]:
    return forms_of(world)


def in_turn(places: Iterable[Place], text: str, every: int = EVERY) -> list[Place]:
    """The places where the text is tried."""
    return list(places)[NAMES.index(text) % every :: every]


def recorded() -> int | None:
    return ActivityHead.objects.values_list("number", flat=True).first()


def ask(world: World, person: Person, method: str, address: str, *body: Any, **how: Any) -> None:
    whatever_comes(lambda: world.ask(person, method, address, *body, **how))


def whatever_comes(request: Callable[[], Answer]) -> None:
    """One request. Only what was accepted is undone: an answer of 302, or one with a record. So
    a test ends where it began if all else changed nothing.
    """
    before = recorded()
    with transaction.atomic():
        answer = request()
        assert answer.status_code in ANSWERS, answer.status_code
        is_recorded = recorded() != before
        assert not (is_recorded and answer.status_code >= 400)
        if is_recorded or answer.status_code == 302:
            transaction.set_rollback(True)
    cache.clear()  # counters of failures


def send(world: World, form: Form, body: str) -> None:
    whatever_comes(lambda: form.send(world, body))


# How much there is


def test_more_than_3_000_requests_are_sent(forms: list[Form]) -> None:
    fields = sum(len(form.fields) for form in forms)
    texts = len(PLACES_IN_PATHS) // EVERY + 2 * len(READABLE) // SELDOM
    texts += len(forms) // EVERY + fields // SELDOM
    others = len(forms) * len(SHAPES) // 2 + len(WITH_POSTS) * len(BODIES) // EVERY
    others += 2 * len(HEADERS) * len(VALUES)

    assert len(HOSTILE) >= 60
    assert fields >= 120
    assert len(HOSTILE) * texts + others > 3_000


# In addresses


@each_text
def test_no_part_of_a_path_breaks_its_page(world: World, text: str) -> None:
    with nothing_changes():
        for name, part in in_turn(PLACES_IN_PATHS, text):
            address = world.address(ROUTES[name].replace(part, HOSTILE[text]))
            method = "GET" if TABLE[name].read else "POST"
            ask(world, TABLE[name].insider, method, address)


@each_text
def test_no_parameter_breaks_a_page_that_did_not_ask_for_it(world: World, text: str) -> None:
    query = f"?{HOSTILE[text]}=1&next={HOSTILE[text]}&x[]={HOSTILE[text]}"
    with nothing_changes():
        for name in in_turn(READABLE, text, SELDOM):
            for person in (TABLE[name].insider, Person.STRANGER):
                address = world.address(ROUTES[name], person) + query
                ask(world, person, "GET", address)


# In forms and filters


@each_text
def test_every_form_survives_the_text_in_all_its_fields(
    world: World, forms: list[Form], text: str
) -> None:
    with nothing_changes():
        for form in in_turn(forms, text):
            send(world, form, form.body(**dict.fromkeys(form.names, HOSTILE[text])))


@each_text
def test_every_form_survives_the_text_in_one_field_while_the_others_are_as_they_should_be(
    world: World, forms: list[Form], text: str
) -> None:
    fields = [(form, name) for form in forms for name in form.names if len(form.names) > 1]
    with nothing_changes():
        for form, name in in_turn(fields, text, SELDOM):
            send(world, form, form.body(**{name: HOSTILE[text]}))


def _as_parts_of_others(form: Form) -> str:
    return form.body().replace("=", "[a][b]=").replace("&", "&allowed.")


SHAPES: dict[str, Callable[[Form], str]] = {
    "every field twice": lambda form: f"{form.body()}&{form.body()}",
    "every field as a list": lambda form: form.body().replace("=", "[]="),
    "every field as a part of another": _as_parts_of_others,
    "every field without a value": lambda form: "&".join(form.names),
    "every value without a field": lambda form: "&".join(f"={value}" for _, value in form.fields),
    "fields that no form has": lambda form: form.body() + "&id=1&pk=1&is_superuser=1&_method=PUT",
    "a field of a million letters": lambda form: form.body() + "&" + "a" * 1_000_000 + "=1",
    "a million letters": lambda form: form.body(**dict.fromkeys(form.names, "a" * 1_000_000)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_form_survives_being_sent_in_another_shape(
    world: World, forms: list[Form], shape: str
) -> None:
    first = list(SHAPES).index(shape) % 2
    with nothing_changes():
        for form in forms[first::2]:
            send(world, form, SHAPES[shape](form))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_lost_session_kept_breaks_no_form(
    world: World, forms: list[Form], text: str
) -> None:
    """Typed by an agent whose session had ended, and shown to that agent after the next sign-in."""
    kept = [unquote_plus(HOSTILE[text])]
    session = world.session(Person.ADMIN)
    own = {"agent": session[SESSION_KEY]}
    for form in in_turn([form for form in forms if form.keeps_what_was_typed], text):
        for values in (kept, kept * 2):
            fields = dict.fromkeys(form.names, values)
            session[KEY] = {**own, "path": form.action, "fields": fields}
            session.save()
            answer = world.ask(Person.ADMIN, "GET", form.action)
            assert answer.status_code in (200, 405), form.action


# In bodies and headers


@pytest.mark.parametrize("kind", BODIES)
def test_a_body_that_is_no_form_breaks_no_page(world: World, kind: str) -> None:
    content_type, body = BODIES[kind]
    first = list(BODIES).index(kind) % EVERY
    with nothing_changes():
        for name in WITH_POSTS[first::EVERY]:
            address = world.address(ROUTES[name])
            ask(world, TABLE[name].insider, "POST", address, body, content_type=content_type)


@pytest.mark.parametrize("name", HEADERS)
def test_no_header_breaks_a_page_or_makes_another_method_of_it(world: World, name: str) -> None:
    switch = world.address(ROUTES["customers:purchase_permission"])
    with nothing_changes():
        for value in VALUES:
            headers = {name: value}
            with undone():
                read = world.ask(Person.ADMIN, "GET", "/customers/", headers=headers)
                moved = world.ask(
                    Person.ADMIN, "POST", switch, "allowed=true", content_type=FORM, headers=headers
                )
            assert read.status_code == 200, value
            assert moved.status_code in (200, 302), value
