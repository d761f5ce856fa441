"""The project folder: `tallystick.toml`, `rules/`, the store, the key file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tallystick.errors import ConfigError, Where

FILE = "tallystick.toml"
_KEYS = {"store", "connections", "integrations"}
_STORE_KEYS = {"url", "system_url"}


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """One named connection: which connector, and plain settings (never a secret)."""

    id: str
    system: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IntegrationConfig:
    """One named integration: its source and target connection."""

    name: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class Config:
    """What `tallystick.toml` says."""

    home: Path
    store_url: str
    system_url: str | None
    connections: Mapping[str, ConnectionConfig]
    integrations: Mapping[str, IntegrationConfig]


def _fail(message: str, path: Path, code: str = "CFG-02") -> ConfigError:
    return ConfigError(message, code=code, where=Where(str(path)))


def load_config(home: Path) -> Config:
    """Read and check the project folder's configuration.

    Raises `ConfigError`: CFG-03 no project folder, CFG-02 wrong content.
    """
    path = home / FILE
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigError(
            f"{home} is no Tallystick project folder: it has no {FILE}.",
            code="CFG-03",
            fix="Make one with `tallystick init`, or name it with --home.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _fail(f"{FILE} cannot be read: {error}", path) from None
    unknown = sorted(set(data) - _KEYS)
    if unknown:
        raise _fail(f"Unknown section {unknown[0]}; known are {', '.join(sorted(_KEYS))}.", path)
    store = _table(data, "store", path)
    wrong = sorted(set(store) - _STORE_KEYS)
    if wrong:
        raise _fail(f"Unknown key store.{wrong[0]}.", path)
    connections = _connections(_table(data, "connections", path), path)
    return Config(
        home=home,
        store_url=_store_url(str(store.get("url", "sqlite:///tallystick.db")), home),
        system_url=str(store["system_url"]) if "system_url" in store else None,
        connections=connections,
        integrations=_integrations(_table(data, "integrations", path), connections, path),
    )


def _table(data: Mapping[str, Any], name: str, path: Path) -> Mapping[str, Any]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise _fail(f"[{name}] must be a table.", path)
    return value


def _store_url(url: str, home: Path) -> str:
    """A relative SQLite path is relative to the project folder."""
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith("sqlite:////"):
        return prefix + str(home.resolve() / url.removeprefix(prefix))
    return url


def _connections(table: Mapping[str, Any], path: Path) -> dict[str, ConnectionConfig]:
    found = {}
    for name, body in table.items():
        if not isinstance(body, dict) or not isinstance(body.get("system"), str):
            raise _fail(f'[connections.{name}] needs system = "<connector>".', path)
        settings = {k: v for k, v in body.items() if k != "system"}
        found[name] = ConnectionConfig(name, body["system"], settings)
    return found


def _integrations(
    table: Mapping[str, Any], connections: Mapping[str, ConnectionConfig], path: Path
) -> dict[str, IntegrationConfig]:
    found = {}
    for name, body in table.items():
        sides = [body.get("source"), body.get("target")] if isinstance(body, dict) else []
        bad = [s for s in sides if s not in connections]
        if len(sides) != 2 or bad:
            missing = f"; {bad[0]!r} is none of them" if bad else ""
            raise _fail(
                f"[integrations.{name}] needs source and target, each a name under "
                f"[connections]{missing}.",
                path,
            )
        found[name] = IntegrationConfig(name, str(sides[0]), str(sides[1]))
    return found


def render_config(source: str, target: str) -> str:
    """The text of a new configuration for two connectors."""
    return f"""# Tallystick project folder. Secrets do not belong here; enter them with
# `tallystick integration connect`.

[store]
url = "sqlite:///tallystick.db"      # or postgresql+psycopg://user@host/database

[connections.source]
system = "{source}"

[connections.target]
system = "{target}"

[integrations.main]
source = "source"
target = "target"
"""
