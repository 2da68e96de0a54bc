"""Labels learned from decisions: by the formula, with care, and better than the rules alone where used."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import log
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit.languages import LANGUAGES
from mentions.sentiment import Scorer
from mentions.triage.labels import Told, decide, tell, words_of
from mentions.triage.learned import ANSWERS, ENOUGH, WORDS, Heard, Learned, labelled
from mentions.triage.learning import learn
from mentions.triage.teaching import BACKGROUND, PRIOR, Counts, Lesson, count, tried
from tocsin.demo import voice

COMPLAINT, QUESTION, NONE = (ANSWERS.index(name) for name in ("complaint", "question", ""))


def heard(text: str, ruled: str = "", lang: str = "es", sentiment: str = "neutral") -> Heard:
    return Heard(words_of(text), lang, sentiment, ruled)


def lessons(text: str, label: str, number: int = ENOUGH, ruled: str = "") -> list[Lesson]:
    return [Lesson(heard(f"{text} {at}", ruled), label) for at in range(number)]


CALM = [heard(f"el barco {at} sale hoy") for at in range(100)]
"""What nobody decided about."""
ASKED = lessons("cuándo llega mi reembolso", "question")


def label_of(text: Heard, decisions: Sequence[Lesson], background: Sequence[Heard] = CALM) -> str:
    changes = count(decisions, background).learned().changes([text])
    return changes[0].label if changes else text.ruled


def test_the_table_by_hand() -> None:
    """One feature more than twice, two labels; the third text's own word is in one decision only."""
    decisions = [
        Lesson(heard("tarde", ""), "complaint"),
        Lesson(heard("tarde", ""), "complaint"),
        Lesson(heard("barco", ""), "question"),
    ]
    counts = count(decisions, [heard("tarde")])
    learned = counts.learned()
    assert list(learned.rows) == ["lang:es", "rules:", "sentiment:neutral", "tarde"]
    complaints, questions, all_of_them = 2 * 4, 3, 2 * 4 + 3 + 4
    share = 3 / all_of_them
    assert learned.table[4, COMPLAINT] == pytest.approx(log((2 + PRIOR * share) / (complaints + PRIOR)))
    assert learned.table[4, QUESTION] == pytest.approx(log(PRIOR * share / (questions + PRIOR)))
    assert learned.table[0, COMPLAINT] == pytest.approx(log((2 + 1) / (4 + len(ANSWERS))))
    assert learned.decided == {"complaint": 2, "question": 1}


def test_what_nobody_decided_about_weighs_little_each() -> None:
    counts = count(lessons("tarde", "complaint", 10), CALM)
    assert counts.texts[COMPLAINT] == 10
    assert counts.texts[NONE] == pytest.approx(BACKGROUND * 10)
    assert count(lessons("tarde", "complaint", 10), CALM[:3]).texts[NONE] == 3


def test_what_people_said_of_such_texts_is_learned() -> None:
    assert label_of(heard("Llega mi reembolso, cuándo"), ASKED) == "question"


def test_what_nobody_decided_about_stays_the_rules() -> None:
    text, asked = heard("el barco sale hoy"), lessons("cuándo llega mi reembolso", "question", 100)
    assert label_of(text, asked) == ""
    assert label_of(text, asked, []) == "question", "by the decisions alone the rules are always wrong"


def test_a_label_takes_enough_decisions() -> None:
    text = heard("cuándo llega mi reembolso")
    assert label_of(text, ASKED[1:]) == ""
    assert label_of(text, ASKED) == "question"


def test_a_threat_is_never_taken_away() -> None:
    taught = lessons("mi abogado y yo", "praise", 200, "threat")
    assert label_of(heard("mi abogado y yo", "threat"), taught) == "threat"
    assert label_of(heard("mi abogado y yo", "media"), taught) == "praise"


def test_who_is_not_sure_leaves_the_rules_label() -> None:
    torn = [*lessons("mi reembolso", "question"), *lessons("mi reembolso", "complaint")]
    assert label_of(heard("mi reembolso"), torn) == ""


def test_the_same_word_says_something_else_in_another_language() -> None:
    taught = [*lessons("una demanda", "threat", 60)]
    taught += [Lesson(heard(f"una demanda {at}", lang="ca"), "lead") for at in range(60)]
    assert label_of(heard("una demanda"), taught) == "threat"
    assert label_of(heard("una demanda", lang="ca"), taught) == "lead"


