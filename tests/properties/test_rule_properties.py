"""What must hold of names and of rule sets that differ in one key."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from rules.shipped import BOOK
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.model.fold import FOLDS
from tallystick.proptest import decisions
from tallystick.records.catalogue import catalogue


@settings(deadline=None)
@given(st.text())
def test_a_name_that_is_normalised_twice_is_normalised_once(name: str) -> None:
    """I-12."""
    for fold in FOLDS.values():
        assert fold(fold(name)) == fold(name)


LINKS = """
tallystick: rules/1
decision: contact.match
rules:
  - id: same
    when:
      - candidates: {some: true, bind: one, where: [{name: {same_as: incoming.name, fold: name}}]}
    then: {link: one}
    because: It has the name.
otherwise: review
"""
LINKING = load_rulebook([RuleSource("links.yaml", LINKS, "project")], catalogue(), POINTS).decider(
    "contact.match"
)
PARTS = [
    "Acme",
    "ACME",
    "acme",
    "ß",
    "SS",
    " ",
    "\u00a0",
    "\u200b",
    "\ufb01",
    "fi",
    "\u0130",
    "e\u0301",
]
NAMES = st.lists(st.sampled_from(PARTS), max_size=4).map("".join) | st.text(max_size=6)


def linked(incoming: str, known: str) -> bool:
    """True where a rule that compares names links the two."""
    subject = {"incoming": {"name": incoming}, "candidates": [{"id": "k1", "name": known}]}
    return LINKING(subject).outcome == "link"


@settings(max_examples=300, deadline=None)
@given(NAMES, NAMES)
def test_names_compare_the_same_in_either_direction(one: str, two: str) -> None:
    """I-12: whichever side a name comes from."""
    assert linked(one, two) == linked(two, one)


def test_names_are_drawn_that_are_the_same_only_once_they_are_folded() -> None:
    """I-12 would say nothing without them."""
    find(st.tuples(NAMES, NAMES), lambda drawn: drawn[0] != drawn[1] and linked(*drawn))
    find(st.tuples(NAMES, NAMES), lambda drawn: not linked(*drawn))


KEYS = [
    ("time_entry.status", "late_backdated", ("opening_invoiced", "hold", "unbilled")),
    ("record.fetch", "require_approval", (True, False)),
    ("record.fetch", "reentry", ("hold", "off")),
    ("contact.match", "on_duplicate", ("ask", "clone", "overwrite", "skip")),
    ("contact.match", "skip_links", (True, False)),
]
"""Keys of several files, and what they may be."""


def under(subject: Mapping[str, Any], key: str, value: Any) -> dict[str, Any]:
    """The subject where the key has that value."""
    return {**subject, "params": {**subject["params"], key: value}}


def differs(decision: str, one: Mapping[str, Any], two: Mapping[str, Any]) -> bool:
    """True where the two get another answer."""
    before, after = (BOOK.decider(decision)(subject) for subject in (one, two))
    return (before.outcome, before.by) != (after.outcome, after.by)


def named(decision: str, subject: Mapping[str, Any]) -> set[str]:
    """The fields that an explanation names."""
    decide = BOOK.decider(decision)
    return {row.path for row in decide.explain(decide(subject), subject).evidence}


@pytest.mark.parametrize(("decision", "key", "values"), KEYS)
def test_subjects_are_drawn_in_which_that_key_decides(
    decision: str, key: str, values: tuple[Any, ...]
) -> None:
    """I-18 would say nothing without them."""
    subject, other = find(
        st.tuples(decisions(decision), st.sampled_from(values)),
        lambda drawn: differs(decision, drawn[0], under(drawn[0], key, drawn[1])),
        settings=settings(max_examples=2000, deadline=None, database=None),
    )
    assert subject["params"][key] != other


@pytest.mark.parametrize(("decision", "key", "values"), KEYS)
def test_rule_sets_that_differ_in_one_key_differ_only_where_that_key_is_evidence(
    decision: str, key: str, values: tuple[Any, ...]
) -> None:
    """I-18: of an answer in doubt, the evidence is what the rules in doubt read."""

    @settings(max_examples=200, deadline=None)
    @given(decisions(decision), st.sampled_from(values))
    def holds(subject: Mapping[str, Any], other: Any) -> None:
        changed = under(subject, key, other)
        if differs(decision, subject, changed):
            assert f"params.{key}" in named(decision, subject) | named(decision, changed)

    holds()
