"""What must hold of names and of rule sets that differ in one key."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
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


@settings(max_examples=200, deadline=None)
@given(decisions("time_entry.status"), st.sampled_from(["opening_invoiced", "hold", "unbilled"]))
def test_rule_sets_that_differ_in_one_key_differ_only_where_that_key_is_evidence(
    subject: Mapping[str, Any], other: str
) -> None:
    """I-18."""
    changed = {**subject, "params": {**subject["params"], "late_backdated": other}}
    before, after = DECIDE(subject), DECIDE(changed)
    if (before.outcome, before.by) != (after.outcome, after.by):
        named = {
            row.path
            for decision, whole in ((before, subject), (after, changed))
            for row in DECIDE.explain(decision, whole).evidence
        }
        assert KEY in named
