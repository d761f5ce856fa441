"""What must hold of names and of rule sets that differ in one key."""

from collections.abc import Mapping
from typing import Any

from hypothesis import find, given, settings
from hypothesis import strategies as st
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.model.decision import Decision
from tallystick.model.fold import FOLDS
from tallystick.proptest import decisions
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules

TEXT = (default_rules() / "cutoff.yaml").read_text(encoding="utf-8")
BOOK = load_rulebook([RuleSource("cutoff.yaml", TEXT, "shipped")], catalogue(), POINTS)
DECIDE = BOOK.decider("time_entry.status")
KEY = "params.late_backdated"


@settings(deadline=None)
@given(st.text())
def test_a_name_that_is_normalised_twice_is_normalised_once(name: str) -> None:
    """I-12."""
    for fold in FOLDS.values():
        assert fold(fold(name)) == fold(name)


@settings(deadline=None)
@given(NAMES, NAMES, st.sampled_from(sorted(FOLDS)))
def test_names_compare_the_same_in_either_direction(one: str, two: str, fold: str) -> None:
    """I-12: by the rule that links contacts, and by the fold itself."""
    assert linked(one, two, fold) == linked(two, one, fold)
    assert linked(one, two, fold) == (FOLDS[fold](one) == FOLDS[fold](two))


SUBJECTS = decisions("time_entry.status")
OTHERS = st.sampled_from(["opening_invoiced", "hold", "unbilled"])


def under(subject: Mapping[str, Any], value: str) -> dict[str, Any]:
    """The subject where the key has that value."""
    return {**subject, "params": {**subject["params"], "late_backdated": value}}


def differs(subject: Mapping[str, Any], other: str) -> bool:
    """True where the other value of the key changes the answer."""
    before, after = DECIDE(subject), DECIDE(under(subject, other))
    return (before.outcome, before.by) != (after.outcome, after.by)


def named(decision: Decision, subject: Mapping[str, Any]) -> set[str]:
    """The fields that an explanation names."""
    return {row.path for row in DECIDE.explain(decision, subject).evidence}


def test_subjects_are_drawn_in_which_that_key_decides() -> None:
    """I-18 would say nothing without them."""
    subject, other = find(
        st.tuples(SUBJECTS, OTHERS),
        lambda drawn: differs(*drawn),
        settings=settings(max_examples=1000, deadline=None, database=None),
    )
    assert subject["params"]["late_backdated"] != other


@settings(max_examples=200, deadline=None)
@given(SUBJECTS, OTHERS)
def test_rule_sets_that_differ_in_one_key_differ_only_where_that_key_is_evidence(
    subject: Mapping[str, Any], other: str
) -> None:
    """I-18: of an answer in doubt, the evidence is what the rules in doubt read."""
    changed = under(subject, other)
    before, after = DECIDE(subject), DECIDE(changed)
    if differs(subject, other):
        assert KEY in named(before, subject) | named(after, changed)
