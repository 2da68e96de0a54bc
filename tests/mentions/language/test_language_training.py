"""Who trains the table of languages is told what that needs, before anything is read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def trained(*arguments: str) -> tuple[int, str]:
    """The exit code, and what it says."""
    command = [sys.executable, "-m", "mentions.language.train", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([], "lacks en.txt, es.txt, ca.txt, fr.txt"),
        (["en.txt", "es.txt", "fr.txt", "pt.txt", "ca.fragments.txt"], "lacks ca.txt"),
    ],
)
def test_a_folder_without_our_own_languages_is_refused(tmp_path: Path, files: list[str], words: str) -> None:
    for name in files:
        (tmp_path / name).write_text("a text\n", encoding="utf-8")
    code, said = trained(str(tmp_path), str(tmp_path / "languages.bin"))
    assert code == 2
    assert words in said
    assert "docs/sentiment.md" in said
    assert "Traceback" not in said
    assert not (tmp_path / "languages.bin").exists()


def test_without_a_folder_it_says_how_it_is_called() -> None:
    code, said = trained()
    assert code == 2
    assert "TEXTS" in said
    assert "OUT" in said
