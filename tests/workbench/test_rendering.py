"""A rule file can be read as sentences and as a table, and nothing of it is left out."""

import pytest
from tallystick.app.rules import trials
from tallystick.decide import Pack, RuleSource, parse_source
from tallystick.decide.points import POINTS
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench import render

FILES = [
    f.name
    for f in sorted(default_rules().glob("*.yaml"))
    if f.name not in {"policies.yaml", "matching.yaml"}
]


def pack(name: str) -> Pack:
    text = (default_rules() / name).read_text(encoding="utf-8")
    return parse_source(RuleSource(name, text, "shipped"), catalogue(), POINTS)[0]


def shown(view: str, name: str = "re_enable.yaml") -> list[str]:
    return render(pack(name), view).splitlines()


def test_as_sentences_each_rule_says_what_when_and_why() -> None:
    lines = shown("sentence")
    assert lines[0].endswith("[integration.enable, deny_overrides, enforce]")
    found = lines.index("  2  not-admin: refuse (SETUP-01)")
    assert lines[found + 1 : found + 3] == [
        "     if request.role is not admin",
        "     because: {request.user} is not an administrator.",
    ]
    assert "     otherwise refuse" in lines


def test_several_conditions_stand_below_each_other() -> None:
    lines = shown("sentence")
    found = next(n for n, line in enumerate(lines) if "may-enable: allow" in line)
    assert lines[found + 1].startswith("     if ")
    assert "     and request.role is admin" in lines[found:]
    assert "     and (previous.portal is nothing or request.portal is the same as " in "\n".join(
        lines
    )


def test_alternatives_among_other_conditions_stand_in_brackets() -> None:
    text = "\n".join(shown("sentence", "qualification.yaml"))
    assert "and (record.general is no or integration.general_timesheets is yes)\n" in text
    nested = "(record.approval is approved or (params.require_approval is no and record.approval is"
    assert f"and {nested} approved or pending))\n" in text


def test_conditions_on_the_items_of_a_list_are_said_with_the_items_name() -> None:
    text = "\n".join(shown("sentence", "cascade.yaml"))
    assert "if some of parents with (state is error), called root" in text
    assert "if none of parents with (state is not ok)" in text


def test_dates_are_before_or_later_and_folded_texts_say_so() -> None:
    text = "\n".join(shown("sentence", "cutoff.yaml"))
    assert "and time_entry.work_date is before params.cutoff" in text
    assert "and time_entry.work_date is params.cutoff or later" in text
    contacts = "\n".join(shown("sentence", "contacts.yaml"))
    assert "email is the same as incoming.email (folded as email)" in contacts


def test_a_table_of_codes_is_said_case_by_case() -> None:
    text = "\n".join(shown("sentence", "cascade.yaml"))
    assert "code by record.type: project: PRJ-03, task: TSK-01, bug: BUG-01, " in text


@pytest.mark.parametrize("name", FILES)
def test_every_rule_param_reason_and_invariant_of_a_shipped_file_is_in_its_sentences(
    name: str,
) -> None:
    read, text = pack(name), "\n".join(shown("sentence", name))
    wanted = [f"params.{p}: " for p in read.params] + [f"always {i.id}: " for i in read.invariants]
    for rule in read.rules:
        wanted += [f"{rule.id}: {rule.then.outcome}", f"because: {rule.because}"]
        wanted += [f"fix: {rule.fix}"] if rule.fix else []
    assert [w for w in wanted if w not in text] == []
    assert "not (" not in text
    assert f"{trials(read)} tests" in text


def test_as_a_table_each_rule_begins_a_row() -> None:
    lines = shown("table")
    assert lines[0].split() == ["#", "rule", "then", "code", "when"]
    rows = [line.split()[:4] for line in lines if line[:1].isdigit()]
    assert rows[1] == ["2", "not-admin", "refuse", "SETUP-01"]
    assert len(rows) == len(pack("re_enable.yaml").rules)
    assert lines[-1].split() == ["otherwise", "refuse"]
