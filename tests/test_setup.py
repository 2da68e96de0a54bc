"""`tocsin setup`: a file applied twice changes nothing, and a wrong one changes nothing at all."""

from __future__ import annotations

import copy
import tomllib
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from alerts.campaigns.campaign import Campaign
from alerts.tuning.chosen import DetectorSetting
from kit.core import Core
from kit.errors import Invalid
from kit.events import Event
from mentions.monitor import Monitor
from people import brands, partners
from people.members import Member
from people.on_call.plans import layers_of
from people.organisations import Brand, Organisation
from people.schedules import Schedule
from people.signin import viewer_from
from tests.clock import MovableClock
from tocsin import setup
from tocsin.commands.demo import COMPANY

OPERATING = Path(__file__).parents[1] / "docs" / "operating.md"


async def apply(core: Core, company: dict[str, Any]) -> list[str]:
    async with core.database.unit_of_work() as session:
        return await setup.apply(session, company, now=core.clock.now())


def the_company() -> dict[str, Any]:
    company = setup.read(COMPANY)
    for person in company["members"]:
        person.pop("password", None)  # hashing is slow on purpose
    return company


async def test_a_monitor_keeps_the_day_it_was_made(core: Core, clock: MovableClock) -> None:
    made = clock.now()
    await apply(core, the_company())
    clock.forward(minutes=60 * 24 * 30)
    await apply(core, the_company())
    async with core.database.read() as session:
        assert {monitor.created_at for monitor in await session.scalars(select(Monitor))} == {made}


async def test_the_language_and_the_zone_that_somebody_chose_stay(core: Core) -> None:
    company = the_company()
    await apply(core, company)
    helen = select(Member).where(Member.name == "Helen Marsh")
    async with core.database.unit_of_work() as session:
        row = (await session.scalars(helen)).one()
        row.language, row.time_zone = "fr", "Europe/Paris"
    next(one for one in company["members"] if one["name"] == "Helen Marsh")["job"] = "Press officer"
    await apply(core, company)
    async with core.database.read() as session:
        row = (await session.scalars(helen)).one()
    assert (row.language, row.time_zone, row.job) == ("fr", "Europe/Paris", "Press officer")


@pytest.mark.parametrize(
    ("section", "field", "value", "words"),
    [
        ("schedules", "time_zone", "Europe/Nowhere", "Social on call"),
        ("schedules", "handover", "8 o'clock", "Social on call"),
        ("schedules", "shift_days", 0, "shift_days"),
        ("schedules", "time_zoen", "Europe/Madrid", "time_zoen"),
        ("policies", "repeats", -1, "repeats"),
        ("policies", "levels", [{"wait_minutes": 0, "targets": []}], "wait_minutes"),
        ("policies", "levels", [{"wait_minutes": "soon", "targets": []}], "wait_minutes"),
        ("policies", "levels", [], "Standard"),
        ("members", "rol", "admin", "rol"),
        ("members", "time_zone", "Europe/Nowhere", "marta@.*Europe/Nowhere"),
        ("members", "time_zone", 3, "marta@.*3"),
        (
            "members",
            "language",
            "de",
            "marta@.*'de' is not one of the languages:",
        ),
        ("members", "language", 3, "marta@.*'3' is not one of the languages"),
        (
            "members",
            "role",
            "boss",
            "marta@.*'boss' is no role: admin, responder, executive, observer, partner",
        ),
        ("members", "role", "partner", "marta@.*a partner needs the organisation"),
        ("members", "organisation", "Estudi Gavina", "marta@.*responder is a role of the house"),
        ("members", "email", "marta", "'marta' is no mail address"),
        ("members", "password", "too short", "marta@.*12 characters"),
        ("partners", "nda_signed_on", "12.1.2026", "Estudi Gavina.*nda_signed_on.*2026-01-31"),
        ("partners", "nda_expires_on", date(2026, 1, 11), "Estudi Gavina.*cannot end before it is signed"),
        ("partners", "nda_document_sha256", "5f2c", "Estudi Gavina.*64 signs"),
        ("partners", "nda_document_sha256", 5, "Estudi Gavina.*64 signs"),
        ("partners", "declared_clients", "Hotels Migjorn", "Estudi Gavina.*list of names"),
        ("partners", "brands", ["nobody"], "brand 'nobody' is not in this file"),
        ("partners", "each_signs", "yes", "Estudi Gavina.*true or false"),
        ("partners", "kind", "house", "Estudi Gavina.*'kind'"),
        ("members", "nda_signed_on", date(2026, 1, 1), "marta@.*for people of a partner"),
        ("brands", "slgu", "almadia", "almadia.*slgu"),
        ("sources", "kind", "rs", "demo.*'rs' is no kind of source: brandwatch, .*webhook"),
        ("sources", "field_map", {"txt": "body"}, "demo.*txt"),
        ("sources", "secret", "x", "demo.*secret is too easy to guess: it takes 24 characters"),
        ("sources", "secret", "a" * 40, "demo.*secret is too easy to guess: .*8 of them different"),
        ("sources", "secret", 123456789012345678901234567890, "demo.*secret is too easy to guess"),
        ("sources", "path_token", "hook", "demo.*path_token is too easy to guess"),
        ("departments", "time_zone", "Europe/Nowhere", "Europe/Nowhere"),
        ("departments", "language", "de", "'de' is not one of the languages"),
    ],
)
async def test_what_would_leave_nobody_paged_is_refused_by_name(
    core: Core, section: str, field: str, value: object, words: str
) -> None:
    company = copy.deepcopy(the_company())
    company[section][0][field] = value
    with pytest.raises(Invalid, match=words):
        await apply(core, company)


