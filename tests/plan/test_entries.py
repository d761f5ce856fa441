"""Which time entries qualify, and what is written of them (R-099...R-120)."""

from typing import Any

import pytest
from support.planning import (
    CUTOFF,
    PARENTS,
    TARGET,
    Recorder,
    context,
    entry,
    failed,
    judge_entries,
    judge_entry,
    known,
    marker,
    setting,
    state,
    there,
)
from tallystick.plan.entry_facts import Known, entry_marker


def linked(**target: Any) -> Known:
    """Known to be the accounts' entry b1, unbilled so far."""
    return known(prior=state("unbilled"), linked_id="b1", target={**TARGET, **target})


def codes(sink: Recorder) -> tuple[str, ...]:
    """The codes of the one entry's state."""
    return sink.states["e1"].codes


def test_an_approved_billable_entry_of_a_linked_project_is_written_once() -> None:
    """R-099: with project, task and person of the accounts."""
    sink = judge_entry(entry(notes="Import"))
    assert sink.states["e1"].state == "unbilled"
    operation = sink.operations[0]
    assert (str(operation.action), operation.type) == ("create", "time_entry")
    assert operation.payload == {
        "work_date": CUTOFF,
        "minutes": 60,
        "billable": True,
        "notes": "Import",
        "project_id": "bp",
        "task_id": "bt",
        "user_id": "bu",
    }
    assert operation.because.rule == "work-to-bill"


def test_parents_that_are_made_by_the_same_plan_are_named_by_reference() -> None:
    """One plan covers the whole run: ids are filled in on the way."""
    parents = (there("project", "p1"), there("task", "t1", "bt"), there("user", "u1"))
    operation = judge_entry(entry(), parents=parents).operations[0]
    assert operation.fills == {
        "project_id": parents[0].reference,
        "user_id": parents[2].reference,
    }
    assert operation.payload["task_id"] == "bt"
    assert set(operation.needs) == {parents[0].reference, parents[2].reference}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"approval": "pending"}, "TS-04"),
        ({"approval": "rejected"}, "TS-04"),
        ({"approval": "recalled"}, "DATA-02"),
        ({"minutes": 0}, "TS-06"),
        ({"minutes": 1441}, "TS-07"),
        ({"billable": None}, "DATA-02"),
    ],
)
def test_an_entry_that_does_not_qualify_is_held_with_its_reason(
    changes: dict[str, Any], code: str
) -> None:
    """R-102, R-108, R-110, R-120, I-09."""
    sink = judge_entry(entry(**changes))
    assert (sink.states["e1"].state, codes(sink)) == ("held", (code,))
    assert sink.codes() == [(code, "held")]
    assert sink.operations == []


def test_a_non_billable_entry_is_no_error() -> None:
    """R-101: TS-03 is a fact about it."""
    sink = judge_entry(entry(billable=False))
    assert (sink.states["e1"].state, codes(sink)) == ("non_billable", ("TS-03",))
    assert sink.issues == []
    assert sink.counts == {("timesheets", "skipped"): 1}


def test_a_full_day_is_allowed() -> None:
    """R-110, V-DUR-18."""
    assert judge_entry(entry(minutes=1440)).states["e1"].state == "unbilled"


def test_a_general_entry_waits_while_the_switch_is_off() -> None:
    """R-103, TS-05; R-104 when it is switched on."""
    row = entry(kind="general", task_id=None, label="Travel")
    off = judge_entry(row, chosen=setting(general_timesheets=False))
    assert codes(off) == ("TS-05",)
    on = judge_entry(row, known(prior=off.states["e1"]))
    assert on.states["e1"].state == "unbilled"


def test_general_entries_of_a_project_share_one_task_made_once() -> None:
    """R-105."""
    made = judge_entries(
        [(entry(i, kind="general", task_id=None, label="Travel"), Known()) for i in ("e1", "e2")]
    )
    assert made.did() == [("create", "task"), ("create", "time_entry"), ("create", "time_entry")]
    task = made.operations[0]
    assert (task.payload["name"], task.payload["project_id"]) == ("General", "bp")
    assert {o.fills["task_id"] for o in made.operations[1:]} == {task.reference}
    assert made.operations[1].payload["notes"] == "Travel"


