"""The worked example of docs/detection.md: its steps are run, and the detector comes to the same digits."""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from alerts.detection.evidence import FORMULA, explain, recompute
from alerts.detection.live import peek
from alerts.judging.roster import EACH, SIGNALS, advanced, empty

PAGE = Path(__file__).resolve().parents[1] / "docs/detection.md"
FORTNIGHT = 20_160
BEGAN = 22_911_567 - FORTNIGHT
"""Unix minutes: a fortnight before the first voice of the train crash, 2013-07-24T19:27Z."""
HARM = SIGNALS.index("harm")
FIGURES = {
    "observed": r"Observed x = (\d+\.\d+)",
    "expected": r"Expected m = (\d+\.\d+)",
    "spread": r"spread (\d+\.\d+)",
    "dispersion": r"dispersion d = (\d+\.\d+)",
    "ratio": r"ratio x/m = (\d+\.\d+)",
    "whole": r"Of n = (\d+\.\d+)",
    "usual_share": r"usual share p = (\d+\.\d+)",
    "score": r"= (\d+\.\d+) nats",
}


def told() -> list[dict[str, Any]]:
    """The figures of both alerts, as the page quotes `tocsin explain`."""
    quoted = re.findall(r"^    Alert 1: .*?(?=\n\n)", PAGE.read_text(encoding="utf-8"), re.M | re.S)
    assert len(quoted) == 2
    return [
        {name: float(found[1]) for name, sign in FIGURES.items() if (found := re.search(sign, text))}
        | {"formula": re.findall(r"\[([\w-]+)\]", text)[0]}
        for text in quoted
    ]


def test_each_step_gives_what_stands_behind_it() -> None:
    steps = doctest.DocTestParser().get_doctest(PAGE.read_text(encoding="utf-8"), {}, PAGE.name, None, 0)
    assert len(steps.examples) > 10
    said: list[str] = []
    doctest.DocTestRunner().run(steps, out=said.append)
    assert "".join(said) == ""


def test_the_two_voices_of_the_train_crash_give_the_figures_that_are_told() -> None:
    counts = np.zeros((EACH, FORTNIGHT + 7))
    counts[HARM, [FORTNIGHT, FORTNIGHT + 6]] = 1
    state, _ = advanced(empty(1), counts, BEGAN, [])
    evidence = peek(state, np.zeros(EACH), 0.15, minute=BEGAN + FORTNIGHT + 7)
    claim = explain(evidence, HARM)
    harm = told()[0]
    assert claim["firing"]
    assert claim["window_minutes"] == 8
    assert {name: claim[name] for name in harm} == harm


@pytest.mark.parametrize(("number", "kind"), [(0, "harm"), (1, "negative")])
def test_the_score_follows_from_the_figures(number: int, kind: str) -> None:
    figures = told()[number]
    assert figures["formula"] == FORMULA
    stored = {"whole": 0.0, "usual_share": 0.0, "kind": kind} | figures
    assert recompute(stored) == figures["score"]
    assert figures["ratio"] == figures["observed"] / figures["expected"]
    assert figures["spread"] == pytest.approx((figures["dispersion"] * figures["expected"]) ** 0.5)
