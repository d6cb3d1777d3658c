"""Import usage: a file or its lines, a look at what would happen, and then the import."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from activitylog.models import ActivityRecord
from customers.models import Subscription, UsageRecord
from partnercenter.agents.models import Agent
from tests.conftest import signed_in
from tests.customers.pages import Answer, Part, read
from tests.customers.preparing import error_above, said
from tests.customers.test_operations_of_usage import file, row

ADDRESS = "/usage/"


def post(agent: Agent, **fields: object) -> Answer:
    return signed_in(agent).post(ADDRESS, fields)


def upload(text: str, encoding: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile("usage.csv", text.encode(encoding), "text/csv")


def confirm(agent: Agent, preview: Part) -> Part:
    """Sends the text that the preview carries, as its button does."""
    text = preview.the("textarea", name="text").children[0]
    answer = signed_in(agent).post(ADDRESS, {"text": text, "confirmed": "yes"}, follow=True)
    return read(answer)


def summary(page: Part) -> dict[str, str]:
    parts = page.the("dl", class_="facts").all("dt", "dd")
    return {term.words: fact.words for term, fact in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.usefixtures("sound_log")
@pytest.mark.parametrize("field", ["file", "text"])
def test_a_file_or_its_lines_are_shown_first_and_imported_when_confirmed(
    ada: Agent, fabrikam_azure: Subscription, field: str
) -> None:
    text = file(row(fabrikam_azure), row(fabrikam_azure, day="2026-02-01"))
    answer = post(ada, **{field: upload(text) if field == "file" else text})
    preview = read(answer)

    assert answer.status_code == 200
    assert summary(preview) == {
        "New": "2",
        "Replaced": "0",
        "Unchanged": "0",
        "Days": "2026-01-31 – 2026-02-01",
        "Customers": "Fabrikam",
    }
    assert (UsageRecord.objects.count(), ActivityRecord.objects.count()) == (0, 0)

    page = confirm(ada, preview)
    assert said(page) == "The usage was imported. New lines: 2; replaced: 0; unchanged: 0."
    assert (UsageRecord.objects.count(), ActivityRecord.objects.count()) == (2, 1)


def test_confirming_twice_imports_once(ada: Agent, fabrikam_azure: Subscription) -> None:
    preview = read(post(ada, text=file(row(fabrikam_azure))))
    confirm(ada, preview)
    page = confirm(ada, preview)
    assert said(page) == "Nothing was changed: all of this usage was stored already."
    assert ActivityRecord.objects.count() == 1


def test_what_is_known_already_cannot_be_confirmed(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    text = file(row(fabrikam_azure))
    confirm(ada, read(post(ada, text=text)))
    page = read(post(ada, text=text))
    assert "All of this usage is stored already. There is nothing to import." in page.words
    assert not page.has("button", name="confirmed")


def test_mistakes_stand_with_their_lines_and_nothing_can_be_confirmed(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    text = file(row(fabrikam_azure), row(fabrikam_azure, day="soon"), "x,y")
    answer = post(ada, text=text)
    page = read(answer)

    assert answer.status_code == 422
    assert [cells[:2] for cells in page.rows] == [["3", "day"], ["4", "–"]]
    assert "2 errors" in page.words
    assert not page.has("button", name="confirmed")
    kept = page.the("textarea", name="text")
    assert kept.words.split() == text.split()


def test_confirming_a_text_with_mistakes_imports_nothing(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    text = file(row(fabrikam_azure), row(fabrikam_azure, hours="25 h"))
    answer = post(ada, text=text, confirmed="yes")
    assert answer.status_code == 422
    assert error_above(read(answer)).endswith("Nothing was imported.")
    assert UsageRecord.objects.count() == 0


def test_of_many_mistakes_the_first_fifty_are_listed(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    page = read(post(ada, text=file(*["x"] * 60)))
    assert len(page.rows) == 50
    assert "60 errors" in page.words
    assert "The first 50 are shown." in page.words


@pytest.mark.parametrize("both", [False, True])
def test_it_must_be_a_file_or_lines(ada: Agent, fabrikam_azure: Subscription, both: bool) -> None:
    text = file(row(fabrikam_azure))
    answer = post(ada, file=upload(text), text=text) if both else post(ada, text=" ")
    assert answer.status_code == 422
    assert error_above(read(answer)) == "Choose a file or paste its text, not both."


def test_a_file_in_another_encoding_is_not_guessed(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    answer = post(ada, file=upload(file(row(fabrikam_azure)), "utf-16"))
    assert answer.status_code == 422
    assert "not UTF-8 text" in error_above(read(answer))


def test_a_file_with_control_characters_is_refused_by_line(
    ada: Agent, fabrikam_azure: Subscription
) -> None:
    answer = post(ada, file=upload(file(row(fabrikam_azure, sku="D2\x00"))))
    assert answer.status_code == 422
    assert read(answer).rows == [["2", "–", "The line has characters that can't be used."]]


@pytest.mark.parametrize("name", ["sam", "hana"])
def test_other_roles_may_not(request: pytest.FixtureRequest, name: str) -> None:
    agent = request.getfixturevalue(name)
    assert signed_in(agent).get(ADDRESS).status_code == 403
    assert post(agent, text="x", confirmed="yes").status_code == 403


def test_other_methods_are_405(ada: Agent) -> None:
    assert signed_in(ada).delete(ADDRESS).status_code == 405
