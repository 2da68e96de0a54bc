"""What a page says, in four languages, and what hostile or missing evidence does to it: nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from alerts.channels.base import Callback, DeliveryError
from alerts.channels.mail.layout import mail
from alerts.wording.compose import Claim, Recipient, Way, compose, lasting, one_line, retold, told
from tests.alerts.cast import EVIDENCE

CALLBACK = Callback("https://t.test/mattermost", "abc")
NIGHT = datetime(2026, 3, 10, 2, 10, tzinfo=UTC)


def claim(**changes: Any) -> Claim:
    values: dict[str, Any] = {
        "brand": "Almadía Ferries",
        "level": "red",
        "signal": "negative",
        "title": "title",
        "since": NIGHT,
        "evidence": EVIDENCE,
        **changes,
    }
    return Claim(**values)


def page(language: str = "en", **changes: Any) -> Any:
    recipient = Recipient("Ada", language, "Europe/Madrid", "On call on Nights, level 1")
    return compose(
        claim(**changes),
        recipient,
        Way("https://t.test/ack/abc", "https://t.test/alerts/1", CALLBACK),
        now=NIGHT,
    )


@pytest.mark.parametrize(
    ("language", "subject", "since"),
    [
        ("en", "RED Almadía Ferries: ×7.3 negative mentions", "Tue 10 Mar, 03:10 (Europe/Madrid)"),
        ("es", "ROJO Almadía Ferries: ×7,3 menciones negativas", "mar 10 mar, 03:10 (Europe/Madrid)"),
        ("ca", "VERMELL Almadía Ferries: ×7,3 mencions negatives", "dt. 10 de març, 03:10 (Europe/Madrid)"),
        ("fr", "ROUGE Almadía Ferries: ×7,3 mentions négatives", "mar. 10 mars, 03:10 (Europe/Madrid)"),
        ("tlh", "RED Almadía Ferries: ×7.3 negative mentions", "Tue 10 Mar, 03:10 (Europe/Madrid)"),
    ],
)
def test_each_language_says_it_in_its_own_words_and_the_recipients_time(
    language: str, subject: str, since: str
) -> None:
    made = page(language)
    assert made.subject == subject
    assert since in dict(made.facts).values()


@pytest.mark.parametrize(
    ("language", "why"),
    [("en", "On call on Nights, level 1"), ("ca", "De guàrdia a Nights, nivell 1")],
)
def test_why_somebody_is_paged_is_said_too(language: str, why: str) -> None:
    assert why in dict(page(language).facts).values()


@pytest.mark.parametrize(
    ("language", "subject", "fact"),
    [
        ("en", "RED Almadía Ferries: 900 negative mentions", "900 negative mentions in 24 h"),
        ("es", "ROJO Almadía Ferries: 900 menciones negativas", "900 menciones negativas en 24 h"),
        ("ca", "VERMELL Almadía Ferries: 900 mencions negatives", "900 mencions negatives en 24 h"),
        ("fr", "ROUGE Almadía Ferries: 900 mentions négatives", "900 mentions négatives en 24 h"),
    ],
)
def test_large_numbers_are_said_as_people_say_them(language: str, subject: str, fact: str) -> None:
    evidence = {**EVIDENCE, "ratio": 314_045.0, "observed": 900.0, "window_minutes": 1440}
    made = page(language, evidence=evidence)
    assert made.subject == subject
    assert fact in dict(made.facts).values()


def test_points_of_reach_are_no_count_of_anything() -> None:
    made = page(signal="reach", evidence={**EVIDENCE, "ratio": 314_045.0, "observed": 900.0})
    assert made.subject == "RED Almadía Ferries: ×1,000+ large audiences"


def test_both_parts_carry_the_evidence_and_the_links() -> None:
    made = mail(page(), sender="Tocsin <t@t.test>", address="ada@t.test", key="1.2.mail.1", host="t.test")
    plain, rich = (part.get_content() for part in made.iter_parts())
    for part in (plain, rich):
        for words in ("×7.3 negative mentions", "44 negative mentions in 12 min", "Usual", "strike"):
            assert words in part
        assert "https://t.test/ack/abc" in part
        assert "https://t.test/alerts/1" in part
        assert "No answer from anybody" in part
        assert "A third one" not in part
    assert "&lt;b&gt;again&lt;/b&gt;" in rich
    assert "<b>" not in rich
    assert "> Stuck in Palma since noon <b>again</b> Bcc: all@example.org\n" in plain
    assert made["Auto-Submitted"] == "auto-generated"


@pytest.mark.parametrize(
    "hostile",
    [
        "A\r\nBcc: all@example.org",
        "A\nB",
        "A\x00\x1b[31m",
        "\ud800lone",
        "A\u2028B\u202e",
        "x" * 5000,
        "",
        " \n ",
    ],
)
def test_nothing_that_is_written_elsewhere_gets_into_a_header_or_breaks_the_mail(hostile: str) -> None:
    evidence = {"drivers": {"examples": [{"text": hostile}], "terms": [{"term": hostile}]}}
    made = page(brand=hostile, title=hostile, signal=hostile, level=hostile, evidence=evidence)
    sent = mail(made, sender="T <t@t.test>", address="ada@t.test", key="k", host="t.test").as_bytes()
    head = sent.split(b"\r\n\r\n", 1)[0]
    assert b"\r\nBcc" not in head
    assert b"\x00" not in sent
    assert max(len(line) for line in sent.splitlines()) < 998


@pytest.mark.parametrize(
    "evidence",
    [
        {},
        {"observed": None, "ratio": "seven", "drivers": None},
        {"observed": float("nan"), "expected": float("inf"), "ratio": float("inf")},
        {"drivers": {"terms": "x", "examples": [1, None, {}]}},
        {"drivers": [1]},
        {"campaigns": "x"},
        {"campaigns": [{"title": None, "lift": "many"}]},
    ],
)
def test_evidence_of_other_tools_may_lack_anything(evidence: dict[str, Any]) -> None:
    made = page(title="Disk full", evidence=evidence)
    assert made.subject == "RED Disk full"
    assert mail(made, sender="T <t@t.test>", address="ada@t.test", key="k", host="t.test")["To"]


def test_too_short_a_history_is_said() -> None:
    made = page(evidence={**EVIDENCE, "insufficient_history": True, "history_minutes": 90})
    assert "insufficient history: 1 h 30 min of data to compare with" in dict(made.facts).values()


@pytest.mark.parametrize(
    ("language", "label", "value"),
    [
        ("en", "Announced", "Summer sale (×2.5 the usual expected); Fair (×4 the usual expected)"),
        ("es", "Anunciado", "Summer sale (se espera ×2,5 lo habitual); Fair (se espera ×4 lo habitual)"),
        ("ca", "Anunciat", "Summer sale (s'espera ×2,5 l'habitual); Fair (s'espera ×4 l'habitual)"),
        ("fr", "Annoncé", "Summer sale (×2,5 l'habituel attendu); Fair (×4 l'habituel attendu)"),
    ],
)
def test_the_campaigns_that_it_stands_in_are_named(language: str, label: str, value: str) -> None:
    announced = [{"title": "Summer\nsale", "lift": 2.5}, {"title": "Fair", "lift": 4}, {"title": "?"}, 1]
    assert dict(page(language, evidence={**EVIDENCE, "campaigns": announced}).facts)[label] == value
    assert label not in dict(page(language, evidence={**EVIDENCE, "campaigns": []}).facts)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("Almadía: ×7.3 negative mentions", "Almadía: ×7,3 menciones negativas"),
        ("Almadía: ×1,000+ mentions", "Almadía: ×1.000+ menciones"),
        ("Almadía: 2 mentions of harm to people", "Almadía: 2 menciones de daños a personas"),
        ("Almadía: 1,240 mentions", "Almadía: 1.240 menciones"),
        ("Almadía: ×2.0 people who write for themselves", "Almadía: ×2 cuentas independientes"),
        ("checkout: v1: ×1.2.3 mentions", "checkout: v1: ×1.2.3 mentions"),
        ("checkout: ×, mentions", "checkout: ×, mentions"),
        (f"checkout: ×{'9' * 400} mentions", f"checkout: ×{'9' * 400} mentions"),
    ],
)
def test_a_stored_headline_is_told_again_and_what_another_tool_wrote_stays(
    stored: str, expected: str
) -> None:
    assert retold(stored, "es") == expected
    assert retold(stored, "en") == stored


def test_an_unknown_time_zone_is_shown_as_utc() -> None:
    made = compose(
        Claim("B", "red", "volume", "t", NIGHT, {}),
        Recipient("Ada", "en", "../etc/passwd", "r"),
        Way("u", "v", CALLBACK),
        now=NIGHT,
    )
    assert dict(made.facts)["Since"] == "Tue 10 Mar, 02:10 (UTC)"


def test_one_line_cuts_with_an_ellipsis() -> None:
    assert one_line("one  two\tthree", 8) == "one two…"


@pytest.mark.parametrize("address", ["", "nobody", "a@b\r\nBcc: c@d"])
def test_an_address_that_is_none_is_a_permanent_error(address: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        mail(page(), sender="T <t@t.test>", address=address, key="k", host="t.test")
    assert caught.value.permanent


SHARE = {"kind": "negative", "whole": 55.0, "usual_share": 0.29}
HEARD = {"insufficient_history": True, "history_minutes": 90}
VOICES = {"voices": [{"author": "@una"}, {"domain": "diari.example"}], "observed": 2.0, "expected": 0.0}


@pytest.mark.parametrize(
    ("language", "evidence", "said"),
    [
        ("en", {**EVIDENCE, "reason": "44 mentions."}, ("title", "44 mentions.")),
        ("tlh", {**EVIDENCE, "reason": "44 mentions."}, ("title", "44 mentions.")),
        ("es", {}, ("title", "")),
        ("es", {"reason": "Disk is full", "tool": {}}, ("title", "Disk is full")),
        ("es", {"ratio": "×", "observed": [], "reason": None}, ("title", "")),
        (
            "es",
            {**EVIDENCE, **HEARD},
            (
                "Almadía Ferries: ×7,3 menciones negativas",
                "Observado: 44 menciones negativas en 12 min. Habitual: 6."
                " Atención: historial insuficiente: 1 h 30 min de datos para comparar.",
            ),
        ),
        (
            "ca",
            {**EVIDENCE, "expected": 7.4e-05},
            (
                "Almadía Ferries: ×7,3 mencions negatives",
                "Observat: 44 mencions negatives en 12 min. Habitual: gairebé res.",
            ),
        ),
        (
            "es",
            {**EVIDENCE, "expected": 0.322},
            (
                "Almadía Ferries: ×7,3 menciones negativas",
                "Observado: 44 menciones negativas en 12 min. Habitual: 0,32.",
            ),
        ),
        (
            "ca",
            {**EVIDENCE, **SHARE},
            (
                "Almadía Ferries: ×7,3 mencions negatives",
                "Observat: 44 mencions negatives de comptes diferents en 12 min. Habitual: 6."
                " Part del total: 80\xa0%; habitual: 29\xa0%.",
            ),
        ),
        (
            "fr",
            {**EVIDENCE, **SHARE},
            (
                "Almadía Ferries: ×7,3 mentions négatives",
                "Observé\xa0: 44 mentions négatives de comptes différents en 12 min. Habituel\xa0: 6."
                " Part du total\xa0: 80\xa0%\xa0; habituelle\xa0: 29\xa0%.",
            ),
        ),
        ("ca", VOICES, ("Almadía Ferries: mencions negatives, @una", "Qui: @una; diari.example.")),
        ("en", {**VOICES, "reason": "Two."}, ("Almadía Ferries: negative mentions, @una", "Two.")),
    ],
)
def test_a_page_of_ours_tells_it_as_the_mail_does(
    language: str, evidence: dict[str, Any], said: tuple[str, str]
) -> None:
    assert told(claim(evidence=evidence), language) == said


@pytest.mark.parametrize(
    ("stored", "english", "catalan"),
    [
        ("A: ×1,000+ negative mentions", "A: negative mentions", "A: mencions negatives"),
        ("A: 12 negative mentions", "A: negative mentions", "A: mencions negatives"),
        ("A: negative mentions", "A: negative mentions", "A: mencions negatives"),
        ("A: ×70 mentions", "A: far more mentions than usual", "A: moltes més mencions de les habituals"),
        ("Ferry ×3 late: 12 aboard", "Ferry ×3 late: 12 aboard", "Ferry ×3 late: 12 aboard"),
    ],
)
def test_a_title_that_lasts_has_no_figure_of_the_detectors(stored: str, english: str, catalan: str) -> None:
    assert (lasting(stored, "en"), lasting(stored, "ca")) == (english, catalan)
