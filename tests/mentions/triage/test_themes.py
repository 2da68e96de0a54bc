"""A theme is said of exactly the cases that it counts, for one decision closes them all."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mentions.triage.themes import common, speaks_of

NAMES = frozenset({"almadia"})
WORDS = st.sampled_from(
    ["cola", "Escola", "colas", "#cola", "tarde", "Tardé", "Almadia", "no", "wifi", "wi-fi", "roto.", "ÑU"]
)
TEXTS = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=30)


def test_a_part_of_a_word_is_no_word() -> None:
    assert speaks_of("Otra cola de espera", "Cola", NAMES)
    assert not speaks_of("La escola no obre", "cola", NAMES)
    assert not speaks_of("Waited in Paris", "art", NAMES)
    assert not speaks_of("", "cola", NAMES)


@given(TEXTS)
def test_a_theme_counts_the_cases_that_speak_of_it(texts: list[str]) -> None:
    for theme in common(texts, NAMES):
        assert theme.count == sum(speaks_of(text, theme.term, NAMES) for text in texts)