def test_the_reason_names_the_words_as_they_were_written() -> None:
    learned = count(ASKED, CALM).learned()
    text = "CUÁNDO llega https://x.example/barco mi Reembolso"
    told = tell([text], ["es"], [Scorer.load().score([text], ["es"])[0]._replace(label="neutral")])
    ((label, reason),) = labelled([text], ["es"], told, learned)
    assert label == "question"
    assert reason is not None
    decisions, *words = reason.split()
    assert decisions == str(ENOUGH)
    assert set(words[:2]) == {"llega", "reembolso"}, "words that say what it is about come first"
    assert words[2] in ("cuándo", "mi")


def test_without_a_model_the_rules_speak() -> None:
    told = tell(["Where can I buy it?"], ["en"], Scorer.load().score(["x"], ["en"]))
    assert labelled(["x"], ["en"], told, None) == [(decide(told[0]), None)]


def test_a_book_of_a_text_is_not_read_to_its_end() -> None:
    long = heard("barco " * WORDS + "cuándo llega mi reembolso")
    assert label_of(long, ASKED) == ""


def test_what_is_stored_says_the_same() -> None:
    learned = count([*ASKED, *lessons("una vergüenza", "complaint", 50)], CALM).learned()
    texts = [heard("cuándo llega mi reembolso"), heard("qué vergüenza, una"), heard("hoy")]
    again = Learned.read(learned.written())
    assert again.changes(texts) == learned.changes(texts)
    assert [again.changes([text]) for text in texts] == [
        {0: change} if change else {} for change in map(learned.changes(texts).get, range(3))
    ]


SAID = st.lists(
    st.builds(
        Lesson,
        st.builds(
            Heard,
            st.lists(st.sampled_from(["tarde", "hoy", "barco", "gracias", "cuando", "mal"]), max_size=6),
            st.sampled_from(["es", "ca"]),
            st.sampled_from(["negative", "positive"]),
            st.sampled_from(ANSWERS),
        ),
        st.sampled_from(ANSWERS),
    ),
    max_size=12,
)


@settings(max_examples=40)
@given(SAID, SAID)
def test_each_is_judged_by_what_all_the_others_teach(decisions: list[Lesson], others: list[Lesson]) -> None:
    background = [one.heard for one in others]
    counts = count(decisions, background)
    for at, one in enumerate(decisions):
        rest = Counts(counts.rows, counts.features.copy(), counts.texts.copy(), counts.decided)
        for feature in one.heard.features():
            if feature in counts.rows:
                rest.features[counts.rows[feature], ANSWERS.index(one.label)] -= 1
        rest.texts[ANSWERS.index(one.label)] -= 1
        kept = rest.learned()
        rows = [0, *(kept.rows[feature] for feature in one.heard.features() if feature in kept.rows)]
        np.testing.assert_allclose(counts.without(decisions[at]), kept.table[rows].sum(axis=0))


@settings(max_examples=40)
@given(SAID, SAID)
def test_any_decisions_teach_and_a_threat_stays(decisions: list[Lesson], others: list[Lesson]) -> None:
    made = learn(decisions * 10, [one.heard for one in others])
    assert 0 <= made["rules_right"] <= made["decisions"] == len(decisions) * 10
    assert made["used"] == (made["learned_right"] > made["rules_right"])
    learned = Learned.read(made["content"])
    for at, change in learned.changes([one.heard for one in others]).items():
        assert others[at].heard.ruled not in ("threat", change.label)
        assert change.decisions >= ENOUGH


def test_what_is_left_out_does_not_make_the_others_enough() -> None:
    assert tried(count(ASKED, CALM), ASKED).learned_right == 0
    more = lessons("cuándo llega mi reembolso", "question", ENOUGH + 1)
    assert tried(count(more, CALM), more).learned_right == ENOUGH + 1


def test_it_is_not_used_where_it_does_not_help() -> None:
    agreed = lessons("gracias por todo", "praise", 60, "praise")
    made = learn(agreed, CALM)
    assert (made["rules_right"], made["learned_right"], made["used"]) == (60, 60, False)
    assert learn(ASKED + ASKED, CALM)["used"]
    assert tried(count([], CALM), []) == (0, 0, 0)


TONES = {"praise": "praise", "question": "question", "complaint": "complaint", "news": ""}
LOOKED_AT, RECENT, LATER = 4_000, 2_000, 2_000


