"""Running the tests and invariants inside rule files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tallystick.decide import Decider, Pack, Rulebook, RuleSource, load_rulebook
from tallystick.decide.atoms import compile_formula
from tallystick.decide.model import TRUE, Case, Invariant
from tallystick.decide.points import POINTS
from tallystick.model.catalogue import RecordType
from tallystick.model.decision import Decision, DecisionPoint
from tallystick.workbench.subjects import Whole, neighbours, subject_of, variants

_ORDERS_MAX = 24
Decide = Callable[[Whole], Decision]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file to look at, the column that is meant, and what is so there."""

    line: int
    column: int
    source: str
    said: str


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test or invariant: where it stands, whether it holds, and if not, why and what to do.

    `lines` are the conditions that made it fail.
    """

    __test__ = False

    file: str
    line: int
    name: str
    passed: bool
    message: str = ""
    fix: str | None = None
    lines: tuple[Line, ...] = ()


def run_file(
    name: str,
    text: str,
    types: Mapping[str, RecordType],
    points: Sequence[DecisionPoint] = POINTS,
) -> list[TestResult]:
    """Run one file on its own. Raises `RuleFileError` when it cannot be loaded."""
    book = load_rulebook([RuleSource(name, text, "project")], types, points)
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


class Promises:
    """The tests and invariants of one file, asked of any function that decides its subjects."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._cases = [(case, subject_of(pack, case.given)) for case in pack.tests]
        self._wholes = {case.name: whole for case, whole in self._cases}
        # they are the same for every question, and there are many
        self._changed: dict[str, list[tuple[str, Whole]]] = {}

    def whole(self, case: Case) -> Whole:
        """The whole subject of a test."""
        return self._wholes[case.name]

    def hold(self, decide: Decide) -> bool:
        """True when every test and every invariant of the file's subjects holds."""
        if not all(passes(case, decide(whole)) for case, whole in self._cases):
            return False
        return all(self.broken(i, decide) is None for i in self._pack.invariants if not i.scope)

    def broken(self, invariant: Invariant, decide: Decide) -> str | None:
        """Where an invariant breaks: tried on every test's subject, and on changes of each."""
        for case, whole in self._cases:
            problem = self._untrue(invariant, case, decide) or _affected(invariant, whole, decide)
            if problem is not None:
                return f"on the test “{case.name}” {problem}"
        return None

    def _untrue(self, invariant: Invariant, case: Case, decide: Decide) -> str | None:
        if invariant.must is None:
            return None
        must = compile_formula(invariant.must)
        for words, subject in self._tried(case):
            decision = decide(subject)
            if invariant.after not in {None, decision.outcome}:
                continue
            if must(subject, subject) != TRUE:
                return f"it does not hold after {decision.outcome} by {decision.by}{words}"
        return None

    def _tried(self, case: Case) -> list[tuple[str, Whole]]:
        found = self._changed.get(case.name)
        if found is None:
            whole = self._wholes[case.name]
            found = [("", whole)]
            found += [(f" with {n}", n.subject) for n in neighbours(self._pack, whole)]
            self._changed[case.name] = found
        return found


def bound_id(decision: Decision) -> str | None:
    """The id of the record that an outcome names, such as the one to link."""
    found = (decision.bound or {}).get("id")
    return None if found is None else str(found)


def passes(case: Case, decision: Decision) -> bool:
    """True when a decision is what a test expects; what it does not name may be anything."""
    return (
        case.expect == decision.outcome
        and case.by in {None, decision.by}
        and case.code in {None, decision.code}
        and case.bound in {None, bound_id(decision)}
    )


class _Run:
    """The tests of one file."""

    def __init__(self, pack: Pack, decider: Decider) -> None:
        self._pack = pack
        self._decider = decider
        self._tests = Promises(pack)

    def case(self, case: Case) -> TestResult:
        """Decide a test's subject and compare with what it expects."""
        decision = self._decider(self._tests.whole(case))
        if passes(case, decision):
            return TestResult(self._pack.file, case.line, case.name, passed=True)
        expected = _words(case.expect, case.by, case.code, case.bound)
        got = _words(decision.outcome, decision.by, decision.code, bound_id(decision))
        return TestResult(
            self._pack.file,
            case.line,
            case.name,
            passed=False,
            message=f"expected {expected}, got {got}",
            fix=self._help(decision),
        )

    def _help(self, decision: Decision) -> str:
        """Where to look: the deciding rule, or the field that is missing."""
        place = self._decider.place(decision)
        if decision.by == "otherwise":
            return f"No rule of {place} holds: add one, or expect otherwise."
        if decision.by == "unknown":
            named = ", ".join(decision.unknown) or str(decision.code)
            return f"Give {named} a value, in the file's base or in the test; or expect unknown."
        return f"It was decided by {decision.by} at {place}: correct that rule or the test."

    def invariant(self, invariant: Invariant, name: str) -> TestResult:
        """Try an invariant on every subject of the file's tests, and on changes of each."""
        problem = self._tests.broken(invariant, self._decider)
        if problem is None:
            return TestResult(self._pack.file, invariant.line, name, passed=True)
        return TestResult(
            self._pack.file,
            invariant.line,
            name,
            passed=False,
            message=problem,
            fix="Correct the rule that decides there, or the invariant.",
        )


def _affected(invariant: Invariant, whole: Whole, decide: Decide) -> str | None:
    decision = decide(whole)
    for subject in variants(invariant, whole, orders_max=_ORDERS_MAX):
        other = decide(subject)
        if (other.outcome, other.by) != (decision.outcome, decision.by):
            return f"it changes the answer to {other.outcome} by {other.by}"
    return None


def _words(outcome: str, by: str | None, code: str | None, bound: str | None) -> str:
    text = f"{outcome} {bound}" if bound else outcome
    text += f" by {by}" if by else ""
    return text + (f" ({code})" if code else "")
