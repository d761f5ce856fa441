"""A file in the project's rules folder takes the decision instead of the shipped one."""

from pathlib import Path

import pluggy
import pytest
from rules.shipped import PACKS
from tallystick import hookspecs
from tallystick.app.rulebook import Rules
from tallystick.errors import RuleFileError
from tallystick.host.loading import Host
from tallystick.resources import default_rules

INCOMING = {
    "incoming": {"name": "Acme", "email": None},
    "candidates": [{"id": "B", "contact_type": "customer", "name": "ACME", "email": None}],
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    return tmp_path


def rules(home: Path) -> Rules:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return Rules(home, Host(manager))


def edit(home: Path, old: str, new: str, *, name: str = "contacts.yaml") -> None:
    """Copy a shipped file into the project and change it there."""
    text = (default_rules() / name).read_text(encoding="utf-8")
    assert old in text
    (home / "rules" / name).write_text(text.replace(old, new), encoding="utf-8")


def test_editing_one_default_changes_the_decision_without_a_change_of_code(home: Path) -> None:
    loaded = rules(home)
    assert loaded.decider("contact.match")(INCOMING).outcome == "review"
    edit(home, "default: ask\n", "default: skip\n")
    assert loaded.decider("contact.match")(INCOMING).outcome == "link"
    pack = loaded.book().packs["contact.match"]
    assert (pack.origin, pack.file) == ("project", "rules/contacts.yaml")
    loaded.close()


def test_every_other_decision_stays_with_its_shipped_file(home: Path) -> None:
    loaded = rules(home)
    edit(home, "default: ask\n", "default: skip\n")
    book = loaded.book()
    others = {n: p.origin for n, p in book.packs.items() if n != "contact.match"}
    assert set(others.values()) == {"shipped"}
    assert len(others) == len(PACKS) - 1
    loaded.close()


def test_a_file_of_any_name_overrides_by_its_decision(home: Path) -> None:
    loaded = rules(home)
    edit(home, "default: ask\n", "default: clone\n")
    (home / "rules" / "contacts.yaml").rename(home / "rules" / "ours.yaml")
    assert loaded.decider("contact.match")(INCOMING).outcome == "create"
    loaded.close()


def test_a_file_that_is_taken_away_gives_the_decision_back(home: Path) -> None:
    loaded = rules(home)
    edit(home, "default: ask\n", "default: skip\n")
    assert loaded.decider("contact.match")(INCOMING).outcome == "link"
    (home / "rules" / "contacts.yaml").unlink()
    assert loaded.decider("contact.match")(INCOMING).outcome == "review"
    loaded.close()


def test_a_broken_edit_is_refused_by_name_and_the_former_rules_stay(home: Path) -> None:
    loaded = rules(home)
    loaded.book()
    edit(home, "default: ask\n", "default: aks\n")
    assert loaded.decider("contact.match")(INCOMING).outcome == "review"
    assert loaded.problem is not None
    assert loaded.problem.where is not None
    assert str(loaded.problem.where).startswith("rules/contacts.yaml:10:")
    assert "Did you mean ask?" in loaded.problem.message
    loaded.close()


def test_a_broken_file_at_the_start_stops_instead_of_falling_back(home: Path) -> None:
    edit(home, "default: ask\n", "default: aks\n")
    with pytest.raises(RuleFileError):
        rules(home).book()


def test_a_draft_of_the_project_changes_no_decision(home: Path) -> None:
    loaded = rules(home)
    edit(home, "state: enforce", "state: draft")
    assert loaded.book().packs["contact.match"].origin == "shipped"
    assert [pack.origin for pack in loaded.book().beside] == ["project"]
    loaded.close()


@pytest.mark.parametrize(
    ("name", "old", "new", "decision", "subject", "before", "after"),
    [
        (
            "qualification.yaml",
            "{type: boolean, default: true}",
            "{type: boolean, default: false}",
            "record.fetch",
            {
                "record": {
                    "type": "time_entry",
                    "module": "timesheets",
                    "billable": True,
                    "approval": "pending",
                    "general": False,
                    "lookalike": False,
                    "minutes": 60,
                },
                "integration": {"modules": ["timesheets"], "general_timesheets": False},
            },
            "skip",
            "accept",
        ),
        (
            "invoiced_once.yaml",
            "default: hold}",
            "default: bill}",
            "invoice_line.add",
            {
                "line": {"kind": "time_entry", "ref": "te-1"},
                "task": {"name": "T", "completed": True},
                "claims": [{"kind": "task", "status": "invoiced", "invoice": "I", "system": "b"}],
            },
            "refuse",
            "allow",
        ),
    ],
)
def test_a_policy_of_a_decision_file_is_flipped_by_its_one_key(
    home: Path,
    name: str,
    old: str,
    new: str,
    decision: str,
    subject: dict[str, object],
    before: str,
    after: str,
) -> None:
    loaded = rules(home)
    assert loaded.decider(decision)(subject).outcome == before
    edit(home, old, new, name=name)
    assert loaded.decider(decision)(subject).outcome == after
    loaded.close()
