from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesforce_simulator import ids

IDS = st.text(alphabet=ids.ALPHABET, min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("id15", "suffix"),
    [
        ("00DdM00000vfgTu", "UAI"),
        ("001dM00003jU9Gx", "QAK"),
        ("005dM00000awSFJ", "QA2"),
        ("00D1a000000H3O9", "EAK"),
    ],
)
def test_the_suffix_of_an_id_is_the_one_real_orgs_give(id15: str, suffix: str) -> None:
    assert ids.to18(id15) == id15 + suffix


@given(IDS)
def test_each_suffix_character_counts_the_capitals_of_its_block(id15: str) -> None:
    id18 = ids.to18(id15)
    for block in range(3):
        bits = ids.SUFFIXES.index(id18[15 + block])
        for place, char in enumerate(id15[block * 5 : block * 5 + 5]):
            assert bool(bits >> place & 1) == char.isupper()


@given(IDS)
def test_an_id_can_be_restored_after_its_case_was_lost(id15: str) -> None:
    lost = ids.to18(id15).lower()
    restored = []
    for block in range(3):
        bits = ids.SUFFIXES.index(lost[15 + block].upper())
        for place, char in enumerate(lost[block * 5 : block * 5 + 5]):
            restored.append(char.upper() if bits >> place & 1 else char)
    assert "".join(restored) == id15


@given(IDS, IDS)
def test_two_ids_are_the_same_only_if_their_15_characters_are(a: str, b: str) -> None:
    assert ids.same(a, ids.to18(a))
    assert ids.same(a, b) == (a == b)


@pytest.mark.parametrize(
    "text",
    ["", "001", "001dM00003jU9Gx!", "001dM00003jU9GxQAA", "001-M00003jU9Gx", None, 5],
)
def test_what_is_not_shaped_like_an_id_is_told_apart(text: object) -> None:
    assert not ids.is_id(text)


@given(
    st.integers(min_value=0, max_value=62**9 - 1),
    st.sampled_from(["001", "a0X", "00D"]),
)
def test_made_ids_are_valid_and_lead_back_to_their_number(
    number: int, prefix: str
) -> None:
    sequence = ids.IdSequence(prefix)
    made = sequence.at(number)
    assert made == ids.make(prefix, number)
    assert ids.is_id(made)
    assert ids.to18(made[:15]) == made
    assert sequence.position(made) == sequence.position(made[:15]) == number


@given(st.lists(st.integers(min_value=0, max_value=62**8), min_size=2, unique=True))
def test_ids_sort_as_text_like_their_numbers(numbers: list[int]) -> None:
    sequence = ids.IdSequence("003", first=62**5 - 7)
    assert sorted(map(sequence.at, numbers)) == [
        sequence.at(number) for number in sorted(numbers)
    ]


@pytest.mark.parametrize(
    "stranger", ["003Sm0000000000AAA", "junk", "", "001Xx0000000005"]
)
def test_the_id_of_another_object_or_org_has_no_position(stranger: str) -> None:
    assert ids.IdSequence("001").position(stranger) is None


def test_an_id_from_before_the_first_has_no_position() -> None:
    assert ids.IdSequence("001", first=100).position(ids.make("001", 99)) is None


@pytest.mark.parametrize(
    ("prefix", "instance"), [("0", "Sm0"), ("001", ""), ("0-1", "Sm0")]
)
def test_an_odd_prefix_is_refused(prefix: str, instance: str) -> None:
    with pytest.raises(ValueError, match="3 characters"):
        ids.IdSequence(prefix, instance=instance)