@pytest.mark.parametrize("key", ["secret", "path_token"])
async def test_a_tool_that_sends_alerts_needs_a_secret_that_nobody_guesses(core: Core, key: str) -> None:
    company = the_company() | {"alert_sources": [{"name": "grafana", key: "grafana"}]}
    with pytest.raises(Invalid, match=f"grafana.*{key} is too easy to guess"):
        await apply(core, company)
    company["alert_sources"][0][key] = "pfKQ0yqf8dlkHvU3-enough-of-it"
    await apply(core, company)


async def test_a_key_to_somebody_else_s_server_is_as_that_server_made_it(core: Core) -> None:
    feed = {
        "name": "talk",
        "kind": "mastodon",
        "secret": "short",
        "settings": {"server": "https://m.example"},
    }
    await apply(core, the_company() | {"sources": [feed]})


@pytest.mark.parametrize(("type_", "pages"), [("competitor", False), ("product", True)])
async def test_a_monitor_may_have_a_type(core: Core, type_: str, pages: bool) -> None:
    company = setup.read(COMPANY)
    company["brands"][0]["monitors"][0]["type"] = type_
    async with core.database.unit_of_work() as session:
        await setup.apply(session, company, now=core.clock.now())
        name = company["brands"][0]["monitors"][0]["name"]
        monitor = (await session.execute(select(Monitor).where(Monitor.name == name))).scalar_one()
    assert (monitor.type, monitor.pages) == (type_, pages)
    company["brands"][0]["monitors"][0]["type"] = "rival"
    with pytest.raises(Invalid, match="type must be one of"):
        async with core.database.unit_of_work() as session:
            await setup.apply(session, company, now=core.clock.now())


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ({"handover": "8 o'clock"}, "Social on call"),
        ({"time_zone": "Europe/Nowhere"}, "Social on call"),
        ({"windows": ["sometimes"]}, "sometimes"),
        ({"unit": "moons"}, "hours, days or weeks"),
        ({"every": 0}, "1 to 52 weeks"),
        ({"participants": ["nuria@gavina.example"]}, "Only admins and responders"),
        ({"lenght": 7}, "lenght"),
    ],
)
async def test_a_layer_that_cannot_be_is_refused(core: Core, layer: dict[str, Any], words: str) -> None:
    company = the_company()
    company["schedules"][0]["layers"][0].update(layer)
    with pytest.raises(Invalid, match=words):
        await apply(core, company)


async def test_a_schedule_without_layers_has_one_and_applying_it_again_changes_nothing(core: Core) -> None:
    company = the_company()
    await apply(core, company)
    await apply(core, company)
    async with core.database.read() as session:
        schedule = await session.scalar(select(Schedule).where(Schedule.name == "Communications duty"))
        assert schedule is not None
        assert schedule.sequence == 1
        [layer] = await layers_of(session, schedule.id)
    assert (layer.every, layer.unit, layer.handover) == (7, "days", "09:00")


