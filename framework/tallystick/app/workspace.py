"""An open project folder: configuration, store, plugins, rules and connectors."""

import difflib
import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tallystick import host as hosting
from tallystick.app.clock import SystemClock, wait
from tallystick.app.config import Config, IntegrationConfig, load_config
from tallystick.app.rulebook import Rules
from tallystick.errors import ConfigError, StoreError
from tallystick.model.connection import Credential
from tallystick.model.connector import Connector
from tallystick.model.event import Event
from tallystick.model.ports import Clock, Ports, tell_nobody
from tallystick.run import Engine
from tallystick.store import Store, open_store
from tallystick.toolbox import Session

ROOM_BYTES = 4 * 1024 * 1024
READ_TRIES, QUICK_TRIES = 6, 2
"""Tries of a read in a run (P-34), and where a person waits for the answer."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a test, the demo or a benchmark replaces: clock, waiting, plugins, transport.

    `transport` is asked with a base URL for the `requests` adapter to use; None is the network.
    `told` hears why nothing happens for a while; the front door of a person sets it.
    """

    clock: Clock = field(default_factory=SystemClock)
    wait: Callable[[float], None] = wait
    host: hosting.Host | None = None
    transport: Callable[[str], Any] | None = None
    told: Callable[[str], None] = tell_nobody


class Workspace:
    """Everything an action needs; made by `open_workspace`."""

    def __init__(self, config: Config, store: Store, around: Surroundings) -> None:
        self.config = config
        self.home = config.home
        self.store = store
        self.clock = around.clock
        self.host = around.host or hosting.load()
        self.rules = Rules(config.home, self.host)
        self.own_types = _make_room(store, self.host)
        """Record types of plugins that the store has a place for."""
        self.around = around
        self._connectors: dict[str, Connector] = {}
        self._engine: Engine | None = None
        self._leave = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store, the rules' engine and the durable engine."""
        self._leave.close()
        self.rules.close()
        self.store.close()

    def default_integration(self) -> str:
        """The only integration, or a clear error that asks which one."""
        names = list(self.config.integrations)
        if len(names) == 1:
            return names[0]
        raise ConfigError(
            "Name the integration: there are " + (", ".join(names) or "none") + ".",
            code="CFG-04",
            fix="Add -i NAME, or an [integrations.NAME] section to tallystick.toml.",
        )

    def integration(self, name: str | None) -> IntegrationConfig:
        """The configured integration of that name (None: the only one)."""
        chosen = name or self.default_integration()
        if chosen not in self.config.integrations:
            raise ConfigError(
                f"There is no integration {chosen}.",
                code="CFG-04",
                fix="`tallystick integration list` names them.",
            )
        return self.config.integrations[chosen]

    def settings(self, connection_id: str) -> dict[str, Any]:
        """A connection's plain settings: those of the file, then those given when connecting."""
        configured = self.config.connections[connection_id]
        row = self.store.settings.connection(connection_id)
        stored = row.settings if row else {}
        return {**configured.settings, **stored}

    def ports(self, *, read_tries: int = READ_TRIES) -> Ports:
        """The ports sessions get."""
        return Ports(
            read_tries=read_tries,
            clock=self.clock,
            wait=self.around.wait,
            tokens=self.store.vault,
            buckets=self.store.buckets,
            locks=self.store.locks,
            transport=self.around.transport,
            told=self.around.told,
        )

    def connector(self, connection_id: str) -> Connector:
        """The connector of a connection, with its stored credential."""
        if connection_id not in self._connectors:
            credential = self._credential(connection_id)
            tries = int(self.rules.policies().get("transport.retry.times"))
            self._connectors[connection_id] = self.build(
                connection_id, credential, {}, read_tries=tries
            )
        return self._connectors[connection_id]

    def build(
        self,
        connection_id: str,
        credential: Credential,
        settings: Mapping[str, Any],
        *,
        read_tries: int = READ_TRIES,
    ) -> Connector:
        """A connector with a credential that may not be stored yet."""
        info = self.host.connector(self.config.connections[connection_id].system)
        _known_settings(info.connector, {**self.settings(connection_id), **settings})
        told = self.around.told
        ports = replace(
            self.ports(read_tries=read_tries), told=lambda words: told(f"{info.name}: {words}")
        )
        session = Session(credential, ports, connection_id=connection_id)
        return info.connector(session, {**self.settings(connection_id), **settings})

    def quick(self, connection_id: str) -> Connector:
        """A connector for a person who waits: it gives up soon where nothing answers."""
        return self.build(
            connection_id, self._credential(connection_id), {}, read_tries=QUICK_TRIES
        )

    def _credential(self, connection_id: str) -> Credential:
        credential = self.store.vault.credential(connection_id)
        if credential is None:
            raise ConfigError(
                f"The connection {connection_id} has no credential.",
                code="CFG-05",
                fix="Enter one: tallystick integration connect --side source|target.",
            )
        return credential

    def engine(self) -> Engine:
        """The durable engine of this process, started when it is first needed."""
        if self._engine is None:
            _room(self.home)
            self._engine = self._leave.enter_context(
                Engine(
                    self.config.system_url or self.config.store_url,
                    folder=self.store.folder or self.home / ".tallystick",
                    presence=self.store.presence(),
                )
            )
        return self._engine

    def forget_connectors(self) -> None:
        """Build connectors anew, after settings or credentials changed."""
        self._connectors.clear()

    def emit(
        self, kind: str, *, run_id: int | None = None, name: str | None = None, **detail: Any
    ) -> None:
        """Store an event, then tell the plugins."""
        event = Event(self.clock.now(), kind, name, run_id, detail)
        self.store.events.add(event)
        self.host.emit(event)


