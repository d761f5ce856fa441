"""Rule texts to a rulebook: one pack for each decision, later texts win."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.applies import Places
from tallystick.decide.billing_twice import refuse_billing_twice
from tallystick.decide.compiled import Compiled
from tallystick.decide.decider import Decider
from tallystick.decide.packs import Pack, PackParser
from tallystick.decide.policies import Policies
from tallystick.decide.routing import Route, Routed
from tallystick.decide.shadows import ShadowLog
from tallystick.decide.values import convert
from tallystick.decide.yamlnodes import DOCUMENTS_MAX, Loader
from tallystick.errors import RuleFileError, Where
from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.decision import DecisionPoint


@dataclass(frozen=True, slots=True)
class RuleSource:
    """The text of one rule file: its name for people, and plugin, shipped or project."""

    name: str
    text: str
    origin: str


def parse_source(
    source: RuleSource,
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
) -> list[Pack]:
    """The packs of one file. Raises `RuleFileError` with the place."""
    loader = Loader(source.name, source.text)
    by_name = {p.name: p for p in points}
    documents = loader.documents()
    if not documents:
        raise loader.fail("The file is empty.")
    if len(documents) > DOCUMENTS_MAX:
        raise loader.fail(f"More than {DOCUMENTS_MAX} documents.", documents[-1].mark, "RUL-08")
    packs = [
        PackParser(loader, root, by_name, types).parse(source.name, source.origin)
        for root in documents
    ]
    for pack in packs:
        refuse_billing_twice(loader, pack)
    return packs


class Rulebook:
    """The rules in force. Compiling waits until a decision is asked for.

    `packs` are known by their decision, those that `applies_to` narrows by decision and scope.
    `beside` has the files that are not in force: drafts, which only their tests run, and
    shadows, which are asked too and whose differences `shadow_log` counts.
    """

    def __init__(
        self,
        packs: Mapping[str, Pack],
        beside: Sequence[Pack] = (),
        policies: Policies | None = None,
    ) -> None:
        self.packs = dict(packs)
        self.beside = tuple(beside)
        self.shadow_log = ShadowLog()
        self._policies = policies or Policies({})
        parts = sorted((name, p.hash) for name, p in packs.items())
        read = {p.key for pack in packs.values() for p in pack.params.values() if p.key}
        settings = sorted((key, str(self._policies.get(key))) for key in read)
        named = repr((parts, settings)) if settings else repr(parts)
        self.hash = hashlib.sha256(named.encode()).hexdigest()[:16]
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, decision: str) -> Compiled:
        """One pack, ready to decide. Raises RUL-07 when no file takes the decision."""
        if decision not in self.packs:
            raise RuleFileError(
                f"No rule file takes the decision {decision}.",
                code="RUL-07",
                fix="Add a file that starts with `tallystick: rules/1` and "
                f"`decision: {decision}`, or remove the one that hides the shipped file.",
            )
        return self.ready(self.packs[decision])

    def ready(self, pack: Pack) -> Compiled:
        """A pack of this rulebook, in force or beside, compiled once."""
        name = f"{pack.origin}:{pack.file}:{pack.hash}"
        if name not in self._compiled:
            self._compiled[name] = Compiled(pack)
        return self._compiled[name]

    def decider(
        self,
        decision: str,
        *,
        params: Mapping[str, Any] | None = None,
        fixed: Mapping[str, Any] | None = None,
        places: Places | None = None,
    ) -> Decider | Routed:
        """A decision point with parameters; those not given take the file's default.

        `fixed` are inputs that are equal for every subject that will be asked about. `places`
        say where records come from, for files that are narrowed to some of them.
        """
        last = self._decider(self.compiled(decision), params, fixed)
        narrowed = [p for p in self.packs.values() if p.decision == decision and p.applies_to]
        shadows = [p for p in self.beside if p.state == "shadow" and p.decision == decision]
        if not narrowed and not shadows and last.pack.projector is None:
            return last
        routes = [Route(p, self._decider(self.ready(p), params, fixed)) for p in narrowed]
        asked = [
            Route(p, self._decider(self.ready(p), params, fixed), self.shadow_log.of(p))
            for p in shadows
        ]
        routes.append(Route(last.pack, last))
        return Routed(routes, asked, places or Places())

    def decider_of(self, pack: Pack, *, params: Mapping[str, Any] | None = None) -> Decider:
        """A file of this rulebook ready to decide, whether it is in force or not."""
        return self._decider(self.ready(pack), params, None)

    def _decider(
        self,
        compiled: Compiled,
        params: Mapping[str, Any] | None,
        fixed: Mapping[str, Any] | None,
    ) -> Decider:
        values = {
            name: self._policies.get(p.key) if p.key else p.default
            for name, p in compiled.pack.params.items()
        }
        values.update({n: v for n, v in (params or {}).items() if n in values})
        return Decider(compiled, values, fixed or {})

    def typed(self, decision: str, subject: Mapping[str, Any]) -> dict[str, Any]:
        """A stored subject with dates and numbers as values again."""
        return typed_subject(self.packs[decision], subject)

    def close(self) -> None:
        """Free every engine."""
        for compiled in self._compiled.values():
            compiled.close()
        self._compiled.clear()


def typed_subject(pack: Pack, subject: Mapping[str, Any]) -> dict[str, Any]:
    """A stored subject, or one of a test, with dates and numbers as values again."""
    types = pack.types
    found: dict[str, Any] = {}
    for name, value in subject.items():
        if name in types.single and isinstance(value, Mapping):
            found[name] = typed_fields(value, types.single[name])
        elif name in types.many and isinstance(value, list):
            found[name] = [_typed_item(v, types.many[name]) for v in value]
        else:
            found[name] = value
    return found


def _typed_item(value: Any, scope: Mapping[str, FieldType]) -> Any:
    return typed_fields(value, scope) if isinstance(value, Mapping) else value


def typed_fields(values: Mapping[str, Any], scope: Mapping[str, FieldType]) -> dict[str, Any]:
    """Values of one input by the types of its fields; what has another type stays as it is."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        kind = scope.get(name)
        typed = None if kind is None or value is None else convert(value, kind)
        found[name] = value if typed is None else typed
    return found


