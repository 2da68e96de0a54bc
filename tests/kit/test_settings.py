"""Settings refuse what is unclear, by name, and never repeat a secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.settings import SettingsError, load


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TOCSIN_PORT", "eighty"),
        ("TOCSIN_PORT", "70000"),
        ("TOCSIN_PORT", "-1"),
        ("TOCSIN_DATABASE_URL", "mysql://user:hunter2@host/db"),
        ("TOCSIN_REDIS_URL", "host:6379"),
        ("TOCSIN_SMTP_URL", "mail.example.org"),
        ("TOCSIN_PUBLIC_URL", "tocsin.example.org"),
        ("TOCSIN_SECRET", "short"),
        ("TOCSIN_TRUSTED_PROXIES", "10.0.0.0/8, proxy.example.org"),
        ("TOCSIN_LOG_LEVEL", "loud"),
        ("TOCSIN_LOG_FORMAT", "xml"),
        ("TOCSIN_SECRET_FILE", "/nowhere/at/all"),
    ],
)
def test_an_unclear_setting_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name) as refusal:
        load({name: value})
    assert "hunter2" not in str(refusal.value)


def test_a_setting_may_come_from_a_file_but_not_twice(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("0123456789" * 4 + "\n")
    assert load({"TOCSIN_SECRET_FILE": str(file)}).secret == "0123456789" * 4
    with pytest.raises(SettingsError, match="both set"):
        load({"TOCSIN_SECRET_FILE": str(file), "TOCSIN_SECRET": "x" * 40})


def test_the_embedded_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load({"TOCSIN_HOME": str(tmp_path)}).with_secret()
    assert load({"TOCSIN_HOME": str(tmp_path)}).with_secret().signing_key == first.signing_key
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_production_requires_a_secret() -> None:
    with pytest.raises(SettingsError, match="TOCSIN_SECRET"):
        load({"TOCSIN_DATABASE_URL": "postgresql://db/tocsin"}).with_secret()


def test_links_start_with_an_address_people_can_open() -> None:
    assert load({"TOCSIN_HOST": "0.0.0.0", "TOCSIN_PORT": "9000"}).public_url == "http://127.0.0.1:9000"
    assert (
        load({"TOCSIN_PUBLIC_URL": "https://tocsin.example.org/"}).public_url == "https://tocsin.example.org"
    )
