"""Loading plugins: one that fails becomes a listed problem, everything else works."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from tallystick import hookspecs
from tallystick.errors import PluginError
from tallystick.host import contract
from tallystick.host.calling import HOOK_SECONDS, arguments, bounded
from tallystick.host.vocabulary import Offer, Vocabulary
from tallystick.model.catalogue import RecordType
from tallystick.model.connector import Connector
from tallystick.model.decision import DecisionPoint
from tallystick.model.event import Event
from tallystick.model.ports import Simulated
from tallystick.records.base import Record

GROUP = "tallystick"
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


@dataclass(frozen=True, slots=True)
class PluginInfo:
    """One plugin that was taken in, and where it came from; `brings` are its words and questions.

    `connectors` are the names of those it offers, often none.
    """

    name: str
    distribution: str
    version: str
    connectors: tuple[str, ...]
    brings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A default rule file and the plugin that offers it."""

    plugin: str
    file: Any


def _origin(entry: EntryPoint) -> tuple[str, str]:
    if entry.dist is None:
        return entry.value, "?"
    return entry.dist.name, entry.dist.version


class Host:
    """The loaded plugins and what they offer."""

    def __init__(
        self, manager: pluggy.PluginManager, *, hook_seconds: float = HOOK_SECONDS
    ) -> None:
        self._manager = manager
        self._hook_seconds = hook_seconds
        self.connectors: dict[str, ConnectorInfo] = {}
        self.plugins: dict[str, PluginInfo] = {}
        self.words = Vocabulary()
        self._distributions: dict[str, str] = {}
        self.problems: list[Problem] = []

    @property
    def record_types(self) -> list[type[Record]]:
        """The record types of plugins."""
        return list(self.words.record_types.values())

    @property
    def decision_points(self) -> tuple[DecisionPoint, ...]:
        """The decision points of plugins, which the host asks."""
        return tuple(self.words.points.values())

    def types(self) -> dict[str, RecordType]:
        """Every record type that rules can speak of."""
        return self.words.types()

    def points(self) -> tuple[DecisionPoint, ...]:
        """Every decision that a rule file can take."""
        return self.words.all_points()

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

    def rule_files(self) -> list[RuleFile]:
        """Default rule files of all plugins; a plugin that fails gives none."""
        return [
            RuleFile(implementation.plugin_name, file)
            for implementation in self._implementations("tallystick_rule_files")
            for file in self._asked(implementation, {}) or ()
        ]

    def simulator(self, name: str, *, seed: int, size: str) -> Simulated:
        """The simulator of one connector. It has no time limit: large worlds take theirs."""
        self.connector(name)
        given = {"name": name, "seed": seed, "size": size}
        for implementation in self._implementations("tallystick_simulator"):
            made = implementation.function(*arguments(implementation, given))
            if isinstance(made, Simulated):
                return made
        raise PluginError(
            f"The connector {name} ships no simulator.",
            code="PLG-05",
            fix="Use its real service, or another connector.",
        )

    def emit(self, event: Event) -> None:
        """Tell every plugin; one that fails is logged and the others still hear."""
        for implementation in self._implementations("tallystick_event"):
            try:
                self._call(implementation, {"event": event})
            except (Exception, SystemExit):  # noqa: BLE001 - a plugin may raise anything
                _LOG.exception("%s failed on %s", implementation.plugin_name, event.kind)

    def take(self, entry: EntryPoint) -> None:
        """Load one plugin; a failure is listed and the plugin is left out."""
        known = self._manager.has_plugin(entry.name)
        try:
            self._take(entry)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            if not known and self._manager.has_plugin(entry.name):
                self._manager.unregister(name=entry.name)
            self._distributions.setdefault(entry.name, _origin(entry)[0])
            self.problem(entry.name, "was left out", error)

    def _take(self, entry: EntryPoint) -> None:
        """Take in all that a plugin offers, or raise before anything of it is used."""
        if self._manager.has_plugin(entry.name):
            msg = f"another plugin is called {entry.name} too"
            raise ValueError(msg)
        module = entry.load()
        self._manager.register(module, name=entry.name)
        self._manager.check_pending()
        marked = {c.name for c in self._manager.get_hookcallers(module) or ()}
        _demand(contract.unmarked(module, marked))
        connectors = self._offers(module, "tallystick_connectors", contract.connector_flaw)
        names = [cls.name for cls in connectors]
        for name in names:
            if name in self.connectors or names.count(name) > 1:
                msg = f"the connector {name} is offered twice"
                raise ValueError(msg)
        offer = Offer(
            entry.name,
            frozenset({entry.name, *names}),
            connectors,
            self._offers(module, "tallystick_record_types", contract.record_type_flaw),
            self._offers(module, "tallystick_decision_points"),
            self._offers(module, "tallystick_projections"),
        )
        self.words = self.words.taken(offer.words(self.words))
        origin = _origin(entry)
        info = PluginInfo(entry.name, *origin, tuple(names), offer.brought)
        self.plugins[entry.name] = info
        self._distributions[entry.name] = origin[0]
        self.connectors |= {c.name: ConnectorInfo(c.name, c, *origin) for c in connectors}

    def _offers(
        self, module: Any, hook: str, flaw: Callable[[Any], str | None] = lambda _: None
    ) -> list[Any]:
        offered: list[Any] = []
        for implementation in self._implementations(hook):
            if implementation.plugin is module:
                offered += self._call(implementation, {})
        for one in offered:
            _demand(flaw(one))
        return offered

    def _implementations(self, hook: str) -> Iterator[Any]:
        """Implementations of a hook; wrappers are none."""
        for implementation in getattr(self._manager.hook, hook).get_hookimpls():
            if not (implementation.hookwrapper or implementation.wrapper):
                yield implementation

    def _call(self, implementation: Any, given: dict[str, Any]) -> Any:
        values = arguments(implementation, given)
        return bounded(lambda: implementation.function(*values), self._hook_seconds)

    def _asked(self, implementation: Any, given: dict[str, Any]) -> Any:
        """What a plugin answers, or None when it fails, which is listed once."""
        try:
            return self._call(implementation, given)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything
            self.problem(implementation.plugin_name, "was passed over", error)
            return None

    def problem(self, plugin: str, what: str, error: BaseException | str) -> None:
        """List what is wrong with a plugin, or with a part of it that is left out."""
        distribution = self._distributions.get(plugin, plugin)
        words = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
        found = Problem(
            plugin,
            "PLG-01",
            f"Plugin {plugin} ({distribution}) {what}: {words}",
            f"Repair or upgrade {distribution}; everything else works without it.",
        )
        if found not in self.problems:
            self.problems.append(found)


def _demand(flaw: str | None) -> None:
    if flaw is not None:
        raise TypeError(flaw)


def load(entries: Sequence[EntryPoint] | None = None) -> Host:
    """Load every plugin that is installed (or the given entry points, in tests)."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    host = Host(manager)
    for entry in entry_points(group=GROUP) if entries is None else entries:
        host.take(entry)
    return host
