"""What must agree with what: settings with their documentation, the schema file with the code, and so on."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from pathlib import Path

import graphql
import pytest
from graphql import parse, validate

from api.operations import FOLDER, operations
from api.schema import FILE, schema, sdl
from kit.core import Core
from kit.settings import Settings
from migrations.run import differences
from tocsin.__main__ import COMMANDS, main

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout: cannot tell which files belong to the project")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_every_setting_is_documented_and_nothing_else_is() -> None:
    known = {f"TOCSIN_{field.name.upper()}" for field in dataclasses.fields(Settings)}
    documented = set(re.findall(r"^\| `(TOCSIN_\w+)`", (ROOT / "docs/operating.md").read_text(), re.M))
    assert documented == known


def test_every_command_is_in_the_readme_or_the_manual() -> None:
    manual = (ROOT / "README.md").read_text() + "".join(p.read_text() for p in (ROOT / "docs").glob("*.md"))
    assert [name for name in COMMANDS if f"tocsin {name}" not in manual] == []


def test_the_committed_schema_is_the_real_one() -> None:
    assert FILE.read_text() == sdl(), "run: make schema"


async def test_models_and_migrations_agree(core: Core, database_url: str) -> None:
    assert await differences(database_url) == []


def test_a_table_brings_those_that_it_refers_to() -> None:
    """A key names the other's class; its name alone is unknown to a process that imports only the one."""
    for path in tracked():
        if path.suffix == ".py" and "migrations" not in path.parts:
            source = path.read_text()
            named = set(re.findall(r'ForeignKey\("(\w+)\.', source))
            assert named <= set(re.findall(r'__tablename__ = "(\w+)"', source)), path


def test_the_folder_graphql_shadows_nothing() -> None:
    assert not (ROOT / "graphql" / "__init__.py").exists()
    assert not Path(graphql.__file__).is_relative_to(ROOT / "graphql")


@pytest.mark.parametrize("name", sorted(operations()))
def test_the_pages_operations_fit_the_schema(name: str) -> None:
    assert validate(schema._schema, parse(operations()[name])) == []


def test_an_operation_stands_in_the_file_of_its_name() -> None:
    assert {path.stem for path in FOLDER.glob("*.graphql")} >= set(operations())


def test_no_file_names_a_registry_or_a_path_of_one_machine() -> None:
    hosts = ("registry.npmjs" + ".org", "files.pythonhosted" + ".org", "pypi" + ".org/simple")
    paths = ("/work/" + "main", "/root/" + ".pyenv")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        for word in hosts + paths
        if word.encode() in path.read_bytes()
    ]
    assert found == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([command, "--help"])
    assert left.value.code == 0
    assert "usage: tocsin " + command in capsys.readouterr().out


def test_an_unknown_command_is_bad_usage() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "tocsin", "ring"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert shown.returncode == 2
    assert "ring" in shown.stderr
