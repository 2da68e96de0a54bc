"""A file of mentions by page, from the form to the last line, without JavaScript."""

from __future__ import annotations

import gzip
import re
from html import unescape

import httpx
import pytest

from kit.core import Core
from kit.languages import quoted
from mentions.importing.run import read_in_due
from tests.web.cast import CSRF, Browser, Cast
from web.limits import LIMITS

CSV = """\
id;published_at;Wortlaut;author
1;2026-03-01 10:00:10;Almadía llega tarde;<b>ana</b>
2;2026-03-01 10:00:50;Gracias Almadía;pau
3;yesterday;Almadía otra vez;joan
"""


async def sent(browser: Browser, body: bytes, name: str = "march.csv", token: str = "") -> httpx.Response:
    found = CSRF.search(await browser.see("/imports"))
    assert found is not None
    files = {"file": (name, body)}
    return await browser.http.post("/imports", data={"csrf": token or found[1]}, files=files)


async def posted(browser: Browser, path: str, action: str, **fields: str) -> httpx.Response:
    found = CSRF.search(await browser.see(path))
    assert found is not None
    return await browser.http.post(f"{path}/{action}", data={"csrf": found[1], **fields})


async def test_a_file_is_looked_at_mapped_begun_and_followed(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        at = (await sent(helen, gzip.compress(CSV.encode()), "C:\\tmp\\Märch 1.csv.gz")).headers["location"]
        page = unescape(await helen.see(at))
        assert "no column for the text" in page
        assert "by its name: author</option>" in page
        assert "not in the file</option>" in page
        assert "--map" not in page
        assert "begin" not in page, "what cannot be read is not begun with"
        assert 'name="source" required maxlength="80" spellcheck="false" value="m-rch-1"' in page
        how = {"source": "march", "zone": "Europe/Madrid", "column.text": "Wortlaut"}
        assert (await posted(helen, at, "settle", **how)).status_code == 303
        page = await helen.see(at)
        assert "Almadía llega tarde" in page
        assert "&lt;b&gt;ana" in page
        assert "09:00" in page, "ten o'clock in Madrid, by Helen's clock"
        assert "Line 4: published_at" in unescape(page)
        assert "<option selected>Wortlaut" in page
        assert (await posted(helen, at, "begin", **how)).headers["location"] == at
        assert "0 lines" in await helen.see(at)
        assert await read_in_due(core) == 1
        for path in (at, "/imports"):
            assert "3 lines: 2 new, 0 known, 1 rejected" in await helen.see(path)
        page = await helen.see(at)
        assert "Line 4: published_at" in unescape(page)
        source = re.search(r'href="(/sources/\d+)"', page)
        assert source is not None
        assert "Gracias Almadía" in await helen.see(source[1]), "what it brought"
        assert "Gracias Almadía" in await helen.see("/mentions")
        again = (await sent(helen, CSV.encode())).headers["location"]
        await posted(helen, again, "begin", **how)
        await read_in_due(core)
        assert "3 lines: 0 new, 2 known, 1 rejected" in await helen.see(again)


async def test_a_line_is_shown_as_it_will_be_stored_beside_what_the_file_says(core: Core) -> None:
    """Before anything is read in: a day first, a zone that is the uploader's, dots between thousands."""
    cast = await Cast.assemble(core)
    lines = "text;fecha;autor;alcance\n" + "hola;20/11/2025 14:00;<i>ana;1.200\n" * 5
    async with cast.browser("helen") as helen:
        await helen.done("/me/reading", language="es", timeZone="Europe/Madrid")
        at = (await sent(helen, lines.encode())).headers["location"]
        page = await helen.see(at)
        rows = re.findall(r"<tr><th scope=.row.>(.+?)</th><td>(.+?)</td><td>(.+?)</td></tr>", page)
        assert len(rows) == 3 * 4
        shown = {label: (written, stored) for label, written, stored in rows}
        bdi = "<bdi>{}</bdi>".format
        assert shown["Alcance"] == (bdi("1.200"), bdi("1.200")), "as Spanish writes it"
        assert (
            bdi("20/11/2025 14:00"),
            bdi("20 nov 2025, 14:00 (13:00\N{NO-BREAK SPACE}UTC)"),
        ) in shown.values()
        assert (bdi("&lt;i&gt;ana"), bdi("&lt;i&gt;ana")) in shown.values()
        assert "horas según el reloj de Europe/Madrid</span></th>" in page, "once, for all of the column"
        await posted(helen, at, "settle", source="march", zone="UTC")
        assert "20 nov 2025, 15:00 (14:00\N{NO-BREAK SPACE}UTC)" in await helen.see(at)
        assert "no dicen ninguna hora" not in page
        undated = (await sent(helen, (lines + "hola;;eva;3\n").encode())).headers["location"]
        assert "no dicen ninguna hora" in await helen.see(undated), "it would count as said now"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Line 3: followers must be a whole number from 0 to 9007199254740992."),
        ("es", "Línea 3: Seguidores: debe ser un número entero de 0 a 9007199254740992."),
        ("ca", "Línia 3: Seguidors: ha de ser un nombre enter de 0 a 9007199254740992."),
        ("fr", "Ligne 3\xa0: Abonnés\xa0: doit être un nombre entier de 0 à 9007199254740992."),
    ],
)
async def test_what_is_wrong_with_a_line_is_told_in_the_readers_language(
    core: Core, language: str, told: str
) -> None:
    cast = await Cast.assemble(core)
    lines = "text,published_at,followers\nhola,2026-03-01T10:00:00Z,7\nhola,2026-03-01T10:01:00Z,<i>many\n"
    async with cast.browser("helen") as helen:
        await helen.done("/me/reading", language=language, timeZone="Europe/Paris")
        at = (await sent(helen, lines.encode())).headers["location"]
        before = await helen.see(at)
        await posted(helen, at, "begin", source="march")
        assert await read_in_due(core) == 1
        for page in (before, await helen.see(at)):
            assert f"{told} {quoted('&lt;i&gt;many', language)}" in page


