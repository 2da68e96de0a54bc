"""Labels: how often they are right on sentences of our own, and that nothing breaks them."""

from __future__ import annotations

import random
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.languages import LANGUAGES
from mentions.sentiment import Scorer, Sentiment
from mentions.triage.labels import LABELS, decide, tell
from mentions.triage.lexicon import lexicon
from mentions.triage.outlets import is_of_the_press, is_outlet
from tocsin.demo import voice

SENTENCES = Path(__file__).with_name("sentences")
ENOUGH = {"en": 0.93, "es": 0.93, "ca": 0.93, "fr": 0.93}
CALM = Sentiment("neutral", 0.0, 0.8)


def sentences(lang: str) -> list[tuple[str, str]]:
    """(text, the label a person gave) pairs of a language."""
    read = tomllib.loads((SENTENCES / f"{lang}.toml").read_text("utf-8"))
    return [(text, "" if name == "none" else name) for name, texts in read.items() for text in texts]


def judged(lang: str) -> list[tuple[str, str, str]]:
    """(text, right label, our label) of a language, by the model of the package."""
    texts, right = zip(*sentences(lang), strict=True)
    sentiments = Scorer.load().score(texts, [lang] * len(texts))
    return list(zip(texts, right, label(texts, [lang] * len(texts), sentiments), strict=True))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_most_sentences_get_the_label_that_a_person_gave(lang: str) -> None:
    found = judged(lang)
    assert len(found) == 60
    assert sum(right == ours for _, right, ours in found) / len(found) >= ENOUGH[lang]


def label(
    texts: Sequence[str], langs: list[str], sentiments: list[Sentiment], **speaking: list[str | None]
) -> list[str]:
    return [decide(told) for told in tell(texts, langs, sentiments, **speaking)]  # type: ignore[arg-type]


def one(text: str, lang: str = "en", sentiment: Sentiment = CALM, **columns: list[str | None]) -> str:
    return label([text], [lang], [sentiment], **columns)[0]


def test_who_speaks_makes_it_media() -> None:
    assert one("Ferry adrift off Palma") == ""
    assert one("Ferry adrift off Palma", domains=["elpais.com"]) == "media"
    assert one("Ferry adrift off Palma", domains=["cat.elpais.com"]) == "media"
    assert one("Ferry adrift off Palma", authors=["Diari del Port"]) == "media"
    assert one("Ferry adrift off Palma", kinds=["article"]) == "media"
    assert one("Ferry adrift off Palma", authors=["marta_83"], domains=["mastodon.social"]) == ""


@pytest.mark.parametrize("name", ["pressure_cooker", "television_fan", "nova", "marta"])
def test_a_name_that_only_looks_like_the_press(name: str) -> None:
    assert not is_of_the_press(name)


@pytest.mark.parametrize("domain", ["social.example", "reddit.com", "elpais.com.evil.example", "com", ""])
def test_a_host_that_is_no_outlet(domain: str) -> None:
    assert not is_outlet(domain)


def test_a_word_means_what_it_means_in_its_own_language() -> None:
    """`demanda` is a law suit in Spanish and a request in Catalan."""
    assert one("Prepara una demanda", "es") == "threat"
    assert one("Ha fet una demanda d'informació", "ca") == ""


def test_a_question_mark_inside_a_link_asks_nothing() -> None:
    assert one("Read this https://example.org/?page=2") == ""


def test_what_costs_most_comes_first() -> None:
    threat_and_question = "Can I have the name of your lawyer? I will sue"
    assert one(threat_and_question) == "threat"
    assert one("Click here https://x.example giveaway, my lawyer says so") == "spam"


def test_a_language_without_words_of_its_own_is_read_with_all_of_them() -> None:
    assert one("giveaway, link in bio", "und") == "spam"
    assert one("mi abogado", "pt") == "threat"


def test_every_file_has_every_section() -> None:
    for lang in LANGUAGES:
        assert len(lexicon(lang).known) > 300


@given(st.lists(st.tuples(st.text(max_size=300), st.sampled_from([*LANGUAGES, "und", "xx", ""]))))
def test_any_text_gets_one_label_and_always_the_same(items: list[tuple[str, str]]) -> None:
    texts, langs = [text for text, _ in items], [lang for _, lang in items]
    found = label(texts, langs, [CALM] * len(items))
    assert found == label(texts, langs, [CALM] * len(items))
    assert set(found) <= {*LABELS, ""}


def demo(lang: str) -> tuple[float, float]:
    """Share of right labels over 2,000 texts of the demo's public, and texts a second of processor time."""
    rng = random.Random(5)
    tones = {"praise": "praise", "question": "question", "complaint": "complaint", "news": ""}
    said = [
        (voice.say(rng, lang, brand, brand, tone), right)
        for brand in ("almadia", "brisa")
        for tone, right in tones.items()
        for _ in range(250)
    ]
    texts = [text for text, _ in said]
    sentiments = Scorer.load().score(texts, [lang] * len(texts))
    began = time.process_time()
    ours = label(texts, [lang] * len(texts), sentiments)
    speed = len(texts) / (time.process_time() - began)
    return sum(found == right for found, (_, right) in zip(ours, said, strict=True)) / len(said), speed


def main() -> None:
    """`python -m tests.mentions.triage.test_labels`: the figures of docs/triage.md, and what went wrong."""
    for lang in LANGUAGES:
        found = judged(lang)
        right = Counter(right for _, right, ours in found if right == ours)
        every = Counter(right for _, right, _ in found)
        parts = ", ".join(f"{name or 'none'} {right[name]}/{every[name]}" for name in every)
        share, speed = demo(lang)
        print(
            f"{lang}: {sum(right.values()) / len(found):.1%} ({parts}); "
            f"demo {share:.1%}, {speed:,.0f} texts/s"
        )
        if "-v" in sys.argv:
            for text, expected, ours in found:
                if expected != ours:
                    print(f"   {expected or 'none'} != {ours or 'none'}: {text}")


if __name__ == "__main__":
    main()