def test_entries_on_a_bug_share_one_task_named_after_it() -> None:
    """R-105: `Bug <key> <title>`, in the id map under the bug."""
    bug = {"external_id": "g1", "key": "AT1-I3", "name": "Rounding", "project_id": "p1"}
    parents = (*PARENTS, there("bug", "g1", ""))
    given = [(entry(i, kind="bug", task_id=None, bug_id="g1"), Known()) for i in ("e1", "e2")]
    sink = judge_entries(given, parents=parents, bugs={"g1": bug})
    assert sink.did() == [("create", "task"), ("create", "time_entry"), ("create", "time_entry")]
    assert sink.operations[0].payload["name"] == "Bug AT1-I3 Rounding"
    assert str(sink.operations[0].source) == "bug:g1"


@pytest.mark.parametrize("kind", ["bug", "general"])
def test_a_task_made_for_a_bug_or_general_time_is_not_made_again(kind: str) -> None:
    """R-105, R-038: the id map knows it."""
    owner = "g1" if kind == "bug" else "p1"
    row = entry(kind=kind, task_id=None, bug_id="g1" if kind == "bug" else None)
    sink = judge_entry(
        row,
        parents=(*PARENTS, there("bug", "g1", "bt9")),
        bugs={"g1": {"external_id": "g1", "key": "K", "name": "N"}},
        links={(kind, owner): ("task", "bt9")},
    )
    assert sink.did() == [("create", "time_entry")]
    assert sink.operations[0].payload["task_id"] == "bt9"


@pytest.mark.parametrize(
    ("parents", "code", "cause"),
    [
        ((failed("project", "p1", "PRJ-01"), PARENTS[1], PARENTS[2]), "TS-01", ("project", "p1")),
        ((PARENTS[0], failed("task", "t1", "TSK-02"), PARENTS[2]), "TS-02", ("task", "t1")),
        ((PARENTS[0], PARENTS[1], failed("user", "u1", "USR-01")), "TS-11", ("user", "u1")),
    ],
)
def test_an_entry_waits_for_its_parent_and_names_it(
    parents: tuple[Any, ...], code: str, cause: tuple[str, str]
) -> None:
    """R-106, R-107, R-065."""
    sink = judge_entry(entry(), parents=parents)
    assert (sink.states["e1"].state, codes(sink)) == ("held", (code,))
    assert [(i.kind, i.cause, i.minutes) for i in sink.issues] == [("cascade", cause, 60)]


def test_a_task_that_was_never_read_counts_as_failed() -> None:
    """R-107: not read is not there."""
    assert codes(judge_entry(entry(task_id="t9"))) == ("TS-02",)


def test_the_error_of_the_parent_comes_first_and_the_own_reason_second() -> None:
    """R-100, V-CAS-06."""
    broken = (failed("project", "p1", "PRJ-01"), *PARENTS[1:])
    both = judge_entry(entry(approval="pending"), parents=broken)
    assert codes(both) == ("TS-01", "TS-04")
    assert [i.code for i in both.issues] == ["TS-01", "TS-04"]
    mended = judge_entry(entry(approval="pending"), known(prior=both.states["e1"]))
    assert codes(mended) == ("TS-04",)


def test_a_non_billable_entry_of_a_failed_project_is_held_with_both_reasons() -> None:
    """R-100: only alone does TS-03 make it non_billable."""
    sink = judge_entry(entry(billable=False), parents=(failed("project", "p1", "PRJ-01"),))
    assert (sink.states["e1"].state, codes(sink)) == ("held", ("TS-01", "TS-03"))


def test_without_the_timesheets_module_nobody_is_asked_for_a_person() -> None:
    """R-011: the module is off, so the entry is skipped without an error."""
    sink = judge_entry(
        entry(), chosen=setting(modules=frozenset({"projects"})), parents=PARENTS[:2]
    )
    assert codes(sink) == ("module-off",)
    assert sink.issues == []


