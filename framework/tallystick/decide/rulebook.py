"""Rule texts to a rulebook: one pack for each decision, later texts win."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.compiled import Compiled
from tallystick.decide.decider import Decider
from tallystick.decide.packs import Pack, PackParser
from tallystick.decide.values import convert
from tallystick.decide.yamlnodes import Loader
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
    return [
        PackParser(loader, root, by_name, types).parse(source.name, source.origin)
        for root in documents
    ]


class Rulebook:
    """The rules in force. Compiling waits until a decision is asked for.

    `beside` has the files that are not in force: drafts, which only their tests run, and
    shadows.
    """

    def __init__(self, packs: Mapping[str, Pack], beside: Sequence[Pack] = ()) -> None:
        self.packs = dict(packs)
        self.beside = tuple(beside)
        parts = sorted((p.decision, p.hash) for p in packs.values())
        self.hash = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
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
    ) -> Decider:
        """A decision point with parameters; those not given take the file's default.

        `fixed` are inputs that are equal for every subject that will be asked about.
        """
        return _decider(self.compiled(decision), params, fixed)

    def decider_of(self, pack: Pack, *, params: Mapping[str, Any] | None = None) -> Decider:
        """A file of this rulebook ready to decide, whether it is in force or not."""
        return _decider(self.ready(pack), params, None)

    def typed(self, decision: str, subject: Mapping[str, Any]) -> dict[str, Any]:
        """A stored subject with dates and numbers as values again."""
        return typed_subject(self.packs[decision], subject)

    def close(self) -> None:
        """Free every engine."""
        for compiled in self._compiled.values():
            compiled.close()
        self._compiled.clear()


def _decider(
    compiled: Compiled, params: Mapping[str, Any] | None, fixed: Mapping[str, Any] | None
) -> Decider:
    values = {name: p.default for name, p in compiled.pack.params.items()}
    values.update({n: v for n, v in (params or {}).items() if n in values})
    return Decider(compiled, values, fixed or {})


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
) -> Rulebook:
    """A rulebook from rule texts; a later text of the same decision wins.

    A text of the project that is wrong is refused, never replaced by the shipped one in silence.
    A draft or shadow never stands in for the file that is in force.
    """
    packs: dict[str, Pack] = {}
    beside: list[Pack] = []
    for source in sources:
        for pack in parse_source(source, types, points):
            if pack.state != "enforce":
                beside.append(pack)
                continue
            known = packs.get(pack.decision)
            if known is not None and known.origin == pack.origin:
                raise RuleFileError(
                    f"{pack.decision} is decided by {known.file} already.",
                    code="RUL-07",
                    where=Where(pack.file, pack.line, 1),
                )
            packs[pack.decision] = pack
    return Rulebook(packs, beside)
