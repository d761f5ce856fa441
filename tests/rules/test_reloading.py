"""Rules are taken anew while a server runs; a broken edit is refused and the old rules stay."""

import json
import os
from pathlib import Path
from typing import Any

import pluggy
import pytest
from tallystick import hookspecs
from tallystick.app.rulebook import Rules
from tallystick.decide.yamlnodes import BYTES_MAX
from tallystick.errors import RuleFileError
from tallystick.host.loading import Host

CONFIG = """
[connections.portal]
system = "zoho_projects"
[connections.accounts]
system = "zoho_books"
[integrations.main]
source = "portal"
target = "accounts"
"""
ENTRY = {
    "type": "time_entry",
    "module": "timesheets",
    "billable": True,
    "approval": "approved",
    "general": False,
    "lookalike": False,
    "minutes": 60,
}
CHOSEN = {"modules": ["timesheets"], "general_timesheets": False}
SHORT = """tallystick: rules/1
decision: record.fetch
{head}
rules:
  - id: short
    when: [{{record.type: time_entry}}, {{record.minutes: {{le: 2h}}}}]
    then: {then}
    because: It is short.
otherwise: skip
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / ".tallystick").mkdir()
    (tmp_path / "tallystick.toml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


@pytest.fixture
def rules(home: Path) -> Rules:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return Rules(home, Host(manager))


def write(home: Path, head: str = "", *, then: str = "skip", name: str = "short.yaml") -> None:
    text = SHORT.format(head=head, then=then)
    (home / "rules" / name).write_text(text, encoding="utf-8")


def fetch(rules: Rules, **record: Any) -> str:
    subject = {"record": {**ENTRY, "connection_id": "portal", **record}, "integration": CHOSEN}
    return rules.decider("record.fetch")(subject).by


def test_a_broken_edit_leaves_the_rules_and_says_where_it_is_broken(
    home: Path, rules: Rules
) -> None:
    write(home, "title: ours", then="accept")
    before = rules.state()
    assert (before.problem, fetch(rules)) == (None, "short")
    write(home, "titel: ours and more", then="accept")
    after = rules.state()
    assert fetch(rules) == "short"
    assert (after.hash, after.decisions) == (before.hash, before.decisions)
    assert (after.code, after.file, after.line, after.column) == (
        "RUL-11",
        "rules/short.yaml",
        3,
        1,
    )
    assert "Did you mean title?" in str(after.problem)
    write(home, "title: ours again", then="accept")
    assert rules.state().problem is None
    assert rules.state().hash != before.hash
    rules.close()


def test_broken_policies_leave_the_rules_and_the_policies(home: Path, rules: Rules) -> None:
    path = home / "rules" / "policies.yaml"
    path.write_text("tallystick: policies/1\nrounding: {money_mode: half_even}\n", encoding="utf-8")
    assert rules.policies().get("rounding.money_mode") == "half_even"
    path.write_text("tallystick: policies/1\nrounding: {money_mode: down}\n", encoding="utf-8")
    assert rules.policies().get("rounding.money_mode") == "half_even"
    assert (rules.state().code, rules.state().file) == ("RUL-12", "rules/policies.yaml")
    rules.close()


def test_a_policy_that_a_rule_reads_takes_effect_while_it_runs(home: Path, rules: Rules) -> None:
    """P-27."""
    expense = {"billable": True, "same_project": True, "same_customer": True, "origin": "books"}
    subject = {
        "line": {"kind": "expense", "ref": "x"},
        "expense": {**expense, "same_currency": True},
        "claims": [],
    }
    assert rules.decider("invoice_line.add")(subject).by == "expense-made-elsewhere"
    first = rules.book().hash
    (home / "rules" / "policies.yaml").write_text(
        "tallystick: policies/1\nexpenses: {scope: all_of_project}\n", encoding="utf-8"
    )
    assert rules.decider("invoice_line.add")(subject).by == "expense-free"
    assert rules.book().hash != first
    rules.close()


@pytest.mark.parametrize(
    ("head", "by"),
    [
        ("applies_to: {connectors: [zoho_projects]}", "short"),
        ("applies_to: {connectors: [zoho_books]}", "work-to-bill"),
        ("applies_to: {integrations: [main]}", "short"),
        ("applies_to: {types: [task]}", "work-to-bill"),
    ],
)
def test_a_file_of_the_project_can_be_for_some_records_only(
    home: Path, rules: Rules, head: str, by: str
) -> None:
    write(home, head)
    assert fetch(rules) == by
    rules.close()


@pytest.mark.parametrize(
    ("head", "words"),
    [
        ("applies_to: {connectors: [zoho_project]}", "mean zoho_projects?"),
        ("applies_to: {integrations: [mian]}", "mean main?"),
    ],
)
def test_a_file_for_what_does_not_exist_is_refused_with_its_place(
    home: Path, rules: Rules, head: str, words: str
) -> None:
    write(home, head)
    with pytest.raises(RuleFileError) as caught:
        rules.book()
    assert caught.value.code == "RUL-11"
    assert str(caught.value.where).startswith("rules/short.yaml:3:")
    assert words in caught.value.message


def test_a_shadow_is_asked_beside_and_its_differences_outlive_the_process(
    home: Path, rules: Rules
) -> None:
    write(home, "state: shadow")
    assert fetch(rules, external_id="e1") == "work-to-bill"
    assert fetch(rules, external_id="e2", minutes=240) == "work-to-bill"
    assert rules.state().shadows == ("rules/short.yaml",)
    (report,) = rules.shadows()
    assert (report["asked"], report["differing"]) == (2, 2)
    rules.close()
    (kept,) = rules.shadows()
    assert kept == report
    assert fetch(rules, external_id="e3") == "work-to-bill"
    (both,) = rules.shadows()
    assert both["asked"] == 3
    assert {k["shadow"]["by"]: k["count"] for k in both["differences"]} == {
        "short": 2,
        "otherwise": 1,
    }
    rules.close()


def test_an_edited_shadow_starts_anew(home: Path, rules: Rules) -> None:
    write(home, "state: shadow")
    fetch(rules)
    write(home, "state: shadow\nversion: 2")
    fetch(rules)
    assert [r["asked"] for r in rules.shadows()] == [1, 1]
    rules.close()


def test_a_damaged_report_costs_nothing_but_the_counts(home: Path, rules: Rules) -> None:
    (home / ".tallystick" / "shadows.json").write_text('[1, {"file": 2}', encoding="utf-8")
    write(home, "state: shadow")
    fetch(rules)
    rules.close()
    assert len(json.loads((home / ".tallystick" / "shadows.json").read_text("utf-8"))) == 1


def test_a_draft_is_listed_and_decides_nothing(home: Path, rules: Rules) -> None:
    write(home, "state: draft")
    assert fetch(rules) == "work-to-bill"
    assert (rules.state().drafts, rules.shadows()) == (("rules/short.yaml",), [])
    rules.close()


def test_a_file_too_large_for_rules_is_not_even_read(home: Path, rules: Rules) -> None:
    path = home / "rules" / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024**3)
    with pytest.raises(RuleFileError) as caught:
        rules.book()
    assert (caught.value.code, str(caught.value.where)) == ("RUL-08", "rules/huge.yaml:1:1")
    assert str(BYTES_MAX // 1024) in caught.value.message


def test_what_is_no_plain_file_is_refused_and_not_waited_for(home: Path, rules: Rules) -> None:
    os.mkfifo(home / "rules" / "pipe.yaml")
    with pytest.raises(RuleFileError, match="no plain file"):
        rules.book()


def test_a_file_in_another_encoding_is_refused_by_name(home: Path, rules: Rules) -> None:
    (home / "rules" / "latin.yaml").write_bytes("title: Größe".encode("latin-1"))
    with pytest.raises(RuleFileError, match="UTF-8") as caught:
        rules.book()
    assert str(caught.value.where) == "rules/latin.yaml"


def test_more_files_than_anybody_keeps_are_refused(home: Path, rules: Rules) -> None:
    for number in range(200):
        (home / "rules" / f"f{number}.yaml").touch()
    with pytest.raises(RuleFileError, match="More than 200"):
        rules.book()


def test_the_shipped_files_contradict_nothing(rules: Rules) -> None:
    assert rules.contradictions() == []
    assert rules.state().decisions == tuple(rules.book().packs)
    rules.close()
