"""The Activity log, a customer's own part of it, and the page of one record."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from activitylog import clock
from activitylog.models import ActivityRecord
from activitylog.origin import Channel, Origin, acting_from
from activitylog.recording import Affected, System, record
from customers.models import Customer, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.users import add_customer_user
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import rename_agent
from tests.conftest import SignIn, signed_in
from tests.customers.pages import Answer, error, pager, read, rows, words
from tests.factories import CustomerUserFactory

RESERVATIONS = Resource.AZURE_RESERVATIONS
LOG = "/activity-log/"
HTMX = {"HX-Request": "true"}
CREATE, DELETE = (
    "create_customer_purchase_permissions",
    "delete_customer_purchase_permissions",
)


def turn(customer: Customer, by: Agent, *, on: bool = True) -> ActivityRecord:
    move = set_purchase_permission(customer=customer, resource=RESERVATIONS, allowed=on, by=by)
    assert move.changed
    return ActivityRecord.objects.get(pk=move.permission.record_number)


def activity(customer: Customer) -> str:
    return reverse("customers:activity", args=[customer.pk])


def record_page(customer: Customer, number: int) -> str:
    return reverse("customers:record", args=[customer.pk, number])


def shown(client: Client, address: str, **filters: Any) -> list[str]:
    """Who is concerned by the records shown, or on a customer's own page what was done."""
    response = client.get(address, filters)
    assert response.status_code == 200
    return [row[1] for row in rows(response)]


@pytest.fixture
def two_moves(ada: Agent, fabrikam: Customer, northwind: Customer) -> list[ActivityRecord]:
    """The first concerns Fabrikam, the second Northwind."""
    return [turn(fabrikam, ada), turn(northwind, ada)]


