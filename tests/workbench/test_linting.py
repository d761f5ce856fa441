"""Lint: what a sound rule file can be improved in, at its place."""

import pytest
from tallystick.decide import RuleSource
from tallystick.decide.points import POINTS
from tallystick.model.codes import CODES
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.diagnostics import Diagnostic
from tallystick.workbench.linting import lint

CLEAN = """\
tallystick: rules/1
decision: time_entry.status
title: Work before the cutoff
params:
  cutoff: {type: date, nullable: true, default: null}
rules:
  - id: before
    when: [{time_entry.work_date: {before: params.cutoff}}]
    then: invoiced
    code: TS-12
    because: It is early.
  - id: later
    when: [{time_entry.work_date: {on_or_after: params.cutoff}}]
    then: unbilled
    because: It is late.
otherwise: hold
base: {params: {cutoff: "2026-07-01"}, time_entry: {work_date: "2026-07-01"}}
tests:
  - {name: on the day, expect: unbilled, by: later}
  - {name: the day before, given: {time_entry: {work_date: "2026-06-30"}}, expect: invoiced}
owner: finance
"""


def findings(text: str) -> list[Diagnostic]:
    return lint([RuleSource("x.yaml", text, "project")], catalogue(), POINTS)


def spoiled(old: str, new: str) -> list[tuple[str, int | None, int | None]]:
    assert old in CLEAN
    return [(d.code, d.line, d.column) for d in findings(CLEAN.replace(old, new, 1))]


def test_a_file_with_nothing_to_improve_has_no_finding() -> None:
    assert findings(CLEAN) == []


def test_a_file_without_a_title_or_an_owner_is_found() -> None:
    assert spoiled("title: Work before the cutoff\n", "") == [("RUL-30", 1, 1)]
    assert spoiled("owner: finance\n", "") == [("RUL-31", 1, 1)]
    assert spoiled("owner: finance", 'owner: " "') == [("RUL-31", 21, 1)]


def test_a_rule_that_decides_no_test_is_found_at_its_id() -> None:
    line = '  - {name: the day before, given: {time_entry: {work_date: "2026-06-30"}}'
    assert spoiled(f"{line}, expect: invoiced}}\n", "") == [("RUL-32", 7, 9)]


def test_a_param_that_no_rule_reads_is_found() -> None:
    new = "params:\n  spare: {type: text, default: a}\n"
    assert spoiled("params:\n", new) == [("RUL-33", 5, 3)]


@pytest.mark.parametrize(
    "reader",
    ["because: It is {params.spare}.", "because: a\n    fix: Ask {params.spare}."],
)
def test_a_param_in_a_sentence_is_used(reader: str) -> None:
    text = CLEAN.replace("params:\n", "params:\n  spare: {type: text, default: a}\n", 1)
    assert findings(text.replace("because: It is early.", reader)) == []


def test_a_param_that_the_program_reads_is_used() -> None:
    new = "params:\n  late_backdated: {type: choice, of: [hold], default: hold}\n"
    assert spoiled("params:\n", new) == []


def test_a_condition_that_stands_twice_is_found_where_it_stands_again() -> None:
    once = "{time_entry.work_date: {before: params.cutoff}}"
    assert spoiled(f"[{once}]", f"[{once}, {once}]") == [("RUL-34", 8, 61)]
    assert spoiled(f"[{once}]", f"[{once}, {{time_entry.late: [true, true]}}]")[-1][0] == "RUL-34"


def test_two_rules_with_the_same_conditions_are_found() -> None:
    twin = """\
  - id: twin
    when: [{time_entry.work_date: {before: params.cutoff}}]
    then: hold
    because: Never.
otherwise:"""
    found = spoiled("otherwise:", twin)
    assert ("RUL-34", 16, 9) in found


@pytest.mark.parametrize(
    ("early", "late", "where"),
    [
        ("before", "after", "neither side"),
        ("on_or_before", "on_or_after", "both sides"),
    ],
)
def test_the_day_itself_on_both_sides_or_on_none_is_found(
    early: str, late: str, where: str
) -> None:
    text = CLEAN.replace("{before:", f"{{{early}:").replace("{on_or_after:", f"{{{late}:")
    found = [d for d in findings(text) if d.code == "RUL-35"]
    assert [(d.line, d.column) for d in found] == [(13, 36)]
    assert where in found[0].message


def test_the_pairs_that_part_the_days_are_no_finding() -> None:
    text = CLEAN.replace("{before:", "{on_or_before:").replace("{on_or_after:", "{after:")
    assert [d.code for d in findings(text) if d.code == "RUL-35"] == []
    flipped = "[{not: [{time_entry.work_date: {before: params.cutoff}}]}]"
    text = CLEAN.replace("[{time_entry.work_date: {on_or_after: params.cutoff}}]", flipped)
    assert findings(text) == []


def test_an_otherwise_that_is_not_the_safe_outcome_is_found() -> None:
    text = """\
tallystick: rules/1
decision: contact.match
title: T
rules:
  - {id: a, when: [{incoming.name: {blank: true}}], then: review, because: It has no name.}
otherwise: create
tests:
  - {name: blank, given: {incoming: {name: ""}}, expect: review}
owner: o
"""
    assert [(d.code, d.line, d.column) for d in findings(text)] == [("RUL-36", 6, 12)]


def test_a_mistake_is_the_only_finding_of_its_file() -> None:
    assert [code for code, _, _ in spoiled("then: invoiced", "then: invoicd")] == ["RUL-11"]


def test_each_finding_has_a_code_with_an_explanation_and_a_line_of_text() -> None:
    found = findings(CLEAN.replace("title: Work before the cutoff\n", ""))
    assert [d.code for d in found] == ["RUL-30"]
    assert all(d.code in CODES and d.source and d.fix for d in found)


def test_the_shipped_files_have_no_finding() -> None:
    sources = [
        RuleSource(f.name, f.read_text(encoding="utf-8"), "shipped")
        for f in default_rules().glob("*.yaml")
        if f.name not in {"policies.yaml", "matching.yaml"}
    ]
    assert len(sources) == 7
    assert lint(sources, catalogue(), POINTS) == []
