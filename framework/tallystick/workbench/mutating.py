"""Which one-edit changes of a rule file make a difference that none of its tests notices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import Comparison, Region, compare
from tallystick.decide.yamlnodes import Loader
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import Decision, DecisionPoint
from tallystick.workbench.diagnostics import line_of
from tallystick.workbench.edits import Edit, Editor
from tallystick.workbench.subjects import Whole
from tallystick.workbench.testing import Promises, bound_id
from tallystick.workbench.witnesses import as_test, smallest


@dataclass(frozen=True, slots=True)
class Survivor:
    """An edit that no test notices: its place, what it changes, and a test that would notice it.

    `reason_only` says that the outcome stays and another rule is named for it.
    """

    file: str
    line: int
    column: int
    source: str
    rule: str
    what: str
    before: str
    after: str
    test: str
    reason_only: bool


@dataclass(frozen=True, slots=True)
class Mutation:
    """The edits of one file: how many were tried, make no difference, were noticed.

    `unsure` are those of which it cannot be said whether they make a difference, as where there
    are too many possibilities; they count neither way. `percent` is how many are
    noticed of those that make a difference, rounded down.
    """

    file: str
    decision: str
    tests: int
    tried: int
    of: int
    same: int
    noticed: int
    unsure: int
    survivors: tuple[Survivor, ...]
    percent: int

    @property
    def differing(self) -> int:
        """Edits that make a difference."""
        return self.noticed + len(self.survivors)


def mutate(
    sources: Iterable[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
    *,
    at_most: int | None = None,
) -> tuple[Mutation, ...]:
    """Each document of each file. With `at_most` as many edits of each, spread over the file."""
    found = []
    for source in sources:
        loader = Loader(source.name, source.text)
        packs = parse_source(source, types, points)
        for root, pack in zip(loader.documents(), packs, strict=True):
            editor = Editor(loader, root, pack, types)
            found.append(_Mutating(source, pack).run(list(editor.edits()), at_most))
    return tuple(found)


def spread(edits: Sequence[Edit], at_most: int | None) -> list[Edit]:
    """Some of the edits, equally far from each other."""
    if at_most is None or at_most >= len(edits):
        return list(edits)
    return [edits[n * len(edits) // at_most] for n in range(at_most)]


class _Mutating:
    """The edits of one pack."""

    def __init__(self, source: RuleSource, pack: Pack) -> None:
        self._source = source
        self._pack = pack
        self._tests = Promises(pack)

    def run(self, edits: Sequence[Edit], at_most: int | None) -> Mutation:
        """Try each edit."""
        same = noticed = unsure = 0
        survivors = []
        chosen = spread(edits, at_most)
        compiled = Compiled(self._pack)
        try:
            for edit in chosen:
                if self._noticed(edit.pack):
                    noticed += 1
                    continue
                compared = compare(self._pack, edit.pack)
                survivor = self._survivor(edit, compiled, compared)
                if survivor is not None:
                    survivors.append(survivor)
                elif compared.complete:
                    same += 1
                else:
                    unsure += 1
        finally:
            compiled.close()
        pack, differing = self._pack, noticed + len(survivors)
        return Mutation(
            pack.file,
            pack.decision,
            len(pack.tests),
            len(chosen),
            len(edits),
            same,
            noticed,
            unsure,
            tuple(survivors),
            100 * noticed // differing if differing else 100,
        )

    def _noticed(self, pack: Pack) -> bool:
        compiled = Compiled(pack)
        try:
            return not self._tests.hold(compiled.decide)
        finally:
            compiled.close()

    def _survivor(self, edit: Edit, before: Compiled, compared: Comparison) -> Survivor | None:
        after = Compiled(edit.pack)
        try:
            for region in _differing(compared):
                whole = smallest(self._pack, region.witness, lambda w: _tell(before, after, w))
                if _tell(before, after, whole):
                    return self._shown(edit, whole, before.decide(whole), after.decide(whole))
            return None
        finally:
            after.close()

    def _shown(self, edit: Edit, whole: Whole, was: Decision, now: Decision) -> Survivor:
        line, column = edit.mark.line, edit.mark.column
        return Survivor(
            self._pack.file,
            line,
            column,
            line_of(self._source, line),
            edit.rule,
            edit.what,
            _said(was),
            _said(now),
            as_test(self._pack, whole, was),
            (was.outcome, was.bound, was.fields) == (now.outcome, now.bound, now.fields),
        )


def _differing(compared: Comparison) -> list[Region]:
    """Regions with another answer: other outcomes first, then those where all was fetched."""
    found = [r for r in compared.regions if not r.before.same(r.after, by=True)]
    return sorted(found, key=lambda r: (not r.changed, r.needs_absence, -r.count))


def _tell(before: Compiled, after: Compiled, whole: Whole) -> bool:
    """True when the two decide a subject otherwise, or name another rule or record for it."""
    return _facts(before.decide(whole)) != _facts(after.decide(whole))


def _facts(decision: Decision) -> tuple[Any, ...]:
    return decision.outcome, decision.by, decision.code, decision.fields, decision.bound


def _said(decision: Decision) -> str:
    bound = bound_id(decision)
    return f"{decision.outcome}{f' {bound}' if bound else ''} by {decision.by}"
