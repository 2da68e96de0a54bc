"""`tocsin password`, as somebody at a terminal sees it."""

from __future__ import annotations

from io import StringIO

import pytest

from kit.core import Core
from people.signin import sign_in
from tests.alerts.cast import make_cast
from tests.commands.test_import_command import Tocsin, tocsin

__all__ = ["tocsin"]


async def test_it_reads_the_password_from_standard_input_and_says_whose_it_is(
    core: Core, tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def given(mail: str, password: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
        ran = await tocsin("password", mail)
        return ran.code, ran.out, ran.err

    await make_cast(core)
    told = "Ada has a new password and is signed out everywhere."
    told += " Their access tokens and calendar addresses have ended.\n"
    assert await given("ada@almadia.test", "a long new one") == (0, told, "")
    await sign_in(core, email="ada@almadia.test", password="a long new one")
    told = "tocsin password: A password has 12 characters or more.\n"
    assert await given("ada@almadia.test", "short") == (2, "", told)
    told = "tocsin password: Nobody here has the address 'zoe@almadia.test'.\n"
    assert await given("zoe@almadia.test", "a long new one") == (2, "", told)
