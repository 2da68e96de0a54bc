"""What the documents name exists: links and their headings, files, make targets, commands, modules."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_in_step import ROOT, tracked
from tocsin.__main__ import COMMANDS, main

PAGES = sorted(path for path in tracked() if path.suffix == ".md")
READ = {".md", ".py", ".graphql", ".html", ".toml", ".ts"}
FOLDERS = "alerts|bench|docs|graphql|incident|kit|mentions|migrations|people|runbooks|tests|tocsin|web"
ABSENT = {"graphql/__init__.py"}
"""Named because it must not be there."""
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"`([^`\n]+)`|^    (.+)$", re.M)


def headings(page: Path) -> set[str]:
    """Anchors as GitHub makes them: small letters, signs left out, dashes for spaces."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def code(page: Path) -> list[str]:
    """What stands in backticks or is indented as code."""
    return ["".join(pair) for pair in CODE.findall(page.read_text(encoding="utf-8"))]


def unknown(pattern: str, known: Callable[[str], bool]) -> list[str]:
    """The names that stand in code of the documents, where the pattern finds them, and are not known."""
    named = [(page, name) for page in PAGES for text in code(page) for name in re.findall(pattern, text)]
    return [f"{page.relative_to(ROOT)}: {name}" for page, name in named if not known(name)]


def missing_links(page: Path) -> list[str]:
    wrong = []
    for name, anchor in LINK.findall(page.read_text(encoding="utf-8")):
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            wrong.append(f"{name}#{anchor}" if anchor else name)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert missing_links(page) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_lines_are_wrapped_at_120(page: Path) -> None:
    """But tables and code, which cannot be."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.M | re.S).splitlines()
    assert [line for line in prose if len(line) > 120 and not line.startswith(("|", "    "))] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_contents_name_every_part_in_order(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    parts = re.findall(r"^## (.+)$", text, re.M)
    if parts and parts[0] == "Contents":
        contents = text.split("## Contents\n")[1].split("\n## ")[0]
        named = re.findall(r"\[([^\]]+)\]\(#", contents)
        assert [name for name in named if name in parts] == parts[1:]


def test_a_link_that_leads_nowhere_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `tocsin x --y`: it\n\n[a](#a-tocsin-x---y-it) [b](#b) [c](c.md) [d](https://d.example/e)\n"
    )
    assert missing_links(page) == ["#b", "c.md"]


def test_every_file_that_is_named_exists() -> None:
    named = re.compile(rf"(?<![\w./-])(?:{FOLDERS})/[\w./-]*\.(?:md|py|toml|txt|html|graphql|json|png)\b")
    decisions = {path.name[:4] for path in (ROOT / "docs/decisions").glob("*.md")}
    wrong = []
    for path in tracked():
        if path.suffix in READ:
            text = path.read_text(encoding="utf-8")
            missing = [name for name in named.findall(text) if not (ROOT / name).exists()]
            missing += set(re.findall(r"docs/decisions/(\d{4})", text)) - decisions
            wrong += [f"{path.relative_to(ROOT)}: {name}" for name in missing if name not in ABSENT]
    assert wrong == []


def test_every_target_that_is_named_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert unknown(r"^(?:[A-Z_]+=\S+ )*make ([a-z-]+)", lambda name: name in targets) == []


def test_every_target_is_explained_to_who_works_on_it() -> None:
    listed = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M)) - {"help"}
    told = set(re.findall(r"`make ([a-z-]+)", (ROOT / "CONTRIBUTING.md").read_text()))
    assert listed == told


def test_every_command_that_is_named_exists() -> None:
    assert unknown(r"(?:^|[|$] )tocsin ([a-z]+)", lambda name: name in COMMANDS) == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_a_command_has_the_options_that_are_named(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    known = set(re.findall(r"--[a-z][a-z-]*", capsys.readouterr().out))
    called = re.compile(rf"(?:^|[|$] )tocsin {command}\b([^|]*)")
    named = {
        (page.name, option)
        for page in PAGES
        for text in code(page)
        for rest in called.findall(text)
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)
    }
    assert {(page, option) for page, option in named if option not in known} == set()


def test_every_module_that_is_named_can_be_run() -> None:
    assert unknown(r"python -m ([a-z_.]+)", lambda name: importlib.util.find_spec(name) is not None) == []
