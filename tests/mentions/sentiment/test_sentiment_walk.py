"""The pass over all tokens at once, beside a loop that reads one token after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from mentions.sentiment import Scorer
from mentions.sentiment.features import NEGATED, START
from mentions.sentiment.walk import Tokens, dense, pairs
from mentions.sentiment.wordlists import (
    BOOSTER,
    DAMPER,
    EXCLAIM,
    KINDS,
    LATE,
    NEGATOR,
    QUESTION,
    STOP,
    TURN,
)
from mentions.texts.spellings import Columns, Spellings

Token = tuple[float, int, int]
"""Valence, hash, kind."""


def drawn(seed: int) -> list[list[Token]]:
    rng = np.random.default_rng(seed)
    valences = [0.0, 0.0, 1.5, -2.0, 3.1]
    return [
        [
            (float(rng.choice(valences)), int(rng.integers(2**32)), int(rng.integers(KINDS)))
            for _ in range(rng.integers(0, 14))
        ]
        for _ in range(40)
    ]


def together(texts: Sequence[Sequence[Token]]) -> Tokens:
    flat = np.array([token for text in texts for token in text]).reshape(-1, 3)
    text = np.repeat(np.arange(len(texts)), [len(one) for one in texts])
    nothing = np.zeros(len(flat))
    hashes, kinds = flat[:, 1].astype(np.uint32), flat[:, 2].astype(np.uint8)
    return Tokens(text, len(texts), nothing, nothing, flat[:, 0], hashes, kinds)


def one_by_one(tokens: Sequence[Token]) -> tuple[list[int], float, float, float]:
    """Return the buckets of the pairs, what was felt good and bad, and what was felt last."""
    buckets, good, bad, last, factor, reach, before = [], 0.0, 0.0, 0.0, 1.0, 0, int(START)
    for at, (valence, code, kind) in enumerate(tokens):
        buckets.append((3 * before + code) % 2**17)
        before = code
        if reach or [later for *_, later in tokens[at + 1 : at + 2]] == [LATE]:
            reach = max(0, reach - 1)
            buckets.append((3 * int(NEGATED[0]) + code) % 2**17)
            factor *= -0.7
        if valence:
            last = valence * factor
            good, bad = good + max(0.0, last), bad + max(0.0, -last)
        factor = {BOOSTER: 1.3, DAMPER: 0.6}.get(kind, 1.0)
        if kind in (NEGATOR, LATE):
            reach = 3
        elif kind == TURN:
            good, bad, reach = good / 2, bad / 2, 0
        elif kind in (STOP, EXCLAIM, QUESTION):
            reach = 0
    return buckets, good, bad, last


@pytest.mark.parametrize("seed", range(3))
def test_all_at_once_is_as_one_by_one(seed: int) -> None:
    texts = drawn(seed)
    tokens = together(texts)
    buckets, whose = pairs(tokens)
    found = dense(tokens)
    for place, text in enumerate(texts):
        wanted, good, bad, last = one_by_one(text)
        assert sorted(buckets[whose == place].tolist()) == sorted(wanted)
        assert found[place, :2].tolist() == [good / (good + 4), bad / (bad + 4)]
        assert found[place, 6] == max(-1.0, min(1.0, last / 4))
        assert found[place, 7] == min(2, sum(kind == EXCLAIM for *_, kind in text)) / 2
        assert found[place, 11] == pytest.approx(len(text) / 30)


def test_what_is_remembered_and_forgotten_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [["a truly awful day #NoFun", f"word{number} is fine"] for number in range(5)]
    wanted = [Scorer.load().score(batch, ["en", "en"]) for batch in texts]
    monkeypatch.setattr("mentions.texts.spellings.REMEMBERED", 6)
    forgetful = Scorer.load()
    assert [forgetful.score(batch, ["en", "en"]) for batch in texts] == wanted


def test_learning_that_breaks_off_leaves_no_word_with_anothers_weight() -> None:
    met = []

    def learn(words: Sequence[str]) -> Columns:
        if "odd" in words and "odd" not in met:
            met.append("odd")
            raise MemoryError
        return (np.array([len(word) for word in words]),)

    spellings = Spellings(learn)
    with pytest.raises(MemoryError):
        spellings.of([["a", "odd"]])
    assert [column.tolist() for column in spellings.of([["four", "odd"], ["a"]])] == [[4, 3, 1]]


def test_a_long_text_is_worked_on_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "this is the worst service, awful and rude. " * 200
    wanted = Scorer.load().score([text, "fine"], ["en", "en"])
    monkeypatch.setattr("mentions.sentiment.scorer.AT_ONCE", 2)
    assert Scorer.load().score([text, "fine"], ["en", "en"]) == wanted
