"""Rule texts to a rulebook: one pack for each decision, later texts win."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.conditions import convert
from tallystick.decide.decider import Compiled, Decider
from tallystick.decide.packs import Pack, PackParser
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
        raise RuleFileError("The file is empty.", code="RUL-07", where=Where(source.name))
    return [
        PackParser(loader, root, by_name, types).parse(source.name, source.origin)
        for root in documents
    ]


class Rulebook:
    """The rules in force. Compiling waits until a decision is asked for."""

    def __init__(self, packs: Mapping[str, Pack]) -> None:
        self.packs = dict(packs)
        parts = sorted((p.decision, p.hash) for p in packs.values())
        self.hash = hashlib.sha256(repr(parts).encode()).hexdigest()[:16]
        self._compiled: dict[str, Compiled] = {}

    def compiled(self, decision: str) -> Compiled:
        """One pack, ready to decide. Raises RUL-07 when no file takes the decision."""
        if decision not in self._compiled:
            if decision not in self.packs:
                raise RuleFileError(
                    f"No rule file takes the decision {decision}.",
                    code="RUL-07",
                    fix="Add a file that starts with `tallystick: rules/1` and "
                    f"`decision: {decision}`, or remove the one that hides the shipped file.",
                )
            self._compiled[decision] = Compiled(self.packs[decision])
        return self._compiled[decision]

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
        compiled = self.compiled(decision)
        values = {name: p.default for name, p in compiled.pack.params.items()}
        for name, value in (params or {}).items():
            if name in values:
                values[name] = value
        return Decider(compiled, values, fixed or {})

    def typed(self, decision: str, subject: Mapping[str, Any]) -> dict[str, Any]:
        """A stored subject with dates and numbers as values again."""
        types = self.packs[decision].types
        found: dict[str, Any] = {}
        for name, value in subject.items():
            if name in types.single and isinstance(value, Mapping):
                found[name] = typed_fields(value, types.single[name])
            elif name in types.many and isinstance(value, list):
                found[name] = [typed_fields(v, types.many[name]) for v in value]
            else:
                found[name] = value
        return found

    def close(self) -> None:
        """Free every engine."""
        for compiled in self._compiled.values():
            compiled.close()
        self._compiled.clear()


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
    """
    packs: dict[str, Pack] = {}
    for source in sources:
        for pack in parse_source(source, types, points):
            known = packs.get(pack.decision)
            if known is not None and known.origin == pack.origin and known.file != pack.file:
                raise RuleFileError(
                    f"{pack.decision} is decided by {known.file} already.",
                    code="RUL-07",
                    where=Where(pack.file, pack.line),
                )
            packs[pack.decision] = pack
    return Rulebook(packs)