@pytest.mark.parametrize(
    ("zones", "expected"),
    [(["Europe/Lisbon"], "Europe/Lisbon"), (["Europe/Lisbon", "Asia/Tokyo"], "UTC"), ([], "UTC")],
)
async def test_a_brand_without_a_zone_is_of_the_schedules_and_stays_as_people_set_it(
    core: Core, zones: list[str], expected: str
) -> None:
    company = the_company()
    del company["brands"][0]["time_zone"]
    for schedule, zone in zip(company["schedules"], zones or ["Europe/Lisbon", "UTC"], strict=False):
        schedule["time_zone"] = zone
    company["schedules"] = company["schedules"][: len(zones)]
    company["policies"] = company["routes"] = company["departments"] = []
    await apply(core, company)
    slug = company["brands"][0]["slug"]
    async with core.database.unit_of_work() as session:
        brand = (await session.scalars(select(Brand).where(Brand.slug == slug))).one()
        assert brand.time_zone == expected
        brand.time_zone = "America/Lima"
    await apply(core, company)
    async with core.database.read() as session:
        assert await session.scalar(select(Brand.time_zone).where(Brand.slug == slug)) == "America/Lima"


def the_holidays() -> dict[str, Any]:
    """The company, with a calendar for a brand and another one for a monitor, and days of the brand's own."""
    company = the_company()
    brand = company["brands"][0]
    brand["holidays"], brand["monitors"][0]["holidays"] = ["es-ct", "FR"], ["PT"]
    brand["days"] = [
        {"title": "Festa major", "on": date(2026, 5, 11), "until": date(2026, 5, 12), "lift": 3},
        {"title": "Bridge day", "on": date(2026, 5, 13), "monitor": brand["monitors"][1]["name"]},
    ]
    return company


async def test_holidays_come_with_the_file_and_no_day_twice(core: Core) -> None:
    company = the_holidays()
    for _ in range(2):
        await apply(core, company)
    async with core.database.read() as session:
        brand = (await session.scalars(select(Brand).where(Brand.slug == "almadia"))).one()
        assert brand.holidays == ["ES-CT", "FR"]
        chosen = (await session.scalars(select(DetectorSetting))).one()
        assert (chosen.holidays, chosen.version) == (["PT"], 1)
        own = (await session.scalars(select(Campaign).order_by(Campaign.starts_at))).all()
        kinds = await session.scalars(select(Event.kind).where(Event.actor == "Tocsin"))
    assert [(day.title, day.kind, day.lift, day.brand_id, day.version) for day in own] == [
        ("Festa major", "holiday", 3.0, brand.id, 1),
        ("Bridge day", "holiday", 2.0, brand.id, 1),
    ]
    assert [day.monitor_id is None for day in own] == [True, False]
    midnight = datetime(2026, 5, 10, 22, tzinfo=UTC)  # in Madrid
    assert (own[0].starts_at, own[0].ends_at) == (midnight, midnight + timedelta(days=2))
    told = Counter(kind for kind in kinds if not kind.startswith("partner."))
    assert told == {"campaign.announced": 2, "monitor.detector": 1, "brand.holidays": 1}


async def test_a_day_that_the_file_moves_is_moved_and_what_it_does_not_name_stays(core: Core) -> None:
    company = the_holidays()
    await apply(core, company)
    brand = company["brands"][0]
    brand["days"] = [{**brand["days"][0], "lift": 4}]
    del brand["holidays"], brand["monitors"][0]["holidays"]
    await apply(core, company)
    async with core.database.read() as session:
        days = (await session.scalars(select(Campaign).order_by(Campaign.starts_at))).all()
        assert [(day.title, day.lift, day.version) for day in days] == [
            ("Festa major", 4.0, 2),
            ("Bridge day", 2.0, 1),
        ]
        stored = await session.scalar(select(Brand.holidays).where(Brand.slug == "almadia"))
        assert stored == ["ES-CT", "FR"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"holidays": ["XX"]}, "almadia.*no country 'XX'"),
        ({"holidays": "ES"}, "almadia.*holidays"),
        ({"days": [{"title": "Feast", "on": "2026-05-11"}]}, "almadia.*Feast.*a date"),
        ({"days": [{"title": "Feast", "on": date(2026, 5, 11), "lift": "much"}]}, "almadia.*Feast.*lift"),
        ({"days": [{"title": "Feast", "on": date(2026, 5, 11), "lift": 0.5}]}, "almadia.*Expect"),
        ({"days": [{"title": "Feast", "on": date(2026, 5, 11), "until": date(2026, 5, 1)}]}, "almadia.*end"),
        ({"days": [{"title": "Feast", "on": date(2026, 5, 11), "of": "Girona"}]}, "almadia.*'of'"),
        ({"days": [{"title": "Feast", "on": date(2026, 5, 11), "monitor": "None"}]}, "monitor 'None'"),
    ],
)
async def test_holidays_that_make_no_sense_are_refused_by_name(
    core: Core, change: dict[str, Any], words: str
) -> None:
    company = the_company()
    company["brands"][0] |= change
    with pytest.raises(Invalid, match=words):
        await apply(core, company)


