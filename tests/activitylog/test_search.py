"""What people type in a search finds what looks the same, in the list, the log and the API."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from activitylog import triggers
from activitylog.models import ActivityRecord
from activitylog.search import folded
from activitylog.verification import findings
from customers.models import Customer
from partnercenter.agents.models import Agent
from partnercenter.agents.operations import rename_agent
from tests.activitylog.acts import act
from tests.conftest import SignIn
from tests.factories import CustomerFactory
from tests.partnercenter.site import text_of

GUID = "0431a72c-7d8a-4393-b25e-ef91f57b9b68"
ALIKE = [
    ("O'Brien", ["O’Brien", "O‘Brien", "OʼBrien", "O′Brien", "O`Brien", "O´Brien", "o＇brien"]),
    ('Bar "Zum Hirsch"', ["Bar “Zum Hirsch”", "Bar „Zum Hirsch“", "bar «zum hirsch»"]),
    ("Coca-Cola", [f"Coca{hyphen}Cola" for hyphen in "\u2010\u2011\u2013\u2014\u2212\uff0d"]),
    ("Contoso Ltd", ["Contoso\u00a0Ltd", "Contoso\u2009Ltd", "Contoso　Ltd", "Contoso   Ltd"]),
    ("Müller", ["Muller", "MÜLLER", "Mu\u0308ller"]),
    ("Fabrikam", ["Fab\u200brikam", "Fab\ufeffrikam", "Fab\u00adrikam", "Ｆａｂｒｉｋａｍ"]),
]
PAIRS = [(name, typed) for name, others in ALIKE for typed in others]
each_pair = pytest.mark.parametrize(("name", "typed"), PAIRS)


@each_pair
def test_what_looks_alike_is_folded_alike(name: str, typed: str) -> None:
    assert folded(name) == folded(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [("か", "が"), ("コカコーラ", "コカコ-ラ"), ("it's", "its"), ("co-op", "coop")],
)
def test_what_is_something_else_stays_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.django_db
@each_pair
def test_a_customer_is_found_by_either_name(name: str, typed: str) -> None:
    one, other = (CustomerFactory.create(company_name=each) for each in (name, typed))
    for customer in (one, other):
        act(customer=customer.affected)
    for asked in (name, typed):
        assert set(Customer.objects.matching(asked)) == {one, other}
        assert ActivityRecord.objects.customer_matching(asked).count() == 2


@pytest.mark.django_db
def test_the_site_administration_finds_either_name(sign_in: SignIn, ada: Agent) -> None:
    CustomerFactory.create(company_name="O’Brien")
    client = sign_in(ada)
    for asked in ("O'Brien", "o’brien", "BRIEN"):
        assert "O’Brien" in text_of(client.get("/admin/customers/customer/", {"q": asked}))


@pytest.mark.django_db
def test_the_log_is_searched_by_an_id_however_it_is_written(
    sign_in: SignIn, ada: Agent, sam: Agent
) -> None:
    rename_agent(agent=sam, display_name="Samuel", by=ada)
    client = sign_in(ada)
    for written in (f"{{{ada.pk}}}", f'"{ada.pk}"', ada.pk.hex, f"urn:uuid:{ada.pk}\u200b"):
        assert ada.username in text_of(client.get("/activity-log/", {"agent": written})), written
        answer = client.get("/activity-log/", {"customer": written})
        assert ada.username not in text_of(answer).partition("<tbody")[2], written


# What was stored before


@pytest.mark.django_db
def test_the_migration_folds_the_log_again_and_its_digests_and_triggers_stay(
    fabrikam: Customer,
) -> None:
    Customer.objects.filter(pk=fabrikam.pk).update(company_name="O’Brien")
    fabrikam.refresh_from_db()
    act(customer=fabrikam.affected)
    with triggers.lifted(connection):
        ActivityRecord.objects.update(customer_search="o’brien", actor_search="")
    digests = list(ActivityRecord.objects.values_list("digest", flat=True))

    editor = SimpleNamespace(connection=connection)
    import_module("activitylog.migrations.0006_folded_search").fold_again(apps, editor)

    assert ActivityRecord.objects.customer_matching("O'Brien").count() == 1
    assert ActivityRecord.objects.agent_matching("system").exists()
    assert list(ActivityRecord.objects.values_list("digest", flat=True)) == digests
    assert triggers.missing(connection) == []
    assert list(findings()) == []


@pytest.mark.django_db
def test_the_migration_folds_customers_again(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["O’Brien", "Émile", "Zoë", "Ärger", "Å"]
    stored = CustomerFactory.create_batch(5)
    for customer, name in zip(stored, names, strict=True):
        Customer.objects.filter(pk=customer.pk).update(
            company_name=name, search=name.casefold(), sort_name=name.casefold()
        )
    migration = import_module("customers.migrations.0015_folded_search")
    monkeypatch.setattr(migration, "BATCH", 2)
    migration.fold_again(apps, None)

    for asked in ("O'Brien", "emile", "zoe", "arger", "a"):
        assert Customer.objects.matching(asked).exists(), asked
    in_order = Customer.objects.order_by("sort_name").values_list("company_name", flat=True)
    assert list(in_order) == ["Å", "Ärger", "Émile", "O’Brien", "Zoë"]
