"""Null, an unknown word and an absent field end on the safe side, at every field rules read."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from rules.shipped import BOOK, PACKS
from tallystick.decide import Pack
from tallystick.decide.atoms import atoms_of
from tallystick.decide.model import Atom, Formula, Rule
from tallystick.decide.points import POINTS
from tallystick.decide.yamlnodes import ABSENT
from tallystick.model.codes import CODES
from tallystick.workbench.subjects import (
    UNKNOWN_WORD,
    Neighbour,
    neighbours,
    subject_of,
    values_by_field,
)

DOUBTFUL = (None, UNKNOWN_WORD, ABSENT)


def literals(formula: Formula, prefix: str = "") -> Iterator[tuple[str, Atom, bool]]:
    """Each literal with the field it reads, those of items included."""
    if formula.op != "lit":
        for part in formula.parts:
            yield from literals(part, prefix)
        return
    atom = formula.atom
    assert atom is not None
    if atom.kind == "q":
        yield atom.path, atom, formula.sign
        if atom.where is not None:
            yield from literals(atom.where, f"{atom.path}.")
        return
    yield f"{prefix}{atom.path}", atom, formula.sign
    if atom.other is not None:
        yield atom.other, atom, formula.sign


def names_null(atom: Atom, *, sign: bool) -> bool:
    """True when a literal says what null means; a blank never folds equal (R-073)."""
    if atom.kind == "eq":
        return atom.value is None and atom.other is None and sign
    if atom.kind == "present":
        return not sign
    return (atom.kind == "blank" and sign) or (atom.kind == "same" and atom.fold is not None)


def excused(rule: Rule, change: Neighbour) -> bool:
    """True when the rule does not read the field, or says itself what such a value means."""
    found = [(a, s) for path, a, s in literals(rule.when) if path == change.field]
    if change.value is None:
        return not found or any(names_null(a, sign=s) for a, s in found)
    if change.value == UNKNOWN_WORD:  # free text is compared; only words of a list are known
        return not any(a.kind == "eq" and isinstance(a.value, str) for a, _ in found)
    return not found


def without(whole: Mapping[str, Any], path: str) -> dict[str, Any]:
    """A subject without one field."""
    names = path.split(".")
    if len(names) == 1:
        return {k: v for k, v in whole.items() if k != path}
    if len(names) == 2:
        fields = whole[names[0]]
        return {**whole, names[0]: {k: v for k, v in fields.items() if k != names[1]}}
    items = list(whole[names[0]])
    number = int(names[1])
    items[number] = {k: v for k, v in items[number].items() if k != names[2]}
    return {**whole, names[0]: items}


def doubtful(pack: Pack) -> Iterator[Neighbour]:
    """Every test's subject with each field that rules read set to null, a word, nothing."""
    for case in pack.tests:
        for change in neighbours(pack, subject_of(pack, case.given)):
            if any(change.value is v or change.value == v for v in DOUBTFUL):
                yield change


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_doubt_about_a_field_never_gives_the_permissive_outcome(pack: Pack) -> None:
    """Unless a positive rule took it that holds whatever the field is, or names the value."""
    decide = BOOK.decider(pack.decision)
    rules = {rule.id: rule for rule in pack.rules}
    tried: set[tuple[str, str]] = set()
    wrong = []
    for change in doubtful(pack):
        tried.add((change.field, repr(change.value)))
        decision = decide(change.subject)
        if decision.outcome == pack.point.safe:
            continue
        assert decision.permissive, f"{change}: {decision.outcome} without a rule"
        unread = decide(without(change.subject, change.path))
        if (unread.outcome, unread.by) == (decision.outcome, decision.by):
            continue
        if not excused(rules[decision.by], change):
            wrong.append(f"{change}: {decision.outcome} by {decision.by}")
    assert wrong == []
    fields = values_by_field(pack)
    missing = {(f, repr(v)) for f in fields for v in DOUBTFUL} - tried
    assert missing == set(), "no test of the file has these fields"


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_a_whole_input_that_is_missing_gives_no_permissive_outcome(pack: Pack) -> None:
    """Unless the deciding rule reads nothing of it."""
    decide = BOOK.decider(pack.decision)
    rules = {rule.id: rule for rule in pack.rules}
    for case in pack.tests:
        whole = subject_of(pack, case.given)
        for name in pack.point.inputs:
            for changed in ({k: v for k, v in whole.items() if k != name}, {**whole, name: None}):
                decision = decide(changed)
                if decision.outcome != pack.point.safe:
                    rule = rules[decision.by]
                    assert name not in reads(rule) or holds_without(pack, rule, name, whole)


def reads(rule: Rule) -> set[str]:
    """The inputs a rule reads."""
    return {path.split(".")[0] for path, _, _ in literals(rule.when)}


def holds_without(pack: Pack, rule: Rule, name: str, whole: Mapping[str, Any]) -> bool:
    """True when a rule holds by another branch, whatever this input is."""
    ready = BOOK.compiled(pack.decision)
    holds, _ = ready.reference({k: v for k, v in whole.items() if k != name})
    return pack.rules.index(rule) in holds


def test_every_decision_point_has_its_shipped_file() -> None:
    assert set(BOOK.packs) == {point.name for point in POINTS}
    assert all(pack.state == "enforce" for pack in PACKS)


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_every_shipped_rule_decides_a_test_of_its_file(pack: Pack) -> None:
    decide = BOOK.decider(pack.decision)
    deciders = {decide(subject_of(pack, case.given)).by for case in pack.tests}
    assert {rule.id for rule in pack.rules} <= deciders
    assert "unknown" in deciders


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_every_code_of_a_shipped_rule_is_in_the_troubleshooting_list(pack: Pack) -> None:
    def codes(value: Any) -> Iterator[str]:
        if isinstance(value, Mapping):
            for name, child in value.items():
                if name != "by":
                    yield from codes(child)
        elif value is not None:
            yield value

    used = {code for rule in pack.rules for code in codes(rule.code)}
    assert used <= set(CODES)


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_what_no_rule_allows_stays_on_the_safe_side(pack: Pack) -> None:
    assert pack.otherwise == pack.point.safe


def test_no_shipped_rule_holds_always() -> None:
    for pack in PACKS:
        for rule in pack.rules:
            assert atoms_of(rule.when), f"{pack.decision}.{rule.id} has no condition"