def a_runbook(**changes: Any) -> dict[str, Any]:
    step = {"key": "avisar", "title": "Avisar", "body": "A quien esté de guardia.", "minutes": 5}
    return {"type": "accident", "name": "Accidente", "steps": [step], **changes}


async def test_the_runbook_of_the_documents_can_be_applied(core: Core) -> None:
    text = OPERATING.read_text(encoding="utf-8")
    example = text[text.index("    [[runbooks]]") : text.index("| of a step |")]
    assert await apply(core, {**the_company(), **tomllib.loads(example)}) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"brand": "almadia"}, "a runbook has an unknown entry 'brand'"),
        ({"type": "fire"}, "'fire': type must be one of accident, .*complaint_wave"),
        ({"type": ["accident"]}, "type must be one of accident"),
        ({"name": ""}, "runbook 'accident': name: Please write"),
        ({"name": 3}, "runbook 'accident': name: This must be text"),
        ({"summary": 3}, "runbook 'accident': summary must be text"),
        ({"summary": "a\0b"}, "runbook 'accident': summary: .*character"),
        ({"steps": []}, "runbook 'accident' has no steps"),
        ({"steps": ["avisar"]}, r"written as \[\[runbooks.steps\]\]"),
        ({"as_of": date(2026, 1, 1)}, "runbook 'accident': as_of must be a time with its zone"),
        ({"as_of": datetime(2026, 1, 1)}, "runbook 'accident': as_of must be a time with its zone"),  # noqa: DTZ001
        ({"as_of": datetime(2999, 1, 1, tzinfo=UTC)}, "runbook 'accident': as_of lies ahead"),
    ],
)
async def test_a_runbook_that_cannot_be_is_refused_by_name(
    core: Core, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        await apply(core, {**the_company(), "runbooks": [a_runbook(**changes)]})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phase": "first hour"}, "has an unknown entry 'phase'"),
        ({"key": "Avisar!"}, "step 'Avisar!' of .*small letters"),
        ({"key": 3}, "small letters"),
        ({"title": "Dos\nlíneas"}, "title: This has too many lines"),
        ({"body": " "}, "body: Please write"),
        ({"minutes": -1}, "minutes: A deadline is a number of minutes from 0 to 43,200"),
        ({"minutes": 43_201}, "minutes: A deadline"),
        ({"minutes": True}, "minutes: A deadline"),
        ({"minutes": 7.5}, "minutes: A deadline"),
        ({"owner": "boss"}, "owner 'boss' is not lead, on_call, partner or the mail address"),
        ({"owner": "zoe@llevant.example"}, "owner 'zoe@llevant.example' is not"),
        ({"owner": "member:1"}, "owner 'member:1' is not"),
        ({"kind": "chore"}, "kind must be one of task, statement"),
        ({"needs_approval": "yes"}, "needs_approval: This is either true or false"),
    ],
)
async def test_a_step_that_cannot_be_is_refused_by_name(
    core: Core, changes: dict[str, Any], words: str
) -> None:
    book = a_runbook()
    book["steps"][0].update(changes)
    with pytest.raises(Invalid, match=words) as refused:
        await apply(core, {**the_company(), "runbooks": [book]})
    assert f"step {book['steps'][0]['key']!r} of runbook 'accident'" in str(refused.value)


@pytest.mark.parametrize("missing", ["key", "title", "body", "minutes"])
async def test_a_step_says_what_it_lacks(core: Core, missing: str) -> None:
    book = a_runbook()
    del book["steps"][0][missing]
    with pytest.raises(Invalid, match=f"of runbook 'accident' lacks '{missing}'"):
        await apply(core, {**the_company(), "runbooks": [book]})


