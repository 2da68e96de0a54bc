"""The class offsets: what they make the most of, and that a lean of the logits is taken off again."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("scipy")
from mentions.sentiment.training.calibrate import Classes, Floats, guesses, macro_f1, offsets


def drawn(count: int, seed: int, lean: tuple[float, float] = (0.0, 0.0)) -> tuple[Floats, Classes]:
    """Return logits that lean, and classes drawn from what they would say without."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, 2, (count, 2))
    full = np.stack([logits[:, 0], np.zeros(count), logits[:, 1]], axis=1)
    return logits + np.array(lean), np.asarray((full + rng.gumbel(size=full.shape)).argmax(1), np.int64)


@pytest.mark.parametrize("lean", [(0.0, 0.0), (0.8, -0.5), (-1.0, 1.2)])
def test_a_lean_of_the_logits_is_taken_off(lean: tuple[float, float]) -> None:
    straight, found = offsets([drawn(800, 1)]), offsets([drawn(800, 1, lean)])
    assert np.add(found, lean) == pytest.approx(straight, abs=0.11)


def test_offsets_from_few_texts_serve_others_as_well_as_those_from_many() -> None:
    lean = (1.0, -0.6)
    many = drawn(4_000, 0, lean)
    best = macro_f1(many[1], guesses(many[0] + np.array(offsets([many]))))
    for seed in range(1, 4):
        few = offsets([drawn(200, seed, lean)])
        assert macro_f1(many[1], guesses(many[0] + np.array(few))) > best - 0.02


def test_groups_count_alike_whatever_their_size() -> None:
    small, large = drawn(300, 3, (1.0, 0.0)), drawn(300, 4, (-1.0, 0.0))
    many = (np.tile(large[0], (10, 1)), np.tile(large[1], 10))
    assert offsets([small, large]) == pytest.approx(offsets([small, many]), abs=0.11)