def load_rulebook(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
    policies: Policies | None = None,
) -> Rulebook:
    """A rulebook from rule texts; a later text of the same decision wins.

    A text of the project that is wrong is refused, never replaced by the shipped one in silence.
    A draft or shadow never stands in for the file that is in force.
    """
    live: dict[str, list[Pack]] = {}
    beside: list[Pack] = []
    for source in sources:
        for pack in parse_source(source, types, points):
            if pack.state != "enforce":
                beside.append(pack)
                continue
            known = live.setdefault(pack.decision, [])
            _alone(pack, known)
            known.append(pack)
    packs: dict[str, Pack] = {}
    for found in live.values():
        for pack in _in_force(found):
            packs.setdefault(pack.name, pack)
    return Rulebook(packs, beside, policies)


def _alone(pack: Pack, known: Sequence[Pack]) -> None:
    """Refuse two files of one origin when it is not clear which of them decides a record."""
    for other in known:
        one, two = pack.applies_to, other.applies_to
        if other.origin != pack.origin or not one.meets(two):
            continue
        if one == two or not (one.within(two) or two.within(one)):
            raise RuleFileError(
                f"{pack.decision} is decided by {other.file} already"
                + (f" for some of {one}." if one and one != two else "."),
                code="RUL-07",
                where=Where(pack.file, pack.line, 1),
                fix="Keep one of them, narrow them with applies_to, or make one a draft.",
            )


def _in_force(found: Sequence[Pack]) -> Iterator[Pack]:
    """The files that can decide, the one asked first in front: later origins, then narrower ones.

    A file that is for every record ends the list.
    """
    origins = list(dict.fromkeys(p.origin for p in found))
    for origin in reversed(origins):
        left = [p for p in found if p.origin == origin]
        while left:
            first = next(
                p
                for p in left
                if not any(q is not p and q.applies_to.within(p.applies_to) for q in left)
            )
            left.remove(first)
            yield first
            if not first.applies_to:
                return