def test_an_entry_that_loses_approval_becomes_non_billable_in_the_accounts() -> None:
    """R-116: it must not look like work to bill."""
    sink = judge_entry(entry(approval="pending"), linked())
    assert (sink.states["e1"].state, codes(sink)) == ("held", ("TS-04",))
    assert [(str(o.action), o.payload, o.target_id) for o in sink.operations] == [
        ("update", {"project_id": "bp", "billable": False}, "b1")
    ]
    assert sink.operations[0].because.rule == "not-approved"


def test_an_entry_whose_project_fails_becomes_non_billable_in_the_accounts() -> None:
    """R-116, R-106: because of its parent."""
    sink = judge_entry(entry(), linked(), parents=(failed("project", "p1", "PRJ-04"),))
    assert [o.because.rule for o in sink.operations] == ["parent-in-error"]


def test_what_is_withdrawn_already_is_not_written_again() -> None:
    """R-038."""
    assert judge_entry(entry(approval="pending"), linked(billable=False)).operations == []


def test_an_entry_that_is_approved_again_is_billable_again() -> None:
    """R-102: judged again when the status changes."""
    sink = judge_entry(entry(), linked(billable=False))
    assert sink.operations[0].payload == {"project_id": "bp", "billable": True}


def test_an_entry_that_nothing_changed_of_is_not_written() -> None:
    """R-038, I-03: our own marker in the notes is no difference."""
    own = marker("time_entry", "e1")
    what = linked(notes=f"Import [ts:{own}]", marker=own)
    assert judge_entry(entry(notes="Import"), what).operations == []


def test_what_changed_of_an_unbilled_entry_follows() -> None:
    """Its minutes and notes; the title of the operation names them."""
    sink = judge_entry(entry(minutes=90, notes="More"), linked())
    operation = sink.operations[0]
    assert operation.payload == {"project_id": "bp", "minutes": 90, "notes": "More"}
    assert operation.title.endswith(": minutes, notes")


def test_an_entry_that_moved_to_a_task_of_this_plan_follows_once_that_is_made() -> None:
    """R-097: the task's id is filled in when it is sent."""
    parents = (PARENTS[0], there("task", "t1"), PARENTS[2])
    operation = judge_entry(entry(), linked(task_id="other"), parents=parents).operations[0]
    assert operation.fills == {"task_id": parents[1].reference}
    assert operation.needs == (parents[1].reference,)


def test_an_entry_in_the_accounts_that_was_not_read_is_left_alone() -> None:
    """It is linked, so it is never made again."""
    assert judge_entry(entry(), known(linked_id="b1")).operations == []
    assert judge_entry(entry(approval="pending"), known(linked_id="b1")).operations == []


def test_an_entry_that_carries_our_marker_is_linked_and_never_made_again() -> None:
    """A lost database: what we made before is adopted, I-01."""
    sink = judge_entry(entry(), known(adopted="b7"))
    assert [(str(o.action), o.target_id) for o in sink.operations] == [("link", "b7")]


def test_a_value_the_rules_cannot_know_is_held_and_never_written() -> None:
    """R-120: the kind of the entry was not understood."""
    row = entry(kind=None)
    sink = judge_entry(row, chosen=setting(general_timesheets=False))
    assert sink.states["e1"].state == "held"
    assert sink.operations == []


def test_the_marker_of_an_entry_is_that_of_its_create() -> None:
    """What adoption looks for is what the create leaves behind."""
    made, _ = context()
    operation = judge_entry(entry()).operations[0]
    assert entry_marker(made, "e1") == operation.marker == marker("time_entry", "e1")


def test_every_decision_is_handed_on_with_the_version_it_saw() -> None:
    """R-223: decisions can be replayed."""
    sink = judge_entry(entry())
    assert [t.decision.decision for t in sink.decisions] == [
        "record.push",
        "record.fetch",
        "time_entry.status",
    ]
    assert all((str(t.key), t.version) == ("time_entry:e1", "v1") for t in sink.decisions)