async def test_lines_that_will_not_be_kept_are_told_before_they_are_read_in(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        for year, told in ((2013, True), (2026, False)):
            lines = f"text,published_at\nalmadia,{year}-01-01T10:00:00Z\n"
            at = (await sent(helen, lines.encode())).headers["location"]
            assert ("older than 400 days is counted, and not kept" in await helen.see(at)) is told


async def test_a_suites_export_is_recognised(core: Core) -> None:
    cast = await Cast.assemble(core)
    export = "url,published,search_indexed,content\nhttps://x.example/1,2026-03-01 10:00:00,1,Hola\n"
    async with cast.browser("helen") as helen:
        at = (await sent(helen, export.encode())).headers["location"]
        assert "Recognised: Talkwalker CSV" in await helen.see(at)
        assert (await posted(helen, at, "drop")).headers["location"] == "/imports"
        assert "No file was sent yet" in await helen.see("/imports")


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("march.xlsx", b"PK\x03\x04", "must end in one of"),
        ("march.csv", b"PK\x03\x04" + b"x" * 50, "zip or an Excel file"),
        ("march.csv", b"\x7fELF" + bytes(9_000), "is no text"),
        ("march.csv", b"", "The file is empty"),
        ("march.csv.gz", gzip.compress(b"text\nhola\n", mtime=0)[:-9], "gzip is broken"),
        ("march.csv", b"x" * 2_100_000, "A line of the file has more than 2,000,000 bytes"),
        ("<script>.csv.gz.exe", b"text\nhola\n", "must end in one of"),
    ],
)
async def test_what_is_no_file_of_mentions_is_told(core: Core, name: str, body: bytes, words: str) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        answer = await sent(helen, body, name)
        assert answer.status_code == 422
        assert words in unescape(answer.text)
        assert "<script>." not in answer.text
        assert "No file was sent yet" in answer.text


async def test_over_the_limit_it_is_refused_without_being_kept(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = await Cast.assemble(core)
    monkeypatch.setitem(LIMITS, "/imports", 100_000)
    async with cast.browser("helen") as helen:
        assert (await sent(helen, b"text\n" * 30_000)).status_code == 413
        assert "No file was sent yet" in await helen.see("/imports")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("torn.csv", b"text,Aut\xe9ur\nhola,\xc3\xa0na \xc3\xa0\n"),
        ("odd.jsonl", b'{"text": "hola", "\\ud800": 1, "a\\u0000": 2}\n'),
        ("nul\0.csv", b"text\nhola\n"),
        ("wide.csv", b"text," + b",".join(b"c%d" % i for i in range(9_000)) + b"\n"),
        ("wide.csv", b",".join(b"c%d" % i for i in range(9_000)) + b"\n"),
    ],
)
async def test_names_that_no_page_can_show_do_not_break_it(core: Core, name: str, body: bytes) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        at = (await sent(helen, body, name)).headers["location"]
        assert len(await helen.see(at)) < 400_000
        answer = await posted(helen, at, "settle", **{"source": "x", "column.author": "a\0"})
        assert answer.status_code == 422


async def test_the_other_forms_carry_no_file(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("marta") as marta:
        assert (await marta.http.post("/imports/1/settle", data={"zone": "x" * 300_000})).status_code == 413


async def test_only_admins_and_only_from_their_own_page(core: Core) -> None:
    cast = await Cast.assemble(core)
    async with cast.browser("helen") as helen:
        assert (await sent(helen, CSV.encode(), token="guessed")).status_code == 403
        assert (await helen.http.post("/imports", data={"csrf": "x"})).status_code == 403
        at = (await sent(helen, CSV.encode())).headers["location"]
        assert re.search('href="/imports"', await helen.see("/sources"))
        assert (await helen.http.get("/imports/999")).status_code == 404
    for name in ("marta", "andreu", "nuria"):
        async with cast.browser(name) as browser:
            for path in ("/imports", at):
                assert (await browser.http.get(path)).status_code == 404
            for path in ("/imports", f"{at}/begin", f"{at}/drop"):
                assert (await browser.http.post(path, data={})).status_code in (403, 404)
