"""Why a text is no JSON, in plain words with the place."""

from __future__ import annotations

import json

import pytest

from kit.not_json import _WORDS, WORDS, why
from kit.phrasebook import Phrasebook


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not json", "a value should begin at character 1"),
        ("", "it is empty"),
        (" \n", "it is empty"),
        ('{"a": }', "a value should begin at character 7"),
        ('{"a": 1\n "b": 2}', "a comma or a closing bracket is missing at line 2, character 2"),
        ("{a: 1}", "a name in double quotes should begin at character 2"),
        ('{"a" 1}', "a colon is missing at character 6"),
        ("[1] [2]", "something follows its end at character 5"),
        ('{"a": "b}', "a text begins that is never closed at character 7"),
        ('["a\nb"]', "a line break or another control character stands in a text at line 1, character 4"),
        (r'["\q"]', "a backslash stands before a sign that needs none at character 3"),
        (r'["\u12"]', "four hexadecimal digits are missing behind \\u at character 4"),
        ("\ufeff{}", "a byte order mark (BOM) stands in the way at character 1"),
        ("9" * 5000, "it has a number that is too long, NaN or Infinity"),
        ("[" * 200_000, "it is nested too deep to be read"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(text: str, said: str) -> None:
    faults: tuple[type[ValueError | RecursionError], ...] = (ValueError, RecursionError)
    with pytest.raises(faults) as caught:
        json.loads(text)
    assert why(caught.value) == said
    told = Phrasebook(WORDS).told(said, "es")
    assert told != said
    assert " at " not in told


def test_all_of_it_is_said_in_all_languages() -> None:
    assert set(_WORDS.values()) <= WORDS.keys()
