"""Running the tests and invariants inside rule files."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide import Decider, Pack, Rulebook, RuleSource, load_rulebook
from tallystick.decide.atoms import compile_formula, getter
from tallystick.decide.model import TRUE, Case, Invariant
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import Decision
from tallystick.workbench.subjects import UNKNOWN_WORD, changes, subject_of

_ORDERS_MAX = 24


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test or invariant: where it stands, whether it holds, and if not, why and what to do."""

    __test__ = False

    file: str
    line: int
    name: str
    passed: bool
    message: str = ""
    fix: str | None = None


def run_file(name: str, text: str, types: Mapping[str, RecordType]) -> list[TestResult]:
    """Run one file on its own. Raises `RuleFileError` when it cannot be loaded."""
    book = load_rulebook([RuleSource(name, text, "project")], types, POINTS)
    try:
        return run_tests(book)
    finally:
        book.close()


def run_tests(book: Rulebook, *, pattern: str | None = None) -> list[TestResult]:
    """Run every test and invariant whose name contains the pattern, of drafts too."""
    results: list[TestResult] = []
    for pack in (*book.packs.values(), *book.beside):
        run = _Run(pack, book.decider_of(pack))
        results += [run.case(c) for c in pack.tests if pattern is None or pattern in c.name]
        for invariant in pack.invariants:
            name = f"invariant[{invariant.id}]"
            if invariant.scope is None and (pattern is None or pattern in name):
                results.append(run.invariant(invariant, name))
    return results


class _Run:
    """The tests of one file."""

    def __init__(self, pack: Pack, decider: Decider) -> None:
        self._pack = pack
        self._decider = decider

    def case(self, case: Case) -> TestResult:
        """Decide a test's subject and compare with what it expects."""
        decision = self._decider(subject_of(self._pack, case.given))
        bound = None if decision.bound is None else str(decision.bound.get("id"))
        got = (decision.outcome, decision.by, decision.code, bound)
        wanted = (
            case.expect,
            case.by or decision.by,
            case.code or decision.code,
            case.bound or bound,
        )
        if got == wanted:
            return TestResult(self._pack.file, case.line, case.name, passed=True)
        expected = _words(case.expect, case.by, case.code, case.bound)
        return TestResult(
            self._pack.file,
            case.line,
            case.name,
            passed=False,
            message=f"expected {expected}, got {_words(*got)}",
            fix=self._help(decision),
        )

    def _help(self, decision: Decision) -> str:
        """Where to look: the deciding rule, or the field that is missing."""
        place = self._decider.place(decision)
        if decision.by == "otherwise":
            return f"No rule of {place} holds: add one, or expect otherwise."
        if decision.by == "unknown":
            named = ", ".join(decision.unknown) or str(decision.code)
            return f"Give a value to {named}, or expect unknown."
        return f"It was decided by {decision.by} at {place}: correct that rule or the test."

    def invariant(self, invariant: Invariant, name: str) -> TestResult:
        """Try an invariant on every subject of the file's tests, and on changes of each."""
        for case in self._pack.tests:
            whole = subject_of(self._pack, case.given)
            problem = self._broken(invariant, whole) or self._affected(invariant, whole)
            if problem is not None:
                return TestResult(
                    self._pack.file,
                    invariant.line,
                    name,
                    passed=False,
                    message=f"on the test “{case.name}” {problem}",
                    fix="Correct the rule that decides there, or the invariant.",
                )
        return TestResult(self._pack.file, invariant.line, name, passed=True)

    def _broken(self, invariant: Invariant, whole: Mapping[str, Any]) -> str | None:
        if invariant.must is None:
            return None
        must = compile_formula(invariant.must)
        tried = [("", whole), *((f" with {c}", c.subject) for c in changes(self._pack, whole))]
        for words, subject in tried:
            decision = self._decider(subject)
            if invariant.after not in {None, decision.outcome}:
                continue
            if must(subject, subject) != TRUE:
                return f"it does not hold after {decision.outcome} by {decision.by}{words}"
        return None

    def _affected(self, invariant: Invariant, whole: Mapping[str, Any]) -> str | None:
        decision = self._decider(whole)
        for subject in _variants(invariant, whole):
            other = self._decider(subject)
            if (other.outcome, other.by) != (decision.outcome, decision.by):
                return f"it changes the answer to {other.outcome} by {other.by}"
        return None


def _words(outcome: str, by: str | None, code: str | None, bound: str | None) -> str:
    text = f"{outcome} {bound}" if bound else outcome
    text += f" by {by}" if by else ""
    return text + (f" ({code})" if code else "")


def _variants(invariant: Invariant, whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Subjects that must get the same decision."""
    for path in invariant.unaffected_by:
        head, _, field = path.partition(".")
        if getter(path)(whole) is ABSENT:
            continue
        for value in ("", UNKNOWN_WORD, None):
            yield {**whole, head: {**whole[head], field: value}}
    items = whole.get(invariant.shuffle) if invariant.shuffle else None
    if isinstance(items, list):
        for order in itertools.islice(itertools.permutations(items), _ORDERS_MAX):
            yield {**whole, str(invariant.shuffle): list(order)}