def public(lang: str, seed: int, number: int, half: int | None) -> Iterator[tuple[str, str]]:
    """(text, right label) of the demo's public; `half`: every other of its sentences."""
    rng, talk = random.Random(seed), voice._talk(lang)
    if half is not None:
        texts = {
            section: {tone: said[half::2] if tone in TONES else said for tone, said in tones.items()}
            for section, tones in talk.texts.items()
        }
        talk = replace(talk, texts=texts)
    with mock.patch.object(voice, "_talk", return_value=talk):
        for _ in range(number):
            tone, brand = rng.choice(list(TONES)), rng.choice(["almadia", "brisa"])
            yield voice.say(rng, lang, brand, brand, tone), TONES[tone]


def judged(lang: str, seed: int, number: int, half: int | None) -> list[Lesson]:
    """The same, with what the rules see of it and say."""
    texts, right = zip(*public(lang, seed, number, half), strict=True)
    return [Lesson(*pair) for pair in zip(by_rules(texts, [lang] * number)[1], right, strict=True)]


def by_rules(texts: Sequence[str], langs: Sequence[str]) -> tuple[list[Told], list[Heard]]:
    told = tell(texts, langs, Scorer.load().score(texts, langs))
    pairs = zip(told, langs, strict=True)
    return told, [Heard(one.words, lang, one.sentiment.label, decide(one)) for one, lang in pairs]


def corrected(decisions: Sequence[Lesson], recent: Sequence[Lesson], later: Sequence[Lesson]) -> str:
    """The share of right labels later, and how many of the changed ones had been right."""
    changes = count(decisions, [one.heard for one in recent]).learned().changes([one.heard for one in later])
    labels = [changes[at].label if at in changes else one.heard.ruled for at, one in enumerate(later)]
    right = sum(label == one.label for label, one in zip(labels, later, strict=True))
    broken = sum(later[at].heard.ruled == later[at].label for at in changes)
    return f"{right / len(later):6.1%} ({len(changes)} changed, {broken} of them for the worse)"


def figures(lang: str, *, new_sentences: bool) -> str:
    """Rules alone, then with what somebody taught who corrects each wrong label among what they look at."""
    looked_at, later = (
        (judged(lang, 1, LOOKED_AT, 0), judged(lang, 3, LATER, 1))
        if new_sentences
        else (judged(lang, 1, LOOKED_AT, None), judged(lang, 3, LATER, None))
    )
    recent = judged(lang, 2, RECENT, None)
    wrong = [one for one in looked_at if one.heard.ruled != one.label]
    shares = [corrected(wrong[:number], recent, later) for number in (50, 200)]
    alone = sum(one.heard.ruled == one.label for one in later) / len(later)
    return f"{lang}: rules {alone:.1%}; after 50 corrections {shares[0]}; after 200 {shares[1]}"


def main() -> None:
    """`python -m tests.mentions.triage.test_learned`: the figures of docs/triage.md."""
    for new_sentences in (False, True):
        print("sentences that nobody corrected" if new_sentences else "the same sentences, filled anew")
        for lang in LANGUAGES:
            print(figures(lang, new_sentences=new_sentences))
    _costs()


def _costs() -> None:
    """Processor time of a mention on its way, and of making the model anew, as large as it gets."""
    said = [(lang, *one) for lang in LANGUAGES for one in public(lang, 4, 500, None)]
    langs, texts, right = (list(column) for column in zip(*said, strict=True))
    told, ruled = by_rules(texts, langs)
    began = time.process_time()
    made = learn([Lesson(*pair) for pair in zip(ruled, right, strict=True)], ruled)
    took = time.process_time() - began
    print(f"made of {len(said)} decisions and as many mentions in {took:.2f} s; ", end="")
    print(f"{len(json.dumps(made['content'])) // 1000} kB")
    learned = Learned.read(made["content"])
    runs: dict[bool, list[float]] = {False: [], True: []}
    for turn in range(20):
        began = time.process_time()
        labelled(texts, langs, told, learned if turn % 2 else None)
        runs[turn % 2 == 1].append(time.process_time() - began)
    words, more = sum(len(one.words) for one in told), min(runs[True]) - min(runs[False])
    print(f"a mention of {words / len(said):.0f} words costs {1e6 * more / len(said):.1f} µs more")


if __name__ == "__main__":
    main()
