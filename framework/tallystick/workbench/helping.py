"""A failing test made clear: the condition that decided it, and the one edit that would do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.atoms import atoms_of, compile_formula, getter
from tallystick.decide.compiled import Compiled
from tallystick.decide.conditions import Conditions
from tallystick.decide.model import FALSE, TRUE, Atom, Case
from tallystick.decide.yamlnodes import ABSENT, Loader, Mark, Node
from tallystick.errors import RuleFileError
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import Decision, DecisionPoint
from tallystick.workbench.edits import Edit, Editor
from tallystick.workbench.layout import flow, from_plain
from tallystick.workbench.subjects import Whole, subject_of
from tallystick.workbench.testing import Line, Promises, TestResult, passes
from tallystick.workbench.witnesses import written

EDITS_MAX = 200
HELPED_MAX = 5
"""Failing tests of one file for which edits are tried; one change often breaks many."""


@dataclass(frozen=True, slots=True)
class _Tried:
    """Which edits make a test pass, and how many were tried."""

    passing: tuple[Edit, ...]
    tried: int


def helped(
    results: Sequence[TestResult],
    sources: Sequence[RuleSource],
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint],
) -> tuple[TestResult, ...]:
    """The results, with lines to look at and a one-edit change for tests that fail."""
    texts = {s.name: s for s in sources}
    found = list(results)
    of_file: dict[str, list[int]] = {}
    for number, result in enumerate(results):
        if not result.passed and result.file in texts:
            of_file.setdefault(result.file, []).append(number)
    for file, numbers in of_file.items():
        packs = parse_source(texts[file], types, points)
        loader = Loader(file, texts[file].text)
        for root, pack in zip(loader.documents(), packs, strict=True):
            helper = _Helper(loader, root, pack, types)
            lines = texts[file].text.splitlines()
            for number in numbers:
                found[number] = helper.help(found[number], lines)
    return tuple(found)


class _Helper:
    """Help for the failing tests of one document."""

    def __init__(
        self, loader: Loader, root: Node, pack: Pack, types: Mapping[str, RecordType]
    ) -> None:
        self._pack = pack
        self._loader = loader
        self._editor = Editor(loader, root, pack, types)
        bodies = zip(pack.rules, root.value["rules"].value, strict=True)
        self._bodies: dict[str, Node] = {rule.id: body for rule, body in bodies}
        self._tests = Promises(pack)
        self._left = HELPED_MAX

    def help(self, result: TestResult, lines: Sequence[str]) -> TestResult:
        """A failing test of this document with its lines and its edit."""
        place = (result.name, result.line)
        case = next((c for c in self._pack.tests if (c.name, c.line) == place), None)
        if case is None or self._left == 0:
            return result
        self._left -= 1
        whole = subject_of(self._pack, case.given)
        compiled = Compiled(self._pack)
        try:
            decision = compiled.decide(whole)
        finally:
            compiled.close()
        tried = self._edits(case, decision, whole)
        marks = list(self._conditions(case, decision, whole, tried))
        shown = tuple(Line(m.line, m.column, lines[m.line - 1], said) for m, said in marks)
        advice = _advice(tried, len(self._pack.tests))
        return replace(result, lines=shown, fix=advice or result.fix)

    def _edits(self, case: Case, decision: Decision, whole: Whole) -> _Tried:
        """Edits of the rules concerned under which every test of the file passes."""
        rules = {r for r in (decision.by, case.by) if r is not None and r in self._bodies}
        rules |= {r.id for r in self._pack.rules if case.by is None and _may(r.then, case)}
        passing, tried = [], 0
        for edit in self._editor.edits(rules):
            if tried == EDITS_MAX:
                break
            tried += 1
            compiled = Compiled(edit.pack)
            try:
                if passes(case, compiled.decide(whole)) and self._tests.hold(compiled.decide):
                    passing.append(edit)
            finally:
                compiled.close()
        return _Tried(tuple(passing), tried)

    def _conditions(
        self, case: Case, decision: Decision, whole: Whole, tried: _Tried
    ) -> Iterator[tuple[Mark, str]]:
        """What kept the expected rule from holding; else what made the other one hold."""
        if len(tried.passing) == 1:
            edit = tried.passing[0]
            near = [m for m in self._members(edit.rule, whole) if m[0].line == edit.mark.line]
            before = [m for m in near if m[0].column <= edit.mark.column]
            if before:
                yield before[-1][0], before[-1][1]
                return
        if case.by in self._bodies:
            blocking = [m for m in self._members(str(case.by), whole) if m[2] != TRUE]
            yield from ((mark, said) for mark, said, _ in blocking)
            if blocking:
                return
        if decision.by in self._bodies:
            yield from ((m, said) for m, said, _ in list(self._members(decision.by, whole))[-1:])

    def _members(self, rule: str, whole: Whole) -> Iterator[tuple[Mark, str, int]]:
        """The conditions of a rule: where each stands, its truth in words, its truth."""
        conditions = Conditions(self._loader, self._pack.types)
        for member in self._bodies[rule].value["when"].value:
            alone = Node([member], member.mark, {})
            try:
                formula, _ = conditions.parse(alone)
            except RuleFileError:
                continue
            value = compile_formula(formula)(whole, whole)
            word = {TRUE: "true", FALSE: "false"}.get(value, "unknown")
            seen = ", ".join(dict.fromkeys(_facts(atoms_of(formula), whole)))
            mark = next(iter(member.keys.values()), member.mark)
            yield mark, f"{rule}: {word}: {seen}" if seen else f"{rule}: {word}", value


def _facts(atoms: Sequence[Atom], whole: Whole) -> Iterator[str]:
    for path in (p for a in atoms for p in (a.path, a.other) if p is not None):
        value = getter(path)(whole)
        said = "not sent" if value is ABSENT else flow(from_plain(written(value)))
        yield f"{path} {said if len(said) <= 60 else f'{said[:57]}...'}"


def _may(then: Any, case: Case) -> bool:
    return bool(then.outcome == case.expect)


def _advice(tried: _Tried, tests: int) -> str | None:
    if not tried.passing:
        return None
    first = tried.passing[0]
    more = f", {len(tried.passing)} pass" if len(tried.passing) > 1 else ", 1 passes"
    of = f"all {tests} tests" if tests > 1 else "the only test"
    return (
        f"{first.what} in line {first.mark.line} passes {of} "
        f"({tried.tried} one-edit changes tried{more})."
    )