@pytest.fixture
def three_days(
    settings: Settings, ada: Agent, sam: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    """On the first day Fabrikam on; on the second Northwind on; on the third Fabrikam off."""
    settings.DEMONSTRATION = True
    acts = [(1, fabrikam, True), (2, northwind, True), (3, fabrikam, False)]
    for day, customer, on in acts:
        with clock.pretending(dt.datetime(2026, 3, day, 23, 59, 59, 999999, tzinfo=dt.UTC)):
            turn(customer, ada, on=on)
    settings.DEMONSTRATION = False


# Who may read what


@pytest.mark.parametrize("name", ["ada", "sam", "hana"])
def test_a_customers_activity_is_open_to_every_role(
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    two_moves: list[ActivityRecord],
    fabrikam: Customer,
    name: str,
) -> None:
    client = sign_in(request.getfixturevalue(name))

    assert client.get(activity(fabrikam)).status_code == 200
    assert client.get(record_page(fabrikam, two_moves[0].number)).status_code == 200


@pytest.mark.parametrize("address", [LOG, f"{LOG}1/"])
@pytest.mark.parametrize("name", ["sam", "hana"])
def test_the_whole_log_is_for_admin_agents_only(
    sign_in: SignIn,
    request: pytest.FixtureRequest,
    two_moves: list[ActivityRecord],
    name: str,
    address: str,
) -> None:
    response = sign_in(request.getfixturevalue(name)).get(address)

    assert response.status_code == 403
    assert "This needs the role Admin agent" in error(response)


def test_the_gear_leads_admin_agents_alone_to_the_whole_log(ada: Agent, sam: Agent) -> None:
    assert read(signed_in(ada).get("/")).the(id="gear-menu").has("a", href=LOG)
    assert not read(signed_in(sam).get("/")).has("a", href=LOG)


@pytest.mark.parametrize("address", [LOG, f"{LOG}1/"])
def test_strangers_are_led_to_sign_in(two_moves: list[ActivityRecord], address: str) -> None:
    response = Client().get(address)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in/?next={address}")


def test_another_customers_record_is_not_found_under_this_one(
    sign_in: SignIn, ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    of_northwind = two_moves[1].number
    assert sign_in(ada).get(record_page(fabrikam, of_northwind)).status_code == 404


def test_a_record_of_no_customer_is_not_found_under_a_customer(
    sign_in: SignIn, ada: Agent, sam: Agent, fabrikam: Customer
) -> None:
    rename_agent(agent=sam, display_name="Samuel", by=ada)
    number = ActivityRecord.objects.get().number

    assert sign_in(ada).get(record_page(fabrikam, number)).status_code == 404


@pytest.mark.parametrize("number", [0, 3, 2**63 - 1, 2**63, 10**30])
def test_a_record_that_does_not_exist_is_not_found(
    sign_in: SignIn,
    ada: Agent,
    two_moves: list[ActivityRecord],
    fabrikam: Customer,
    number: int,
) -> None:
    client = sign_in(ada)

    assert client.get(f"{LOG}{number}/").status_code == 404
    assert client.get(record_page(fabrikam, number)).status_code == 404


def test_the_activity_of_an_unknown_customer_is_not_found(ada: Agent) -> None:
    nobody = Customer(pk=uuid.uuid4())

    assert signed_in(ada).get(activity(nobody)).status_code == 404
    assert signed_in(ada).get(record_page(nobody, 1)).status_code == 404


# The list


def test_the_columns_of_the_log_are_those_of_partner_center(
    ada: Agent, two_moves: list[ActivityRecord]
) -> None:
    headers = read(signed_in(ada).get(LOG)).all("th", scope="col")

    assert [header.words for header in headers] == [
        "Date-Time (UTC)",
        "Affected customer",
        "Action",
        "Partner user",
    ]


def test_the_log_shows_the_newest_record_first(
    sign_in: SignIn, ada: Agent, two_moves: list[ActivityRecord]
) -> None:
    assert rows(sign_in(ada).get(LOG)) == [
        [
            f"{record.at:%Y-%m-%d %H:%M:%S} just now",
            record.customer_name,
            "Create Customer Purchase Permissions",
            "ada@partner.example",
        ]
        for record in reversed(two_moves)
    ]


def test_a_customers_activity_shows_that_customer_alone(
    sign_in: SignIn, sam: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    assert rows(sign_in(sam).get(activity(fabrikam))) == [
        [
            f"{two_moves[0].at:%Y-%m-%d %H:%M:%S} just now",
            "Create Customer Purchase Permissions",
            "ada@partner.example",
        ]
    ]


def test_acts_on_agents_stand_in_the_log_without_a_customer(ada: Agent, sam: Agent) -> None:
    rename_agent(agent=sam, display_name="Samuel", by=ada)
    [row] = rows(signed_in(ada).get(LOG))

    assert row[1:] == ["–", "Update Partner User", "ada@partner.example"]


def test_a_row_of_the_log_leads_to_its_record_and_its_customer(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    page = read(signed_in(ada).get(LOG))

    assert page.has("a", href=f"{LOG}{two_moves[0].number}/")
    assert page.has("a", href=reverse("customers:subscriptions", args=[fabrikam.pk]))


def test_a_row_of_a_customers_activity_leads_to_the_record_under_the_customer(
    sam: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    page = read(signed_in(sam).get(activity(fabrikam)))
    assert page.has("a", href=record_page(fabrikam, two_moves[0].number))


def test_the_pages_are_titled_as_partner_center_writes_them(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client, number = signed_in(ada), two_moves[0].number
    titles = {
        LOG: "Activity log",
        f"{LOG}{number}/": "Create Customer Purchase Permissions",
        activity(fabrikam): "Fabrikam | Activity",
        record_page(fabrikam, number): "Create Customer Purchase Permissions",
    }
    assert {address: read(client.get(address)).the("h1").words for address in titles} == titles


def test_the_breadcrumb_of_a_record_leads_back_to_the_customers_activity(
    sam: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    page = read(signed_in(sam).get(record_page(fabrikam, two_moves[0].number)))
    breadcrumb = page.the("nav", aria_label="Breadcrumb")

    assert breadcrumb.words == f"Home Customers Fabrikam Activity {two_moves[0].number}"
    assert breadcrumb.has("a", href=activity(fabrikam))


# Filters


@pytest.mark.usefixtures("three_days")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Fabrikam", "Northwind Traders", "Fabrikam"]),
        ({"from": "2026-03-02"}, ["Fabrikam", "Northwind Traders"]),
        ({"to": "2026-03-02"}, ["Northwind Traders", "Fabrikam"]),
        ({"from": "2026-03-02", "to": "2026-03-02"}, ["Northwind Traders"]),
        ({"from": "2026-03-04"}, []),
        ({"customer": "north"}, ["Northwind Traders"]),
        ({"customer": "ＦＡＢ"}, ["Fabrikam", "Fabrikam"]),
        ({"action": CREATE}, ["Northwind Traders", "Fabrikam"]),
        ({"action": DELETE}, ["Fabrikam"]),
        ({"action": "add_customer"}, []),
        ({"agent": "ADA@"}, ["Fabrikam", "Northwind Traders", "Fabrikam"]),
        ({"agent": "sam"}, []),
        ({"customer": "fab", "action": CREATE, "from": "2026-03-01"}, ["Fabrikam"]),
        ({"to": "9999-12-31"}, ["Fabrikam", "Northwind Traders", "Fabrikam"]),
        ({"from": "0001-01-01"}, ["Fabrikam", "Northwind Traders", "Fabrikam"]),
        ({"customer": "%"}, []),
    ],
    ids=str,
)
def test_the_log_shows_what_the_filters_in_its_address_ask_for(
    sign_in: SignIn, ada: Agent, filters: dict[str, str], expected: list[str]
) -> None:
    assert shown(sign_in(ada), LOG, **filters) == expected


@pytest.mark.usefixtures("three_days")
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["Delete", "Create"]),
        ({"from": "2026-03-02"}, ["Delete"]),
        ({"to": "2026-03-02"}, ["Create"]),
        ({"action": DELETE}, ["Delete"]),
        ({"agent": "ada"}, ["Delete", "Create"]),
        ({"agent": "sam"}, []),
    ],
    ids=str,
)
def test_a_customers_activity_shows_what_its_filters_ask_for(
    sign_in: SignIn,
    sam: Agent,
    fabrikam: Customer,
    filters: dict[str, str],
    expected: list[str],
) -> None:
    actions = shown(sign_in(sam), activity(fabrikam), **filters)
    assert [action.split()[0] for action in actions] == expected


def test_the_log_is_filtered_by_the_exact_ids_too(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client = signed_in(ada)

    assert shown(client, LOG, customer=str(fabrikam.pk).upper()) == ["Fabrikam"]
    assert len(shown(client, LOG, agent=str(ada.pk))) == 2
    assert shown(client, LOG, agent=str(fabrikam.pk)) == []


def test_a_customers_activity_has_no_filter_for_customers(
    sign_in: SignIn, sam: Agent, fabrikam: Customer
) -> None:
    client = sign_in(sam)
    response = client.get(activity(fabrikam), {"customer": "northwind"})

    assert response.status_code == 400
    assert error(response) == "This list has no filter named “customer”."
    assert not read(client.get(activity(fabrikam))).has("input", name="customer")


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        ({"from": "1.3.2026"}, "Enter a date as YYYY-MM-DD, for example 2026-01-31."),
        ({"to": "2026-02-30"}, "Enter a date as YYYY-MM-DD, for example 2026-01-31."),
        (
            {"from": "2026-03-02", "to": "2026-03-01"},
            "The first day is after the last. Exchange From and To.",
        ),
        ({"action": "dance"}, "Select a valid choice. dance is not one of the available choices."),
        ({"size": "7"}, "Select a valid choice. 7 is not one of the available choices."),
        ({"colour": "red"}, "This list has no filter named “colour”."),
    ],
    ids=str,
)
def test_a_filter_that_is_not_understood_is_told_and_shows_no_rows(
    sign_in: SignIn,
    ada: Agent,
    two_moves: list[ActivityRecord],
    fabrikam: Customer,
    filters: dict[str, str],
    sentence: str,
) -> None:
    for address in (LOG, activity(fabrikam)):
        response = sign_in(ada).get(address, filters)
        assert response.status_code == 400
        assert error(response) == sentence
        assert rows(response) == []


def test_what_was_typed_stays_in_the_form_beside_a_bad_filter(ada: Agent) -> None:
    filters = {"from": "yesterday", "to": "2026-03-01", "customer": "fab"}
    page = read(signed_in(ada).get(LOG, filters))

    assert {name: page.the("input", name=name)["value"] for name in filters} == filters


def test_where_nothing_matches_the_way_leads_to_all(
    sign_in: SignIn, sam: Agent, fabrikam: Customer
) -> None:
    part = read(sign_in(sam).get(activity(fabrikam))).the(id="records")

    assert part.words == "No activity matches. Show all activity"
    assert part.the("a")["href"] == activity(fabrikam)


# Pages and fragments


@transaction.atomic
def record_sixty(customer: Customer, by: Agent) -> None:
    for number in range(60):
        turn(customer, by, on=number % 2 == 0)


def numbers(answer: Answer) -> list[int]:
    links = read(answer).all("a", class_="expander")
    return [int(link["href"].strip("/").rpartition("/")[2]) for link in links]


def test_paging_forward_and_back_shows_each_record_once(
    sign_in: SignIn, sam: Agent, ada: Agent, fabrikam: Customer
) -> None:
    record_sixty(fabrikam, ada)
    client, address = sign_in(sam), activity(fabrikam)
    pages = [client.get(address)]
    while "Next" in pager(pages[-1]):
        pages.append(client.get(address + pager(pages[-1])["Next"]))
    assert [number for page in pages for number in numbers(page)] == list(range(60, 0, -1))

    back = [pages[-1]]
    while "Previous" in pager(back[0]):
        back.insert(0, client.get(address + pager(back[0])["Previous"]))
    assert [numbers(page) for page in back] == [numbers(page) for page in pages]


def test_records_made_between_two_pages_move_none(ada: Agent, fabrikam: Customer) -> None:
    record_sixty(fabrikam, ada)
    client = signed_in(ada)
    first = client.get(LOG)
    record_sixty(fabrikam, ada)
    second = client.get(LOG + pager(first)["Next"])

    assert numbers(second)[0] == numbers(first)[-1] - 1


def test_a_page_link_of_one_customer_does_not_work_for_another_filter(
    ada: Agent, fabrikam: Customer
) -> None:
    record_sixty(fabrikam, ada)
    client = signed_in(ada)
    link = pager(client.get(LOG))["Next"]

    assert client.get(f"{LOG}{link}&action={CREATE}").status_code == 400


def test_htmx_is_answered_with_the_list_alone(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client = signed_in(ada, headers=HTMX)
    for address in (LOG, activity(fabrikam)):
        fragment = read(client.get(address))
        assert fragment.the(id="records").rows
        assert not fragment.has("html", "h1")
        assert not fragment.has("form", role="search")


def test_htmx_shows_the_address_without_empty_filters(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client = signed_in(ada, headers=HTMX)
    query = "?from=2026-03-01&to=&customer=&agent=ada&action=&size=25&cursor="

    assert client.get(LOG + query)["HX-Replace-Url"] == f"{LOG}?from=2026-03-01&agent=ada"
    own = client.get(activity(fabrikam) + "?from=&to=&agent=&action=&size=50")
    assert own["HX-Replace-Url"] == f"{activity(fabrikam)}?size=50"


def test_going_back_in_history_gets_the_whole_page(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client = signed_in(ada, headers={**HTMX, "HX-History-Restore-Request": "true"})
    number = two_moves[0].number

    for address in (LOG, activity(fabrikam), f"{LOG}{number}/", record_page(fabrikam, number)):
        assert read(client.get(address)).has("html")


def test_a_record_opens_in_place_of_the_list(
    ada: Agent, two_moves: list[ActivityRecord], fabrikam: Customer
) -> None:
    client, number = signed_in(ada, headers=HTMX), two_moves[0].number

    for address in (f"{LOG}{number}/", record_page(fabrikam, number)):
        response = client.get(address)
        fragment = read(response)
        assert response.content.strip().startswith(b'<tr class="in-place">')
        assert not fragment.has("html", "h1")
        assert fragment.has("a", href=address)
        assert two_moves[0].digest in fragment.words


# One record


def facts_of(record: ActivityRecord) -> list[str]:
    """All that a record holds, as its page writes it."""
    return [
        str(record.number),
        str(record.uuid),
        f"{record.at:%Y-%m-%d %H:%M:%S.%f}",
        record.action_label,
        record.resource_type,
        record.resource_id,
        record.customer_id,
        record.customer_name,
        record.actor_id,
        record.actor_name,
        ", ".join(record.actor_roles),
        record.application_id,
        record.application_name,
        record.get_channel_display(),
        record.get_status_display(),
        record.request_id,
        record.correlation_id,
        record.address,
        record.digest,
    ]


def test_all_that_a_record_holds_is_on_its_page(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    origin = Origin(
        Channel.API,
        address="192.0.2.7",
        request_id="request-1",
        correlation_id="correlation-1",
        application_id="application-1",
        application_name="Nightly synchronisation",
    )
    with acting_from(origin):
        written = turn(fabrikam, ada)
    facts = facts_of(written)
    assert all(facts)

    for address in (f"{LOG}{written.number}/", record_page(fabrikam, written.number)):
        text = words(sign_in(ada).get(address))
        assert [fact for fact in facts if fact not in text] == []


def test_a_record_without_a_customer_is_shown_too(sign_in: SignIn, ada: Agent, sam: Agent) -> None:
    rename_agent(agent=sam, display_name="Samuel", by=ada)
    written = ActivityRecord.objects.get()
    page = read(sign_in(ada).get(f"{LOG}{written.number}/"))

    assert ["display_name", "Sam", "Samuel"] in page.rows
    assert "Affected customer" not in page.words


def test_each_old_value_stands_beside_the_new_one(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    on, off = turn(fabrikam, ada), turn(fabrikam, ada, on=False)
    client = sign_in(ada)

    assert rows_of_changes(client.get(record_page(fabrikam, on.number))) == [
        ["resources", "–", "AzureReservedInstances"]
    ]
    assert rows_of_changes(client.get(record_page(fabrikam, off.number))) == [
        ["resources", "AzureReservedInstances", "–"]
    ]


def rows_of_changes(answer: Answer) -> list[list[str]]:
    """The table of old and new values."""
    table = read(answer).the("div", aria_label="Old and new values").the("table")
    assert [header.words for header in table.all("th", scope="col")] == [
        "Field",
        "Old value",
        "New value",
    ]
    return table.rows


def test_what_was_made_new_has_no_old_values(sam: Agent, ada: Agent, fabrikam: Customer) -> None:
    user = CustomerUserFactory.build(
        customer=fabrikam, user_principal_name="o@fabrikam.example", display_name="Olga"
    )
    add_customer_user(user=user, by=ada)
    number = ActivityRecord.objects.get().number

    assert rows_of_changes(signed_in(sam).get(record_page(fabrikam, number))) == [
        ["display_name", "–", "Olga"],
        ["user_principal_name", "–", "o@fabrikam.example"],
    ]


def written_by_the_system(**facts: Any) -> ActivityRecord:
    with transaction.atomic():
        return record("test", resource_type="thing", resource_id="1", by=System(), **facts)


def test_values_of_every_kind_are_written_for_people(ada: Agent) -> None:
    written = written_by_the_system(
        old={"a": True, "b": 7, "c": None, "d": "", "e": []},
        new={"a": False, "b": 0, "c": "x", "d": "<b>", "e": [1, "zwei"]},
    )

    assert rows_of_changes(signed_in(ada).get(f"{LOG}{written.number}/")) == [
        ["a", "Yes", "No"],
        ["b", "7", "0"],
        ["c", "–", "x"],
        ["d", "–", "<b>"],
        ["e", "–", "1, zwei"],
    ]


def test_a_record_without_values_has_no_table(ada: Agent) -> None:
    written = written_by_the_system()
    page = read(signed_in(ada).get(f"{LOG}{written.number}/"))

    assert not page.has("table")
    assert "system" in page.words


def test_a_record_stays_readable_when_its_customer_was_renamed(
    sam: Agent, ada: Agent, fabrikam: Customer
) -> None:
    written = turn(fabrikam, ada)
    fabrikam.company_name = "Adatum"
    fabrikam.save()
    page = read(signed_in(sam).get(record_page(fabrikam, written.number)))

    assert page.the("nav", aria_label="Breadcrumb").has("a")
    assert "Affected customer Fabrikam" in page.words


def test_a_record_of_a_customer_who_is_not_here_any_more_can_be_read(ada: Agent) -> None:
    written = written_by_the_system(customer=Affected(str(uuid.uuid4()), "Long Gone AB"))
    client = signed_in(ada)

    assert "Long Gone AB" in words(client.get(f"{LOG}{written.number}/"))
    assert "Long Gone AB" in words(client.get(LOG))
    assert "Long Gone AB" not in words(client.get("/"))


def test_an_activity_that_no_app_knows_any_more_is_shown_by_its_code(ada: Agent) -> None:
    written = written_by_the_system()
    assert read(signed_in(ada).get(f"{LOG}{written.number}/")).the("h1").words == "test"
