"""What changed between two versions of a text: nothing is lost, and it can be read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incident.differences import MAX_PAIRS, differences

SIGNS = {"same": "{}", "added": "[+{}]", "removed": "[-{}]"}
MANY = " ".join(["adrift"] * (int(MAX_PAIRS**0.5) + 1))


def read(before: str, after: str) -> str:
    return "".join(SIGNS[part.change].format(part.text) for part in differences(before, after))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("", "We know.", "[+We know.]"),
        ("We know.", "We know.", "We know."),
        ("A crossing stopped.", "Our crossing stopped.", "[-A][+Our] crossing stopped."),
        ("A crossing stopped.", "A crossing to Palma stopped.", "A crossing[+ to Palma] stopped."),
        ("We know. We act.", "We act.", "[-We know. ]We act."),
        ("Sortirem a l'hora, gràcies.", "Sortirem a l'hora.", "Sortirem a [-l'hora, gràcies.][+l'hora.]"),
        ("Prêt à 4 h :", "Prêt à 5 h :", "Prêt à [-4][+5] h :"),
        ("one  two", "one two", "one[-  ][+ ]two"),
        ("One.\n\nThree.", "One.\n\nTwo.\n\nThree.", "One.[+\n\nTwo.]\n\nThree."),
        ("One. Two.", "One.\n\nTwo.", "One.[- ][+\n\n]Two."),
        (
            "Nobody knows of it. More soon.",
            "All on board of Ana are safe. More soon.",
            "[-Nobody knows of it.][+All on board of Ana are safe.] More soon.",
        ),
        (f"{MANY}\nWe know.\n", f"{MANY}\nWe act.\n", f"{MANY}\n[-We know.][+We act.]\n"),
        (MANY.replace(" ", "\n"), MANY, f"[-{MANY.replace(' ', chr(10))}][+{MANY}]"),
    ],
)
def test_as_people_read_it(before: str, after: str, expected: str) -> None:
    assert read(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("We are sorry today.", "We were sorry yesterday.", "We [-are][+were] sorry [-today.][+yesterday.]"),
        ("a b x c d", "e f x g h", "[-a b x c d][+e f x g h]"),
        ("a b\nx\nc d", "e f\nx\ng h", "[-a b][+e f]\nx\n[-c d][+g h]"),
    ],
)
def test_a_word_that_stayed_by_chance_does_not_make_confetti(before: str, after: str, expected: str) -> None:
    assert read(before, after) == expected


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "d", " ", "  ", "\n", "\n\n", "é,", "l·l"])).map("".join)


@given(before=TEXTS | st.text(), after=TEXTS | st.text())
@example(before=MANY, after=MANY + "\na")
@example(before=MANY.replace(" ", "\n"), after=MANY)
def test_nothing_is_lost_and_nothing_said_twice(before: str, after: str) -> None:
    parts = differences(before, after)
    assert "".join(part.text for part in parts if part.change != "removed") == after
    assert "".join(part.text for part in parts if part.change != "added") == before
    assert all(part.text for part in parts)
    order = (
        ("same", "removed"),
        ("same", "added"),
        ("removed", "added"),
        ("removed", "same"),
        ("added", "same"),
    )
    assert all((one.change, other.change) in order for one, other in pairwise(parts))


@given(text=TEXTS | st.text())
@example(text=MANY)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert {part.change for part in differences(text, text)} <= {"same"}
