"""Names with as much of the ID as tells them apart."""

from dataclasses import dataclass

from partnercenter.labels import label_of, told_apart

ONE = "11111111-2222-3333-4444-5555aaaabbbb"
LIKE_IT = "99999999-2222-3333-4444-5555aaaabbbb"
OTHER = "11111111-2222-3333-4444-5555ccccdddd"


@dataclass
class Named:
    pk: str
    name: str = "Microsoft Azure"
    shows_whole_id: bool = False

    @property
    def label(self) -> str:
        return label_of(self.name, self.pk, whole=self.shows_whole_id)


def labels(*things: Named) -> list[str]:
    return [thing.label for thing in told_apart(things)]


def test_a_name_is_followed_by_the_end_of_the_id() -> None:
    assert labels(Named(ONE), Named(OTHER)) == [
        "Microsoft Azure (…aaaabbbb)",
        "Microsoft Azure (…ccccdddd)",
    ]


def test_where_the_ends_are_the_same_too_the_whole_ids_are_shown() -> None:
    assert labels(Named(ONE), Named(LIKE_IT), Named(OTHER)) == [
        f"Microsoft Azure ({ONE})",
        f"Microsoft Azure ({LIKE_IT})",
        "Microsoft Azure (…ccccdddd)",
    ]


def test_the_same_thing_twice_is_no_other_thing() -> None:
    assert labels(Named(ONE), Named(ONE)) == ["Microsoft Azure (…aaaabbbb)"] * 2


def test_the_order_stays() -> None:
    assert [thing.pk for thing in told_apart([Named(OTHER), Named(ONE)])] == [OTHER, ONE]