@pytest.mark.parametrize(
    ("books", "words"),
    [
        ([a_runbook(), a_runbook()], "runbook 'accident' is in this file twice"),
        ([a_runbook(steps=a_runbook()["steps"] * 2)], "runbook 'accident' has two steps 'avisar'"),
        (a_runbook(), r"runbooks are written as \[\[runbooks\]\]"),
    ],
)
async def test_no_runbook_and_no_step_is_there_twice(core: Core, books: object, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        await apply(core, {**the_company(), "runbooks": books})
    async with core.database.read() as session:
        assert await session.scalar(select(Event.seq).where(Event.kind == "runbook.revised")) is None
        assert await session.scalar(select(Member.id)) is None, "all or nothing"


async def test_a_partner_of_the_file_is_told_once_and_left_once_its_page_changed_it(core: Core) -> None:
    company = the_company()
    gavina = company["partners"][0]
    gavina |= {"brands": ["almadia"], "each_signs": True}
    next(one for one in company["members"] if one["role"] == "partner")["nda_signed_on"] = "2026-01-12"
    for _ in range(2):
        assert await apply(core, company) == []
    async with core.database.read() as session:
        kinds = [kind for kind in await session.scalars(select(Event.kind)) if kind.startswith("partner.")]
        row = (await session.scalars(select(Organisation).where(Organisation.kind == "partner"))).one()
        brand = (await session.scalars(select(Brand).where(Brand.slug == "almadia"))).one()
        helen = viewer_from((await session.scalars(select(Member).where(Member.role == "admin"))).one())
        nuria = (await session.scalars(select(Member).where(Member.role == "partner"))).one()
    assert kinds == ["partner.added", "partner.nda_recorded"]
    assert (row.brand_ids, row.each_signs, nuria.nda_signed_on) == ([brand.id], True, date(2026, 1, 12))
    del gavina["nda_expires_on"], gavina["brands"]
    await apply(core, company)
    async with core.database.unit_of_work() as session:
        same = (await session.scalars(select(Organisation).where(Organisation.id == row.id))).one()
        assert (same.nda_expires_on, same.brand_ids) == (date(2028, 1, 11), [brand.id]), (
            "not said, so it stays"
        )
    gavina["nda_signed_on"] = "2026-02-01"
    gavina.pop("nda_document_sha256", None)
    await apply(core, company)
    async with core.database.unit_of_work() as session:
        same = (await session.scalars(select(Organisation).where(Organisation.id == row.id))).one()
        assert (same.nda_signed_on, same.nda_document_sha256) == (date(2026, 2, 1), None), "another document"
        await partners.end(session, helen, row.id, version=1, now=core.clock.now())
    assert await apply(core, company) == ["partner 'Estudi Gavina'"]
    for entry, key in [(gavina, "name"), *((one, "organisation") for one in company["members"])]:
        entry |= {key: "Estudi  Gavina"} if entry.get(key) else {}
    assert await apply(core, company) == ["partner 'Estudi  Gavina'"], "the same, however it is spaced"
    async with core.database.read() as session:
        assert (
            await session.scalar(select(Organisation.ended_at).where(Organisation.id == row.id)) is not None
        )


async def test_a_brand_that_was_renamed_by_page_keeps_its_name(core: Core) -> None:
    company = the_company()
    await apply(core, company)
    slug, name = company["brands"][0]["slug"], company["brands"][0]["name"]
    now = core.clock.now()
    async with core.database.unit_of_work() as session:
        helen = viewer_from((await session.scalars(select(Member).where(Member.role == "admin"))).one())
        key = (await session.scalars(select(Brand.id).where(Brand.slug == slug))).one()
        await brands.rename(session, helen, key, "Mar Blau", version=1, now=now)
    assert await apply(core, company) == [f"brand {slug!r} (name)"]
    async with core.database.read() as session:
        assert await session.scalar(select(Brand.name).where(Brand.slug == slug)) == "Mar Blau"
    company["brands"].append({"slug": "other", "name": "mar blau"})
    with pytest.raises(Invalid, match=f"is the name of the brand '{slug}'"):
        await apply(core, company)
    async with core.database.unit_of_work() as session:
        await brands.rename(session, helen, key, name, version=2, now=now)
    del company["brands"][-1]
    assert await apply(core, company) == []
