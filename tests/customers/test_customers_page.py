"""The list of customers: what it shows, finds, filters, sorts and pages."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from activitylog.models import ActivityRecord
from customers.models import Customer, Resource, Subscription
from customers.operations.purchase_permissions import set_purchase_permission
from customers.operations.subscriptions import suspend_subscription
from partnercenter.agents.models import Agent
from tests.conftest import SignIn, signed_in
from tests.customers.pages import Answer, error, pager, read, rows, words
from tests.factories import CustomerFactory, SubscriptionFactory

RESERVATIONS, SAVINGS = Resource.AZURE_RESERVATIONS, Resource.AZURE_SAVINGS_PLAN
LIST = "/customers/"
HTMX = {"HX-Request": "true"}


def turn_on(customer: Customer, by: Agent, *resources: Resource) -> None:
    for resource in resources or (RESERVATIONS,):
        set_purchase_permission(customer=customer, resource=resource, allowed=True, by=by)


def names(answer: Answer) -> list[str]:
    return [row[0] for row in rows(answer)]


def found(client: Client, **filters: Any) -> list[str]:
    """The names that the list shows for these filters."""
    response = client.get(LIST, filters)
    assert response.status_code == 200
    return names(response)


def customer_named(name: str, **details: Any) -> Customer:
    return CustomerFactory.create(company_name=name, **details)


# What a row shows


def test_the_columns_are_those_of_partner_center_with_the_switch_second(
    ada: Agent, fabrikam: Customer
) -> None:
    headers = read(signed_in(ada).get(LIST)).all("th", scope="col")

    assert [header.words for header in headers] == [
        "Company name",
        "Can purchase",
        "Primary domain name",
        "Microsoft ID",
        "Relationship",
        "Active subscriptions",
    ]


def test_a_row_shows_the_customer(sign_in: SignIn, sam: Agent, fabrikam: Customer) -> None:
    assert rows(sign_in(sam).get(LIST)) == [
        ["Fabrikam", "Off", "fabrikam.example", str(fabrikam.pk), "Cloud Reseller", "1"]
    ]


def test_a_row_shows_what_the_customer_can_purchase_and_since_when(
    ada: Agent, fabrikam: Customer
) -> None:
    turn_on(fabrikam, ada, RESERVATIONS, SAVINGS)
    [row] = rows(signed_in(ada).get(LIST))

    assert row[1].count("On") == row[1].count("just now") == 2
    assert "Azure reservations" in row[1]
    assert "Azure savings plan" in row[1]


def test_a_row_tells_the_exact_moment_too(ada: Agent, fabrikam: Customer) -> None:
    turn_on(fabrikam, ada)
    at = ActivityRecord.objects.get().at

    page = read(signed_in(ada).get(LIST))
    assert page.has(title=f"{at:%Y-%m-%d %H:%M:%S} UTC")


def test_a_row_leads_to_the_customer_and_to_the_switch(ada: Agent, fabrikam: Customer) -> None:
    page = read(signed_in(ada).get(LIST))
    account = reverse("customers:account", args=[fabrikam.pk])

    assert page.has("a", href=reverse("customers:subscriptions", args=[fabrikam.pk]))
    assert page.has("a", href=f"{account}#customer-permissions")


def test_only_active_subscriptions_are_counted(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    SubscriptionFactory.create(customer=fabrikam, product="license")
    SubscriptionFactory.create(customer=fabrikam, status="expired")
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    [row] = rows(signed_in(ada).get(LIST))
    assert row[5] == "1"


def test_on_without_an_active_subscription_is_said_to_be_refused(
    ada: Agent, fabrikam: Customer, fabrikam_azure: Subscription
) -> None:
    turn_on(fabrikam, ada)
    suspend_subscription(subscription=fabrikam_azure, by=ada)

    [row] = rows(signed_in(ada).get(LIST))
    assert row[1].endswith("On, purchases refused: no active subscription")


def test_on_without_an_owner_is_said_to_be_refused(ada: Agent, northwind: Customer) -> None:
    turn_on(northwind, ada)
    [row] = rows(signed_in(ada).get(LIST))

    assert row[1].endswith("On, purchases refused: no Owner")


def test_off_is_never_said_to_be_refused(ada: Agent, contoso: Customer) -> None:
    assert "refused" not in words(signed_in(ada).get(LIST))


def test_a_name_with_markup_in_it_is_shown_as_it_is_written(ada: Agent) -> None:
    customer_named("<b>Bold</b> & “Söner”")
    assert found(signed_in(ada)) == ["<b>Bold</b> & “Söner”"]


def test_an_agent_without_a_role_sees_no_customers(fabrikam: Customer) -> None:
    agent = Agent.objects.create(username="new@partner.example", display_name="New")
    response = signed_in(agent).get(LIST)

    assert response.status_code == 403
    assert "Fabrikam" not in words(response)


# Search


@pytest.mark.parametrize(
    "text",
    ["Fabrikam", "brik", "FABRIKAM", "  fabrikam ", "ｆａｂｒｉｋａｍ", "kam.exam", "KAM.EXAM"],
)
def test_a_customer_is_found_by_any_part_of_name_or_domain(
    sign_in: SignIn, sam: Agent, fabrikam: Customer, contoso: Customer, text: str
) -> None:
    assert found(sign_in(sam), q=text) == ["Fabrikam"]


def test_a_customer_is_found_by_any_part_of_the_microsoft_id(
    sam: Agent, fabrikam: Customer, contoso: Customer
) -> None:
    client, microsoft_id = signed_in(sam), str(fabrikam.pk)

    assert found(client, q=microsoft_id) == ["Fabrikam"]
    assert found(client, q=microsoft_id.upper()) == ["Fabrikam"]
    assert found(client, q=microsoft_id[5:25]) == ["Fabrikam"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Żółw i Synowie", "ŻÓŁW"),
        ("Söner AB", "So\u0308ner"),
        ("Straße GmbH", "STRASSE"),
        ("株式会社カブシキ", "式会"),
        ("株式会社カブシキ", "ｶﾌﾞｼｷ"),
        ("ΟΔΥΣΣΕΥΣ ΑΕ", "οδυσσευς"),
        ("شركة المثال", "المثال"),
        ("🏭 Works", "🏭"),
    ],
)
def test_names_in_every_script_are_found_without_regard_to_case_and_width(
    sam: Agent, contoso: Customer, name: str, text: str
) -> None:
    customer_named(name)
    assert found(signed_in(sam), q=text) == [name]


@pytest.mark.parametrize("text", ["%", "_", "\\", "*", "'", '"', "50% Off_", "\\ Co"])
def test_wildcards_and_quotes_are_letters_like_any_other(
    sign_in: SignIn, sam: Agent, contoso: Customer, text: str
) -> None:
    customer_named("50% Off_'Ltd' \"*\" \\ Co")
    assert found(sign_in(sam), q=text) == ["50% Off_'Ltd' \"*\" \\ Co"]


def test_a_renamed_customer_is_found_by_the_new_name(sam: Agent, contoso: Customer) -> None:
    contoso.company_name = "Adatum"
    contoso.save()

    assert found(signed_in(sam), q="adatum") == ["Adatum"]


def test_the_search_box_of_every_page_leads_to_the_list(sam: Agent, fabrikam: Customer) -> None:
    form = read(signed_in(sam).get("/")).the("form", role="search")

    assert form["action"] == LIST
    assert form.the("input")["name"] == "q"


# Filter and count


def test_the_filter_shows_who_can_purchase_or_who_cannot(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, northwind: Customer, contoso: Customer
) -> None:
    turn_on(fabrikam, ada)
    turn_on(northwind, ada, SAVINGS)
    client = sign_in(ada)

    assert found(client, purchase="on") == ["Fabrikam", "Northwind Traders"]
    assert found(client, purchase="off") == ["Contoso"]
    assert found(client) == ["Contoso", "Fabrikam", "Northwind Traders"]


def test_a_switch_that_was_turned_off_again_counts_as_off(ada: Agent, fabrikam: Customer) -> None:
    turn_on(fabrikam, ada)
    set_purchase_permission(customer=fabrikam, resource=RESERVATIONS, allowed=False, by=ada)

    assert found(signed_in(ada), purchase="on") == []
    assert found(signed_in(ada), purchase="off") == ["Fabrikam"]


def test_search_and_filter_work_together(
    ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    turn_on(fabrikam, ada)
    turn_on(northwind, ada)

    assert found(signed_in(ada), purchase="on", q="fab") == ["Fabrikam"]


def test_a_customer_with_two_resources_is_one_in_the_count_and_in_the_list(
    ada: Agent, fabrikam: Customer, northwind: Customer
) -> None:
    turn_on(fabrikam, ada, RESERVATIONS, SAVINGS)
    turn_on(northwind, ada)
    response = signed_in(ada).get(LIST, {"purchase": "on"})

    assert read(response).the(id="able-to-purchase").words == "2"
    assert names(response) == ["Fabrikam", "Northwind Traders"]


def test_the_left_column_leads_to_those_who_can_purchase(ada: Agent, fabrikam: Customer) -> None:
    page = read(signed_in(ada).get(LIST, {"purchase": "on"}))
    current = page.the(id="left-column").the("a", aria_current="page")

    assert (current.words, current["href"]) == ("Can purchase now 0", f"{LIST}?purchase=on")


# Order


def test_customers_are_sorted_by_name_without_regard_to_case_and_width(sam: Agent) -> None:
    for name in ["beta", "Ａｌｐｈａ", "Gamma", "alpha 2", "Delta"]:
        customer_named(name)

    assert found(signed_in(sam)) == ["Ａｌｐｈａ", "alpha 2", "beta", "Delta", "Gamma"]
    assert found(signed_in(sam), sort="name") == found(signed_in(sam))


def test_customers_can_be_sorted_newest_first(sam: Agent) -> None:
    today = timezone.now()
    for days, name in [(2, "Alpha"), (1, "Beta"), (3, "Gamma")]:
        customer_named(name, created_at=today - dt.timedelta(days=days))

    assert found(signed_in(sam), sort="newest") == ["Beta", "Alpha", "Gamma"]


# Pages


@pytest.fixture
def sixty_customers(db: None) -> list[str]:
    """Their names in order. Half of them share a name or a moment with another."""
    now = timezone.now()
    for number in range(60):
        customer_named(
            f"Company {number // 2:02}",
            domain=f"c{number:02}.example",
            created_at=now - dt.timedelta(days=number // 2),
        )
    return [f"Company {number // 2:02}" for number in range(60)]


def domains(answer: Answer) -> list[str]:
    return [row[2] for row in rows(answer)]


@pytest.mark.usefixtures("sixty_customers")
@pytest.mark.parametrize("sort", ["name", "newest"])
def test_paging_forward_and_back_shows_each_customer_once(
    sign_in: SignIn, sam: Agent, sort: str
) -> None:
    client = sign_in(sam)
    pages = [client.get(LIST, {"sort": sort})]
    while "Next" in pager(pages[-1]):
        pages.append(client.get(LIST + pager(pages[-1])["Next"]))
    forward = [domains(page) for page in pages]
    assert [len(page) for page in forward] == [25, 25, 10]
    assert len({domain for page in forward for domain in page}) == 60

    back = [pages[-1]]
    while "Previous" in pager(back[0]):
        back.insert(0, client.get(LIST + pager(back[0])["Previous"]))
    assert [domains(page) for page in back] == forward


@pytest.mark.usefixtures("sixty_customers")
def test_the_first_page_has_no_previous_and_the_last_no_next(sam: Agent) -> None:
    client = signed_in(sam)
    first = client.get(LIST, {"size": "50"})
    last = client.get(LIST + pager(first)["Next"])

    assert set(pager(first)) == {"Next"}
    assert set(pager(last)) == {"First", "Previous"}
    assert domains(client.get(LIST + pager(last)["First"])) == domains(first)


@pytest.mark.usefixtures("sixty_customers")
def test_a_list_that_fills_its_page_exactly_has_no_further_page(sam: Agent) -> None:
    Customer.objects.filter(sort_name__gte="company 25").update(sort_name="zzz", search="")
    assert pager(signed_in(sam).get(LIST, {"q": "company", "size": "50"})) == {}


@pytest.mark.usefixtures("sixty_customers")
@pytest.mark.parametrize(("size", "shown"), [("", 25), ("25", 25), ("50", 50), ("100", 60)])
def test_a_page_has_as_many_rows_as_was_asked_for(
    sign_in: SignIn, sam: Agent, size: str, shown: int
) -> None:
    assert len(found(sign_in(sam), size=size)) == shown


@pytest.mark.usefixtures("sixty_customers")
def test_a_customer_added_between_two_pages_moves_no_other(sam: Agent) -> None:
    client = signed_in(sam)
    first = client.get(LIST)
    customer_named("A newcomer")
    second = client.get(LIST + pager(first)["Next"])

    assert not set(domains(first)) & set(domains(second))


@pytest.mark.usefixtures("sixty_customers")
def test_the_next_page_keeps_filter_order_and_size(sam: Agent) -> None:
    filters = {"q": "company", "purchase": "off", "sort": "newest", "size": "50"}
    address = pager(signed_in(sam).get(LIST, filters))["Next"]

    assert address.startswith("?q=company&purchase=off&sort=newest&size=50&cursor=")


@pytest.mark.usefixtures("sixty_customers")
@pytest.mark.parametrize("change", ["&q=c", "&purchase=off", "&sort=newest", "x"])
def test_a_page_link_works_for_its_own_list_only(sign_in: SignIn, sam: Agent, change: str) -> None:
    client = sign_in(sam)
    response = client.get(LIST + pager(client.get(LIST))["Next"] + change)

    assert response.status_code == 400
    assert error(response).startswith(
        "This page link belongs to another list or was changed. Start from the first page."
    )


# htmx


def test_htmx_is_answered_with_the_list_alone(ada: Agent, fabrikam: Customer) -> None:
    fragment = read(signed_in(ada, headers=HTMX).get(LIST))
    whole = read(signed_in(ada).get(LIST))

    assert not fragment.has("html", "h1")
    assert not fragment.has("form", role="search")
    assert fragment.the("div", id="customers").rows == whole.the("div", id="customers").rows


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=fab&purchase=&sort=&size=25&cursor=", "/customers/?q=fab"),
        ("?q=&purchase=&sort=name&size=25", "/customers/"),
        ("?q=&purchase=off&sort=newest&size=50", "/customers/?purchase=off&sort=newest&size=50"),
        ("?q=S%C3%B6ner+%26+%3D", "/customers/?q=S%C3%B6ner+%26+%3D"),
    ],
)
def test_htmx_shows_the_address_without_empty_filters(
    ada: Agent, fabrikam: Customer, query: str, shown: str
) -> None:
    response = signed_in(ada, headers=HTMX).get(LIST + query)
    assert response["HX-Replace-Url"] == shown


def test_the_address_that_htmx_shows_leads_to_the_same_list(
    ada: Agent, sixty_customers: list[str]
) -> None:
    client = signed_in(ada, headers=HTMX)
    second = client.get(LIST + pager(client.get(LIST, {"q": "company"}))["Next"])
    whole = signed_in(ada).get(second["HX-Replace-Url"])

    assert rows(whole) == rows(second)


def test_going_back_in_history_gets_the_whole_page(ada: Agent, fabrikam: Customer) -> None:
    client = signed_in(ada, headers={**HTMX, "HX-History-Restore-Request": "true"})
    response = client.get(LIST)

    assert read(response).the("h1").words == "Customers"
    assert "HX-Replace-Url" not in response


# Empty lists


def test_an_admin_agent_without_customers_is_led_to_adding_one(sign_in: SignIn, ada: Agent) -> None:
    page = read(sign_in(ada).get(LIST))
    [*_, link] = page.all("a", href=reverse("customers:new_customer"))

    assert "There are no customers yet." in page.words
    assert link.words == "Add customer"


def test_a_helpdesk_agent_without_customers_is_told_who_adds_them(
    sign_in: SignIn, hana: Agent
) -> None:
    page = read(sign_in(hana).get(LIST))

    assert "There are no customers yet. An Admin agent or a Sales agent adds them." in page.words
    assert not page.has("a", href=reverse("customers:new_customer"))


@pytest.mark.parametrize("filters", [{"q": "nobody"}, {"purchase": "on"}])
def test_where_none_matches_the_way_leads_to_all(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, filters: dict[str, str]
) -> None:
    part = read(sign_in(ada).get(LIST, filters)).the(id="customers")

    assert part.words == "No customer matches. Show all customers"
    assert part.the("a")["href"] == LIST


# Filters that are not understood


@pytest.mark.parametrize(
    "filters",
    [
        {"purchase": "maybe"},
        {"purchase": "ON"},
        {"sort": "domain"},
        {"size": "10"},
        {"size": "all"},
        {"q": "x" * 201},
        {"cursor": "x" * 2001},
    ],
    ids=str,
)
def test_a_filter_that_is_not_understood_is_told_and_shows_no_rows(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, filters: dict[str, str]
) -> None:
    response = sign_in(ada).get(LIST, filters)
    part = read(response).the(id="customers")

    assert response.status_code == 400
    assert part.the("div", role="alert").words
    assert not part.rows


def test_a_filter_that_does_not_exist_is_told_by_its_name(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    response = sign_in(ada).get(LIST, {"colour": "red"})

    assert response.status_code == 400
    assert error(response) == "This list has no filter named “colour”."


def test_what_was_typed_stays_in_the_form_beside_a_bad_filter(
    ada: Agent, fabrikam: Customer
) -> None:
    page = read(signed_in(ada).get(LIST, {"q": "fab", "sort": "newest", "purchase": "maybe"}))

    assert page.the("input", id="id_q")["value"] == "fab"
    assert page.the("select", id="id_sort").the("option", selected="")["value"] == "newest"


@pytest.mark.parametrize("text", ["\x00", "fab\x1brikam", "\u202egpj"])
def test_control_characters_are_refused(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, text: str
) -> None:
    assert sign_in(ada).get(LIST, {"q": text}).status_code == 400
