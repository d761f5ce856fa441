"""Loading plugins: one that fails becomes a listed problem, everything else works."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from tallystick import hookspecs
from tallystick.errors import PluginError
from tallystick.model.connector import Connector
from tallystick.model.event import Event
from tallystick.model.ports import Simulated
from tallystick.records.base import Record

GROUP = "tallystick"
_NEEDED = ("name", "title", "container", "container_setting", "reads", "writes")
_METHODS = ("check", "portals", "read", "fetch", "write", "find")
_LOG = logging.getLogger("tallystick.host")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one plugin, for `connector list` and the doctor."""

    plugin: str
    code: str
    message: str
    fix: str


@dataclass(frozen=True, slots=True)
class ConnectorInfo:
    """One offered connector and where it came from."""

    name: str
    connector: type[Connector]
    distribution: str
    version: str


def _origin(entry: EntryPoint) -> tuple[str, str]:
    if entry.dist is None:
        return entry.value, "?"
    return entry.dist.name, entry.dist.version


def _flaw(cls: Any) -> str | None:
    missing = [n for n in (*_NEEDED, *_METHODS) if not hasattr(cls, n)]
    if missing:
        return f"connector {cls!r} lacks {', '.join(missing)}"
    return None


class Host:
    """The loaded plugins and what they offer."""

    def __init__(self, manager: pluggy.PluginManager) -> None:
        self._manager = manager
        self.connectors: dict[str, ConnectorInfo] = {}
        self.record_types: list[type[Record]] = []
        self.problems: list[Problem] = []

    def connector(self, name: str) -> ConnectorInfo:
        """The connector of that name, or a clear error with the command that installs it."""
        if name not in self.connectors:
            broken = next((p for p in self.problems if p.plugin == name), None)
            if broken is not None:
                raise PluginError(broken.message, code=broken.code, fix=broken.fix)
            package = f"tallystick-{name.replace('_', '-')}"
            raise PluginError(
                f"The connector {name} is named in the configuration but is not installed.",
                code="PLG-02",
                fix=f"Install it: uv pip install {package}   (or: pip install {package})",
            )
        return self.connectors[name]

    def rule_files(self) -> list[Any]:
        """Default rule files of all plugins, as traversables."""
        offered: list[Any] = []
        for files in self._manager.hook.tallystick_rule_files():
            offered.extend(files)
        return offered

    def simulator(self, name: str, *, seed: int, size: str) -> Simulated:
        """The simulator of one connector."""
        self.connector(name)
        made: Simulated | None = self._manager.hook.tallystick_simulator(
            name=name, seed=seed, size=size
        )
        if made is None:
            raise PluginError(
                f"The connector {name} ships no simulator.",
                code="PLG-05",
                fix="Use its real service, or another connector.",
            )
        return made

    def emit(self, event: Event) -> None:
        """Tell every plugin; one that fails is logged and the others still hear."""
        for implementation in self._manager.hook.tallystick_event.get_hookimpls():
            try:
                implementation.function(*([event] if implementation.argnames else []))
            except Exception:
                _LOG.exception("%s failed on %s", implementation.plugin_name, event.kind)

    def _take(self, entry: EntryPoint) -> None:
        distribution, version = _origin(entry)
        module = entry.load()
        self._manager.register(module, name=entry.name)
        self._manager.check_pending()
        offer: Mapping[str, Any] = {i.name: i.value() for i in _implementations(module)}
        for cls in offer.get("tallystick_connectors", ()):
            flaw = _flaw(cls)
            if flaw:
                raise TypeError(flaw)
            self.connectors[cls.name] = ConnectorInfo(cls.name, cls, distribution, version)
        self.record_types.extend(offer.get("tallystick_record_types", ()))

    def take(self, entry: EntryPoint) -> None:
        """Load one plugin; a failure is listed and the plugin is left out."""
        try:
            self._take(entry)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything
            if self._manager.has_plugin(entry.name):
                self._manager.unregister(name=entry.name)
            distribution, _ = _origin(entry)
            self.problems.append(
                Problem(
                    entry.name,
                    "PLG-01",
                    f"Plugin {entry.name} ({distribution}) was left out: "
                    f"{type(error).__name__}: {error}",
                    f"Repair or upgrade {distribution}; everything else works without it.",
                )
            )


@dataclass(frozen=True, slots=True)
class _Offer:
    name: str
    value: Any


def _implementations(module: Any) -> Sequence[_Offer]:
    names = ("tallystick_connectors", "tallystick_record_types")
    return [_Offer(n, getattr(module, n)) for n in names if hasattr(module, n)]


def load(entries: Sequence[EntryPoint] | None = None) -> Host:
    """Load every plugin that is installed (or the given entry points, in tests)."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    host = Host(manager)
    for entry in entry_points(group=GROUP) if entries is None else entries:
        host.take(entry)
    return host
