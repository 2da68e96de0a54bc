"""`tocsin setup`, as somebody at a terminal sees it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from kit.core import Core
from tests.commands.test_import_command import Tocsin, tocsin
from tests.stories.test_a_runbook_of_ones_own import FILE

__all__ = ["tocsin"]


async def test_a_runbook_begins_with_what_the_command_prints(
    core: Core, tocsin: Tocsin, tmp_path: Path
) -> None:
    await tocsin("migrate")
    printed = await tocsin("setup", "--runbooks")
    assert (printed.code, printed.err) == (0, "")
    assert {len(one["steps"]) for one in tomllib.loads(printed.out)["runbooks"]} <= {8, 9, 10}
    file = tmp_path / "company.toml"
    people = FILE[: FILE.index("[[runbooks]]")].replace('name = "Rosa"', 'name = "Rosa"\nrole = "responder"')
    file.write_text(people + printed.out.replace("Wave of complaints", "Oleada de quejas"))
    applied = await tocsin("setup", file)
    assert (applied.code, applied.out) == (0, "tocsin setup: applied (members: 1, runbooks: 4)\n")
    again = await tocsin("setup", "--runbooks")
    assert "Oleada de quejas" in again.out
