"""Settings from the environment: typed, refused by name when unclear, read once.

Each `TOCSIN_X` may instead come from a file named by `TOCSIN_X_FILE` (container secrets).
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

from kit.numbers import natural

MIN_SECRET_LENGTH = 32


class SettingsError(ValueError):
    """A setting is missing or unclear; the message names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """All that can be set from outside. Field `x` is the environment's `TOCSIN_X`."""

    home: Path
    """Folder for the embedded servers' data and the generated secret."""
    cache: Path
    """Folder for what can be made anew: compiled code (`kit.cache`)."""
    database_url: str | None
    """`postgresql://…`; unset: the embedded PostgreSQL under `home`."""
    redis_url: str | None
    """`redis://…` or `unix://…`; unset: the embedded Valkey under `home`."""
    host: str
    """Address that the web process listens on."""
    port: int
    """TCP port that the web process listens on."""
    secret: str | None
    """Key for signatures, 32 characters or more; generated under `home` when embedded."""
    smtp_url: str | None
    """`smtp://user:password@host:port` (STARTTLS when offered) or `smtps://…`; unset: no mail can leave."""
    mail_from: str
    """Sender of pages and notices."""
    phone_url: str | None
    """`https://account:token@api.twilio.com`, or who speaks like it; unset: no text message, no call."""
    phone_from: str
    """Our number there, such as +34910000000, or the name of a sender."""
    public_url: str
    """Address under which people reach the web process; links in mails start with it."""
    heartbeat_url: str | None
    """`https://…` of an outside service that is asked every minute while nothing is wrong; unset: none is."""
    tickers: int
    """Shares of the monitors that workers judge side by side (`alerts.ticker.shards`)."""
    retention_days: int
    """How many days mentions are kept; a source may have a shorter limit of its own."""
    sentiment_model: str | None
    """Path of an ONNX file or `http(s)://…` of a server that judges sentiment; unset: the tables inside."""
    trusted_proxies: tuple[str, ...]
    """Networks (CIDR) of our own proxies, whose X-Forwarded-For is believed; empty: nobody's is."""
    accurate: bool
    """Whether a slower and better model looks again at what is said during an incident."""
    log_level: str
    """debug, info, warning or error."""
    log_format: str
    """`text` for people, `json` for machines."""

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one, that is: not production."""
        return self.database_url is None

    @property
    def signing_key(self) -> str:
        """The secret, or a refusal that names the setting."""
        if not self.secret:
            raise SettingsError("TOCSIN_SECRET is required in production (32 characters or more)")
        return self.secret

    def with_secret(self) -> Settings:
        """These settings with a secret: in embedded mode, made on first run and kept under `home`."""
        if self.secret or not self.embedded:
            self.signing_key  # noqa: B018 - raises where production has none
            return self
        return replace(self, secret=_kept_secret(self.home / "secret"))


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings; raises SettingsError with the setting's name on anything unclear."""
    env = os.environ if environ is None else environ
    host = _text(env, "TOCSIN_HOST", "127.0.0.1")
    port = _number(env, "TOCSIN_PORT", 8800, low=0, high=65535)
    home = Path(_text(env, "TOCSIN_HOME", "~/.local/share/tocsin")).expanduser().resolve()
    return Settings(
        home=home,
        cache=Path(_text(env, "TOCSIN_CACHE", str(home / "cache"))).expanduser().resolve(),
        database_url=_url(env, "TOCSIN_DATABASE_URL", {"postgresql", "postgres"}),
        redis_url=_url(env, "TOCSIN_REDIS_URL", {"redis", "rediss", "unix"}),
        host=host,
        port=port,
        secret=_secret(env),
        smtp_url=_url(env, "TOCSIN_SMTP_URL", {"smtp", "smtps"}),
        mail_from=_text(env, "TOCSIN_MAIL_FROM", "Tocsin <tocsin@localhost>"),
        phone_url=_url(env, "TOCSIN_PHONE_URL", {"http", "https"}),
        phone_from=_text(env, "TOCSIN_PHONE_FROM", "Tocsin"),
        public_url=(
            _url(env, "TOCSIN_PUBLIC_URL", {"http", "https"}) or f"http://{_url_host(host)}:{port}"
        ).rstrip("/"),
        heartbeat_url=_url(env, "TOCSIN_HEARTBEAT_URL", {"http", "https"}),
        tickers=_number(env, "TOCSIN_TICKERS", 1, low=1, high=64),
        retention_days=_number(env, "TOCSIN_RETENTION_DAYS", 400, low=1, high=3650),
        sentiment_model=_model(env),
        accurate=_choice(env, "TOCSIN_ACCURATE", "off", {"on", "off"}) == "on",
        trusted_proxies=_networks(env, "TOCSIN_TRUSTED_PROXIES"),
        log_level=_choice(env, "TOCSIN_LOG_LEVEL", "info", {"debug", "info", "warning", "error"}),
        log_format=_choice(env, "TOCSIN_LOG_FORMAT", "text", {"text", "json"}),
    )


def _url_host(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _kept_secret(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        value = secrets.token_urlsafe(48)
        file.write(value)
    return value


def _raw(env: Mapping[str, str], name: str) -> str | None:
    direct, path = env.get(name), env.get(f"{name}_FILE")
    if direct and path:
        raise SettingsError(f"{name} and {name}_FILE are both set; keep one")
    if not path:
        return direct or None
    try:
        return Path(path).read_text().strip() or None
    except OSError as error:
        raise SettingsError(f"{name}_FILE: {path} cannot be read ({error.strerror})") from error


def _text(env: Mapping[str, str], name: str, default: str) -> str:
    return _raw(env, name) or default


def _number(env: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    raw = _raw(env, name)
    if raw is None:
        return default
    found = natural(raw)
    if found is None or not low <= found <= high:
        raise SettingsError(f"{name} must be a whole number from {low} to {high}, not {raw!r}")
    return found


def _choice(env: Mapping[str, str], name: str, default: str, choices: set[str]) -> str:
    raw = _text(env, name, default).lower()
    if raw not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(sorted(choices))}, not {raw!r}")
    return raw


def _url(env: Mapping[str, str], name: str, schemes: set[str]) -> str | None:
    raw = _raw(env, name)
    if raw is None:
        return None
    if urlsplit(raw).scheme not in schemes:
        # The value is not repeated: it may hold a password.
        raise SettingsError(f"{name} must start with one of {', '.join(f'{s}://' for s in sorted(schemes))}")
    return raw


def _model(env: Mapping[str, str]) -> str | None:
    raw = _raw(env, "TOCSIN_SENTIMENT_MODEL")
    if raw is None or urlsplit(raw).scheme in {"http", "https"}:
        return raw
    if not Path(raw).is_file():
        raise SettingsError("TOCSIN_SENTIMENT_MODEL must be an http(s):// URL or the path of an ONNX file")
    return raw


def _networks(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Addresses and networks with commas between."""
    parts = [part.strip() for part in _text(env, name, "").split(",") if part.strip()]
    try:
        return tuple(str(ip_network(part, strict=False)) for part in parts)
    except ValueError as error:
        raise SettingsError(
            f"{name} must be addresses such as 10.0.0.0/8 with commas between: {error}"
        ) from error


def _secret(env: Mapping[str, str]) -> str | None:
    raw = _raw(env, "TOCSIN_SECRET")
    if raw is not None and len(raw) < MIN_SECRET_LENGTH:
        raise SettingsError(f"TOCSIN_SECRET must have {MIN_SECRET_LENGTH} characters or more")
    return raw
