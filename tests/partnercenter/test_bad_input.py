"""Whatever an address, a form or a cookie holds: a clear answer, nothing changed, and no crash."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlencode
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from activitylog.models import ActivityRecord
from customers.models import Customer, PurchasePermission, Resource
from customers.operations.purchase_permissions import set_purchase_permission
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import rename_agent
from partnercenter.agents.roles import Role
from partnercenter.wsgi import application
from tests.conftest import SignIn, signed_in
from tests.factories import CustomerFactory
from tests.partnercenter.hostile import BODIES, FORBIDDEN, HOSTILE
from tests.partnercenter.site import FORM, Answer, sentence_of, text_of

pytestmark = pytest.mark.django_db

CUSTOMER_FILTERS = ("q", "purchase", "sort", "size", "cursor")
LOG_FILTERS = ("from", "to", "customer", "agent", "action", "size", "cursor")


@pytest.fixture
def client(ada: Agent, fabrikam: Customer) -> Client:
    return signed_in(ada)


@pytest.fixture
def stranger(db: None) -> Client:
    return Client(raise_request_exception=False)


def state() -> dict[str, list[Any]]:
    """Everything that an agent can change on the pages."""
    return {
        "records": list(ActivityRecord.objects.values_list("number", "digest")),
        "permissions": list(PurchasePermission.objects.values()),
        "customers": list(Customer.objects.order_by("id").values()),
        "agents": list(Agent.objects.order_by("id").values("username", "password", "is_active")),
    }


@contextmanager
def nothing_changes() -> Iterator[None]:
    before = state()
    yield
    assert state() == before


def switch_of(customer: Customer) -> str:
    return f"/customers/{customer.pk}/purchase-permissions/AzureReservedInstances/"


def answers_all(client: Client, *addresses: str) -> bool:
    """Whether each address, with each hostile text where it says TEXT, is answered."""
    for address in addresses:
        for name, text in HOSTILE.items():
            status = client.get(address.replace("TEXT", text)).status_code
            assert status in (200, 302, 400, 404), f"{address} with {name}: {status}"
    return True


# In addresses


@pytest.mark.parametrize("name", CUSTOMER_FILTERS)
def test_the_list_of_customers_survives_any_filter(client: Client, name: str) -> None:
    with nothing_changes():
        assert answers_all(client, f"/customers/?{name}=TEXT")


@pytest.mark.parametrize("name", LOG_FILTERS)
def test_the_activity_log_survives_any_filter(client: Client, name: str) -> None:
    with nothing_changes():
        assert answers_all(client, f"/activity-log/?{name}=TEXT")


def test_htmx_gets_an_answer_too(ada: Agent) -> None:
    client = signed_in(ada, headers={"HX-Request": "true"})
    assert answers_all(client, "/customers/?q=TEXT", "/activity-log/?customer=TEXT&agent=TEXT")


@pytest.mark.parametrize("address", ["/customers/", "/activity-log/"])
def test_a_filter_that_no_list_has_is_refused(client: Client, address: str) -> None:
    for name, text in HOSTILE.items():
        response = client.get(f"{address}?{text}x=1")
        assert response.status_code == 400, name
        assert sentence_of(response), name


def test_a_parameter_without_a_value_is_answered(client: Client) -> None:
    assert answers_all(client, "/customers/?TEXT", "/customers/?=&TEXT&&;", "/activity-log/?TEXT=")


@pytest.mark.parametrize("address", ["/", "/change-password/", "/sign-in/", "/inactive/"])
def test_pages_without_filters_do_not_mind_parameters(client: Client, address: str) -> None:
    assert answers_all(client, f"{address}?next=TEXT&TEXT=TEXT")


def test_any_path_is_answered(client: Client, fabrikam: Customer) -> None:
    one = f"/customers/{fabrikam.pk}"
    with nothing_changes():
        assert answers_all(
            client,
            "/TEXT",
            "/TEXT/",
            "/customers/TEXT/",
            f"{one}/TEXT/",
            f"{one}/activity/TEXT/",
            "/activity-log/TEXT/",
            "/admin/TEXT/",
        )


def test_a_switch_that_is_none_is_not_found(client: Client, fabrikam: Customer) -> None:
    with nothing_changes():
        for name, text in HOSTILE.items():
            address = f"/customers/{fabrikam.pk}/purchase-permissions/{text}/"
            assert client.post(address, {"allowed": "true"}).status_code in (400, 404), name


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, "9" * 40, "9" * 5_000])
def test_a_record_with_a_huge_number_is_not_found(
    client: Client, fabrikam: Customer, number: str
) -> None:
    assert client.get(f"/activity-log/{number}/").status_code == 404
    assert client.get(f"/customers/{fabrikam.pk}/activity/{number}/").status_code == 404


def test_strangers_get_an_answer_too(stranger: Client) -> None:
    assert answers_all(
        stranger, "/TEXT/", "/customers/?q=TEXT", "/sign-in/?next=TEXT&TEXT=TEXT", "/sign-out/?TEXT"
    )


@pytest.mark.parametrize("page", ["customers/customer", "activitylog/activityrecord"])
def test_the_site_administration_survives_any_search(client: Client, page: str) -> None:
    with nothing_changes():
        assert answers_all(
            client,
            *(f"/admin/{page}/?{name}=TEXT" for name in ("o", "p", "e&all", "TEXT")),
        )


@pytest.mark.parametrize(
    "lookup", ["company_name__regex=(", "created_at__year=99999999999", "id=x", "id__in=x", "x=1"]
)
def test_the_lists_of_the_site_administration_have_no_filters(client: Client, lookup: str) -> None:
    response = client.get(f"/admin/customers/customer/?{lookup}")

    assert response.status_code in (302, 400)
    assert "Fabrikam" not in text_of(response)


def test_the_site_administration_completes_any_text(client: Client) -> None:
    field = "app_label=customers&model_name=subscription&field_name=customer"
    assert answers_all(client, f"/admin/autocomplete/?{field}&term=TEXT")


# In forms


def test_the_switch_moves_only_for_true_and_false(
    sign_in: SignIn, ada: Agent, fabrikam: Customer
) -> None:
    client, address = sign_in(ada), switch_of(fabrikam)
    with nothing_changes():
        for name, text in HOSTILE.items():
            for body in (f"allowed={text}", f"allowed={text}&undoes={text}", f"{text}=true"):
                response = client.post(address, body, content_type=FORM)
                assert response.status_code == 400, name
                assert "Nothing was changed." in sentence_of(response)


def test_forbidden_characters_in_a_form_are_refused_although_the_rest_is_valid(
    client: Client, fabrikam: Customer
) -> None:
    with nothing_changes():
        for name, text in FORBIDDEN.items():
            for extra in (f"note={text}", f"{text}=note"):
                body = f"allowed=true&{extra}"
                response = client.post(switch_of(fabrikam), body, content_type=FORM)
                assert response.status_code == 400, name


@pytest.mark.parametrize(
    "undoes",
    [
        "x",
        "-1",
        "0",
        "1.5",
        "1e3",
        "9" * 30,
        "9" * 5_000,
        str(2**63),
        "%D9%A3x",
        "1;2",
        "0x1",
        "%FF",
    ],
)
def test_undo_of_what_is_no_record_moves_nothing(
    client: Client, fabrikam: Customer, undoes: str
) -> None:
    body = f"allowed=true&undoes={undoes}"
    with nothing_changes():
        response = client.post(switch_of(fabrikam), body, content_type=FORM)
        assert response.status_code == 400


def test_undo_of_a_record_that_does_not_exist_moves_nothing(
    client: Client, fabrikam: Customer
) -> None:
    with nothing_changes():
        response = client.post(switch_of(fabrikam), {"allowed": "true", "undoes": str(2**63 - 1)})
        assert response.status_code == 302


def test_the_sign_in_form_survives_any_text(stranger: Client) -> None:
    for name, text in HOSTILE.items():
        body = f"login={text}&password={text}&next={text}"
        response = stranger.post("/sign-in/", body, content_type=FORM)
        assert response.status_code in (200, 400), name
        cache.clear()


@pytest.mark.parametrize("address", ["/change-password/", "/confirm-password/"])
def test_the_forms_for_passwords_survive_any_text(client: Client, address: str) -> None:
    with nothing_changes():
        for name, text in HOSTILE.items():
            body = f"oldpassword={text}&password1={text}&password2={text}&password={text}"
            response = client.post(address, body, content_type=FORM)
            assert response.status_code in (200, 400), name
            cache.clear()


@pytest.mark.parametrize(("kind", "body"), BODIES.values(), ids=BODIES)
def test_a_body_that_is_no_form_moves_nothing(
    client: Client, fabrikam: Customer, kind: str, body: bytes
) -> None:
    with nothing_changes():
        assert client.post(switch_of(fabrikam), body, content_type=kind).status_code in (400, 413)


# What is allowed


def test_forbidden_characters_are_refused_with_a_reason(client: Client) -> None:
    for name, text in FORBIDDEN.items():
        response = client.get(f"/customers/?q={text}")

        assert response.status_code == 400, name
        assert "characters that cannot be used" in sentence_of(response)
        assert sentence_of(response).endswith("Nothing was changed.")


@pytest.mark.parametrize(
    "character", ["\u200e", "\u200f", "\u200d", "\u200c", "\u00ad", "\u200b", "é", "日", "🧑‍💻"]
)
def test_marks_that_languages_and_emoji_need_are_accepted(client: Client, character: str) -> None:
    name = f"شركة{character}مثال"
    CustomerFactory.create(company_name=name)

    response = client.get("/customers/", {"q": name})
    assert response.status_code == 200
    assert name in text_of(response)


@pytest.mark.parametrize("wildcard", ["%", "_", "\\", "[a-z]", "*", "?", "."])
def test_wildcards_stand_for_themselves(client: Client, wildcard: str) -> None:
    assert "Fabrikam" not in text_of(client.get("/customers/", {"q": f"{wildcard}abrikam"}))
    assert "Fabrikam" not in text_of(client.get("/customers/", {"q": f"F{wildcard}m"}))


def test_what_is_searched_for_is_shown_as_text(client: Client) -> None:
    page = client.get("/customers/", {"q": "<script>alert(1)</script>{{7*7}}"}).content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}" in page
    assert "<script>alert" not in page


# In cookies and headers


@pytest.mark.parametrize("character", ["\x01", "\x08", "\x1b", "\x7f", "\u0085", "\u202e", "\x00"])
def test_a_cookie_with_control_characters_is_nobodys(stranger: Client, character: str) -> None:
    cookie = f"sessionid=a{character}b".encode().decode("latin-1")
    assert stranger.get("/", headers={"Cookie": cookie}).status_code == 302


FOREIGN_COOKIES = [
    r'visitor="Stra\303\237e"',
    r'visitor="\033[31m"; other=\000',
    "visitor=\x80\x9f",
    "visitor=\x1b[31m; =; ;;",
    "vi\x9fsitor=1",
]


@pytest.mark.parametrize("cookie", FOREIGN_COOKIES)
def test_cookies_of_other_programs_are_not_looked_at(
    ada: Agent, fabrikam: Customer, cookie: str
) -> None:
    own = signed_in(ada).cookies["sessionid"].value
    for header in (f"{cookie}; sessionid={own}", f"sessionid={own}; {cookie}"):
        answer = Client().get("/customers/", headers={"Cookie": header})
        assert answer.status_code == 200
        assert "Fabrikam" in text_of(answer)


def test_cookies_of_other_programs_lock_nobody_out_of_the_portal_or_the_sign_in(
    stranger: Client,
) -> None:
    for cookie in FOREIGN_COOKIES:
        for address in ("/sign-in/", "/portal/sign-in/", "/livez"):
            assert stranger.get(address, headers={"Cookie": cookie}).status_code == 200


# What others add to addresses

ADDED = "utm_source=mail&utm_source=again&fbclid=x&mc_eid=1&_hsenc=p2ANqtz"


@pytest.mark.parametrize(
    "address",
    [
        "/customers/?q=Fabr",
        "/activity-log/?agent=ada",
        "/prices/?size=50",
        "/agents/?",
        "/customers/{customer}/orders/?",
    ],
)
def test_what_campaigns_add_to_the_address_of_a_list_is_passed_over(
    client: Client, fabrikam: Customer, address: str
) -> None:
    address = address.format(customer=fabrikam.pk)
    expected = client.get(address).status_code
    assert client.get(f"{address}&{ADDED}").status_code == expected
    assert expected == 200


# A field that is sent twice


@pytest.mark.parametrize(
    "body",
    ["allowed=true&allowed=false", "allowed=true&allowed=true", "allowed=true&undoes=1&undoes=2"],
)
def test_a_form_that_says_two_things_moves_nothing(
    sign_in: SignIn, ada: Agent, fabrikam: Customer, body: str
) -> None:
    with nothing_changes():
        response = sign_in(ada).post(switch_of(fabrikam), body, content_type=FORM)
    assert response.status_code == 400
    assert "more than once" in sentence_of(response)


@pytest.mark.parametrize(
    "query",
    [
        "/customers/?q=a&q=b",
        "/customers/?size=25&size=50",
        "/activity-log/?from=2026-01-01&from=2026-01-02",
        "/prices/?q=a&q=b",
        "/admin/customers/customer/?q=a&q=b",
        "/admin/customers/customer/?p=1&p=2",
        "/portal/sign-in/?token=a&token=b",
        "/contoso.example/oauth2/v2.0/authorize?client_id=a&client_id=b",
    ],
)
def test_an_address_that_says_two_things_is_refused(client: Client, query: str) -> None:
    response = client.get(query)
    assert response.status_code == 400
    assert "more than once" in sentence_of(response)


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("/sign-in/", "login=ada&login=sam&password=x"),
        ("/portal/sign-in/", "token=a&token=b"),
        ("/admin/agents/agent/add/", "username=a@b.example&username=c@b.example"),
        ("/my-account/", "language=en&language=ja"),
        ("/change-password/", "oldpassword=x&password1=y&password1=z"),
    ],
)
def test_no_form_takes_one_of_two_values(client: Client, address: str, body: str) -> None:
    with nothing_changes():
        client = Client(raise_request_exception=False) if address == "/sign-in/" else client
        assert client.post(address, body, content_type=FORM).status_code == 400


def test_a_group_of_checkboxes_takes_several_values(client: Client) -> None:
    roles = [Role.SALES.value, Role.HELPDESK.value]
    fields = {"username": "kim@partner.example", "display_name": "Kim", "roles": roles}
    assert client.post("/agents/invite/", fields).status_code in (200, 302)
    assert Agent.objects.get(username="kim@partner.example").role_names == roles


def test_two_files_in_one_field_are_refused(client: Client) -> None:
    files = [SimpleUploadedFile(name, b"day\n") for name in ("a.csv", "b.csv")]
    response = client.post("/usage/import/", {"file": files})
    assert response.status_code == 400


# Ways back


@pytest.mark.parametrize(
    ("referer", "way_back"),
    [
        ("http://testserver/customers/?q=a", "/customers/?q=a"),
        ("http://testserver", "/"),
        ("http://testserver?q=a", "/?q=a"),
        ("http://testserver?a:b", "/?a:b"),
        ("http://testserver//evil.example/x", "/"),
        ("http://testserver///evil.example/x", "/"),
        (r"http://testserver/\evil.example/x", "/"),
        (r"http://testserver\\evil.example/x", "/"),
        ("http://testserver/a:b", "/a:b"),
        ("http://testserver:99999/x", "/"),
        ("http://evil.example/x", "/"),
        ("//evil.example/x", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("a:b", "/"),
        ("", "/"),
    ],
)
def test_the_language_form_leads_back_to_pages_of_ours_only(
    client: Client, referer: str, way_back: str
) -> None:
    response = client.post(
        "/my-account/language/", {"language": "ja"}, headers={"Referer": referer}
    )
    assert response.status_code == 302
    assert response["Location"] == way_back


@pytest.mark.parametrize("path", ["//evil.example/x", r"/\evil.example/x", "///evil.example"])
def test_a_sign_in_again_leads_back_to_pages_of_ours_only(
    stranger: Client, fabrikam: Customer, path: str
) -> None:
    """After htmx, and after a form whose address takes nothing but posts."""
    page = f"http://testserver{path}"
    plain = stranger.post(switch_of(fabrikam), headers={"Referer": page})
    htmx = stranger.post(
        switch_of(fabrikam), headers={"HX-Request": "true", "HX-Current-URL": page}
    )
    assert plain["Location"] == htmx["HX-Redirect"] == "/sign-in/?next=/"


@pytest.mark.parametrize(
    "value", ["", "x" * 5_000, "' OR 1=1--", "../../etc", "é", "=;=", '"a', "%00"]
)
def test_a_made_up_cookie_is_nobodys(stranger: Client, value: str) -> None:
    cookie = f"sessionid={value}; csrftoken={value}; messages={value}".encode().decode("latin-1")
    response = stranger.get("/", headers={"Cookie": cookie})

    assert response.status_code == 302


# The filters are read strictly


@pytest.mark.parametrize(
    "query",
    [
        "size=37",
        "size=0",
        "size=-25",
        "size=25.0",
        "sort=x",
        "sort=-name",
        "purchase=maybe",
        "purchase=ON",
        "cursor=x",
        "page=2",
        "Q=a",
        "q=a&order=b",
        f"q={'a' * 201}",
    ],
)
def test_a_filter_that_is_not_understood_shows_no_customers(client: Client, query: str) -> None:
    response = client.get(f"/customers/?{query}")

    assert response.status_code == 400
    assert sentence_of(response)
    assert "Fabrikam" not in text_of(response)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("from=31.12.2025", "for example 2026-01-31"),
        ("to=2025-02-30", "for example 2026-01-31"),
        ("from=2025-12-31T00:00", "for example 2026-01-31"),
        ("from=10000-01-01", "for example 2026-01-31"),
        ("from=2026-02-01&to=2026-01-31", "Exchange From and To."),
        ("action=fly", "Select a valid choice."),
        ("size=37", "Select a valid choice."),
        ("customer_id=x", "no filter named “customer_id”"),
    ],
)
def test_a_filter_of_the_log_that_is_not_understood_is_explained(
    client: Client, query: str, reason: str
) -> None:
    response = client.get(f"/activity-log/?{query}")

    assert response.status_code == 400
    assert reason in sentence_of(response)


@pytest.mark.parametrize(
    "query",
    [
        "from=0001-01-01&to=9999-12-31",
        "from=9999-12-31",
        "to=0001-01-01",
        "from=2026-01-31&to=2026-01-31",
        "from=&to=&customer=&agent=&action=&size=&cursor=",
    ],
)
def test_any_days_that_exist_can_be_asked_for(client: Client, query: str) -> None:
    assert client.get(f"/activity-log/?{query}").status_code == 200


# Cursors


@pytest.fixture
def cursor(client: Client) -> str:
    """A good cursor of the list of customers, leading to its second page."""
    CustomerFactory.create_batch(26)
    return cursor_in(client.get("/customers/"))


def cursor_in(response: Answer) -> str:
    return response.content.decode().rpartition("cursor=")[2].partition('"')[0]


def test_a_good_cursor_leads_to_the_next_page(client: Client, cursor: str) -> None:
    assert client.get(f"/customers/?cursor={cursor}").status_code == 200


def is_refused(response: Answer) -> bool:
    return response.status_code == 400 and "Start from the first page" in sentence_of(response)


def flipped(text: str) -> str:
    return "B" if text == "A" else "A"


CHANGES: dict[str, Callable[[str], str]] = {
    "cut off": lambda cursor: cursor[:-1],
    "begun late": lambda cursor: cursor[1:],
    "doubled": lambda cursor: cursor * 2,
    "longer": lambda cursor: f"{cursor}A",
    "reversed": lambda cursor: cursor[::-1],
    "without signature": lambda cursor: cursor.partition(":")[0],
    "with another direction": lambda cursor: f"WyJwcmV2aW91cyIs{cursor[12:]}",
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_cursor_that_was_changed_is_refused(
    client: Client, cursor: str, change: Callable[[str], str]
) -> None:
    assert is_refused(client.get("/customers/", {"cursor": change(unquote(cursor))}))


def test_a_cursor_with_any_other_letter_is_refused(client: Client, cursor: str) -> None:
    plain = unquote(cursor)
    for place in [*range(0, len(plain), 7), len(plain) - 1]:
        changed = plain[:place] + flipped(plain[place]) + plain[place + 1 :]
        assert is_refused(client.get("/customers/", {"cursor": changed})), changed


@pytest.mark.parametrize(
    "query", ["size=50", "sort=newest", "q=company", "purchase=off", "q=a&size=100"]
)
def test_a_cursor_is_refused_with_another_filter_order_or_size(
    client: Client, cursor: str, query: str
) -> None:
    assert is_refused(client.get(f"/customers/?{query}&cursor={cursor}"))


@pytest.mark.parametrize("query", ["size=25", "sort=name", "q=&purchase=&sort=name&size=25"])
def test_a_cursor_is_good_with_the_same_filter_written_out(
    client: Client, cursor: str, query: str
) -> None:
    assert client.get(f"/customers/?{query}&cursor={cursor}").status_code == 200


def test_a_cursor_of_customers_is_refused_by_the_log(client: Client, cursor: str) -> None:
    assert is_refused(client.get(f"/activity-log/?cursor={cursor}"))


@pytest.mark.parametrize(
    "filters",
    [
        {"agent": "a"},
        {"from": "2000-01-01"},
        {"to": "2999-12-31"},
        {"customer": "f"},
        {"size": "50"},
    ],
)
def test_a_cursor_of_the_log_is_refused_with_another_filter(
    client: Client, ada: Agent, sam: Agent, filters: dict[str, str]
) -> None:
    for number in range(26):
        rename_agent(agent=sam, display_name=f"Sam {number}", by=ada)
    cursor = cursor_in(client.get("/activity-log/"))

    assert client.get(f"/activity-log/?cursor={cursor}").status_code == 200
    assert is_refused(client.get(f"/activity-log/?{urlencode(filters)}&cursor={cursor}"))


def test_a_cursor_of_one_customers_activity_is_refused_by_another(
    ada: Agent, fabrikam: Customer
) -> None:
    for turn in range(26):
        set_purchase_permission(
            customer=fabrikam,
            resource=Resource.AZURE_RESERVATIONS,
            allowed=turn % 2 == 0,
            by=ada,
        )
    client, other = signed_in(ada), CustomerFactory.create()
    cursor = cursor_in(client.get(f"/customers/{fabrikam.pk}/activity/"))

    assert is_refused(client.get(f"/customers/{other.pk}/activity/?cursor={cursor}"))


# A charset that is none, which Django meets before any middleware


def answered_by_the_server(**environ: str) -> str:
    """The status line of what a WSGI server gets."""
    statuses: list[str] = []
    request: dict[str, Any] = {**environ}
    setup_testing_defaults(request)
    list(application(request, lambda status, headers: statuses.append(status)))
    return statuses[0]


@pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "undefined", "punycode", "idna"])
def test_a_charset_that_is_none_is_passed_over(db: None, charset: str) -> None:
    answer = answered_by_the_server(
        PATH_INFO="/sign-in/",
        QUERY_STRING="next=/customers/",
        CONTENT_TYPE=f"text/plain; charset={charset}",
        HTTP_HOST="testserver",
    )
    assert answer == "200 OK"