def _make_room(store: Store, host: hosting.Host) -> frozenset[str]:
    """A place in the store for the record types of plugins; what is wrong with one is listed."""
    if not host.record_types:
        return frozenset()
    wrong = store.add_types(host.record_types)
    for name, why in wrong.items():
        host.problem(host.words.owners[name], f"offers {name}, which is not stored", why)
    return frozenset(cls.type_name for cls in host.record_types) - wrong.keys()


def _room(home: Path) -> None:
    """Refuse to start a run where it could not keep its steps."""
    if shutil.disk_usage(home).free < ROOM_BYTES:
        raise StoreError(
            f"There is no room left on the disk of {home}.",
            code="STO-10",
            fix="Free some space; nothing stored is lost.",
        )


def _known_settings(connector: type[Connector], given: Mapping[str, Any]) -> None:
    """Refuse a setting that the connector does not know, where it says which it knows: a host
    that is misspelt must never send a credential to the default one.
    """
    known: frozenset[str] | None = getattr(connector, "setting_names", None)
    unknown = sorted(set(given) - known) if known is not None else []
    if known is None or not unknown:
        return
    near = difflib.get_close_matches(unknown[0], known, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise ConfigError(
        f"{connector.name} has no setting {unknown[0]}.{hint}",
        code="CFG-06",
        fix=f"Settings: {', '.join(sorted(known))}.",
    )


def key_path(config: Config) -> Path:
    """Where the key that encrypts secrets lies when no environment variable gives it."""
    return config.home / ".tallystick" / "key"


def marker_path(config: Config) -> Path:
    """The file that says that the project has a store."""
    return config.home / ".tallystick" / "has-store"


def open_workspace(home: Path, around: Surroundings | None = None) -> Workspace:
    """Open a project folder. Raises `ConfigError`, `StoreError` or `RuleFileError`."""
    surroundings = around or Surroundings()
    config = load_config(home)
    store = open_store(
        config.store_url,
        clock=surroundings.clock,
        key_file=key_path(config),
        marker=marker_path(config),
    )
    try:
        return Workspace(config, store, surroundings)
    except BaseException:
        store.close()
        raise
