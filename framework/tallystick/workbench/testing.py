"""Running the tests and invariants inside rule files."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.decide import Pack, Rulebook, RuleSource, load_rulebook
from tallystick.decide.atoms import compile_formula, getter
from tallystick.decide.conditions import convert
from tallystick.decide.model import TRUE, Case, Invariant
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.catalogue import FieldType, RecordType
from tallystick.model.decision import Decision

_CHANGED = ("", "another", None)


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test or invariant: where it stands, whether it holds, and the difference if not."""

    __test__ = False

    file: str
    line: int
    name: str
    passed: bool
    message: str = ""


def run_file(name: str, text: str, types: Mapping[str, RecordType]) -> list[TestResult]:
    """Run one file on its own. Raises `RuleFileError` when it cannot be loaded."""
    book = load_rulebook([RuleSource(name, text, "project")], types, POINTS)
    try:
        return run_tests(book)
    finally:
        book.close()


def run_tests(book: Rulebook, *, pattern: str | None = None) -> list[TestResult]:
    """Run every test and invariant whose name contains the pattern."""
    results = []
    for pack in book.packs.values():
        for case in pack.tests:
            if pattern is None or pattern in case.name:
                results.append(_case(book, pack, case))
        for invariant in pack.invariants:
            name = f"invariant[{invariant.id}]"
            if invariant.scope is None and (pattern is None or pattern in name):
                results.append(_invariant(book, pack, invariant, name))
    return results


def subject_of(
    book: Rulebook, pack: Pack, given: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Subject and params of a test: `given` merged over `base`, absent fields taken out."""
    merged = strip(merge(pack.base, given))
    params = merged.pop("params", {})
    typed = {
        name: convert(value, FieldType(name, pack.params[name].type)) if value is not None else None
        for name, value in params.items()
        if name in pack.params
    }
    return book.typed(pack.decision, merged), typed


def merge(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Mappings merged one level deep; lists and scalars of `given` win whole."""
    merged = dict(base)
    for name, value in given.items():
        known = merged.get(name)
        both = isinstance(value, Mapping) and isinstance(known, Mapping)
        merged[name] = {**known, **value} if both else value  # type: ignore[dict-item] # both are mappings
    return merged


def strip(value: Any) -> Any:
    """A value without its absent fields."""
    if isinstance(value, Mapping):
        return {k: strip(v) for k, v in value.items() if v is not ABSENT}
    if isinstance(value, list):
        return [strip(v) for v in value]
    return value


def _decide(
    book: Rulebook, pack: Pack, given: Mapping[str, Any]
) -> tuple[Decision, dict[str, Any]]:
    subject, params = subject_of(book, pack, given)
    decider = book.decider(pack.decision, params=params)
    return decider(subject), decider.full(subject)


def _case(book: Rulebook, pack: Pack, case: Case) -> TestResult:
    decision, _ = _decide(book, pack, case.given)
    bound = None if decision.bound is None else str(decision.bound.get("id"))
    got = (decision.outcome, decision.by, decision.code, bound)
    wanted = (case.expect, case.by or decision.by, case.code or decision.code, case.bound or bound)
    if got == wanted:
        return TestResult(pack.file, case.line, case.name, passed=True)
    expected = _words(case.expect, case.by, case.code, case.bound)
    message = f"expected {expected}, got {_words(*got)}"
    return TestResult(pack.file, case.line, case.name, passed=False, message=message)


def _words(outcome: str, by: str | None, code: str | None, bound: str | None) -> str:
    text = f"{outcome} {bound}" if bound else outcome
    text += f" by {by}" if by else ""
    return text + (f" ({code})" if code else "")


def _invariant(book: Rulebook, pack: Pack, invariant: Invariant, name: str) -> TestResult:
    """Try an invariant on every subject of the file's tests, and on changes of each."""
    for case in pack.tests:
        decision, whole = _decide(book, pack, case.given)
        problem = None
        if invariant.must is not None and decision.outcome == invariant.after:
            holds = compile_formula(invariant.must)(whole, whole) == TRUE
            problem = None if holds else f"does not hold after {decision.outcome}"
        for changed in _variants(invariant, whole):
            other = book.decider(pack.decision, params=changed.pop("params"))(changed)
            if (other.outcome, other.by) != (decision.outcome, decision.by):
                problem = f"changes the answer to {other.outcome} by {other.by}"
        if problem is not None:
            text = f"on the test “{case.name}” it {problem}"
            return TestResult(pack.file, invariant.line, name, passed=False, message=text)
    return TestResult(pack.file, invariant.line, name, passed=True)


def _variants(invariant: Invariant, whole: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Subjects that must get the same decision."""
    for path in invariant.unaffected_by:
        head, _, field = path.partition(".")
        if getter(path)(whole) is ABSENT:
            continue
        for value in _CHANGED:
            yield {**whole, head: {**whole[head], field: value}}
    if invariant.shuffle and isinstance(whole.get(invariant.shuffle), list):
        items = whole[invariant.shuffle]
        for order in itertools.islice(itertools.permutations(items), 24):
            yield {**whole, invariant.shuffle: list(order)}
