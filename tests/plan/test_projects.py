"""Projects with their customers, tasks and bugs (R-044...R-059, R-093...R-098)."""

from typing import Any

import pytest
from support.planning import Recorder, context, failed, marker, rows, setting, there
from tallystick.plan.context import Standing
from tallystick.plan.work import parent_of, plan_bug, plan_project, plan_task

PROJECT: dict[str, Any] = {
    "external_id": "p1",
    "name": "Atlas rollout",
    "description": "",
    "client_id": "c1",
    "billing_method": "project_hours",
    "rate": "100",
    "currency": "EUR",
    "budget_minutes": None,
    "status": "active",
    "content_hash": "v1",
}
TASK: dict[str, Any] = {
    "external_id": "t1",
    "project_id": "p1",
    "name": "Data import",
    "description": None,
    "rate": None,
    "content_hash": "v1",
}
BUG = {"external_id": "g1", "project_id": "p1", "key": "AT1-I3", "name": "Rounding"}
CLIENT = there("contact", "c1", "k1")
BOOKED = {"external_id": "bp", "name": "Atlas rollout", "client_id": "k1"}


def project(
    contact: Standing | None = CLIENT, currency: str | None = "EUR", **options: Any
) -> tuple[Standing, Recorder]:
    """Plan the one project; `row` changes it."""
    row = {**PROJECT, **options.pop("row", {})}
    made, sink = context(**options)
    return plan_project(made, row, contact, {"currency": currency}), sink


def linked(**booked: Any) -> dict[str, Any]:
    """The accounts have it."""
    return {
        "links": {("project", "p1"): ("project", "bp")},
        "targets": {"project": rows({**BOOKED, **booked})},
    }


def test_a_project_with_a_primary_client_is_carried_over() -> None:
    """R-044, R-047."""
    standing, sink = project()
    assert sink.did() == [("create", "project")]
    assert sink.operations[0].payload == {
        "name": "Atlas rollout",
        "billing_method": "project_hours",
        "rate": "100",
        "currency": "EUR",
        "description": "",
        "client_id": "k1",
    }
    assert standing.reference == sink.operations[0].reference


def test_a_project_waits_for_the_customer_that_is_made_before_it() -> None:
    """R-026: the customer is resolved before the project is written."""
    contact = there("contact", "c1")
    _, sink = project(contact)
    operation = sink.operations[0]
    assert operation.fills == {"client_id": contact.reference}
    assert operation.needs == (contact.reference,)


def test_a_project_without_a_primary_client_is_not_carried_over() -> None:
    """R-045, PRJ-01."""
    standing, sink = project(None, row={"client_id": None})
    assert (standing.state, standing.code) == ("error", "PRJ-01")
    assert (sink.codes(), sink.operations) == ([("PRJ-01", "root")], [])


def test_a_project_whose_customer_is_unresolved_waits_for_it() -> None:
    """R-052, PRJ-03: the contact is the root."""
    standing, sink = project(failed("contact", "c1", "CON-02"))
    assert (standing.state, standing.code) == ("error", "PRJ-03")
    assert [(i.code, i.kind, i.cause) for i in sink.issues] == [
        ("PRJ-03", "cascade", ("contact", "c1"))
    ]


def test_a_project_in_another_currency_than_its_customer_is_blocked() -> None:
    """R-053, PRJ-04, V-CUR-01."""
    standing, sink = project(currency="USD")
    assert (standing.code, sink.operations) == ("PRJ-04", [])


def test_both_reasons_are_told_the_parent_s_first() -> None:
    """R-100: the standing is the parent's."""
    standing, sink = project(failed("contact", "c1", "CON-01"), currency="USD")
    assert [i.code for i in sink.issues] == ["PRJ-03", "PRJ-04"]
    assert standing.code == "PRJ-03"


def test_a_project_whose_client_was_not_sent_is_not_guessed() -> None:
    """R-120: absent is not empty."""
    row = {k: v for k, v in PROJECT.items() if k != "client_id"}
    made, sink = context()
    standing = plan_project(made, row, None, None)
    assert standing.state == "error"
    assert sink.operations == []


def test_a_renamed_project_stays_the_same_pair() -> None:
    """R-059, I-11: its name follows."""
    standing, sink = project(row={"name": "Atlas II"}, **linked())
    assert [(str(o.action), o.payload, o.target_id) for o in sink.operations] == [
        ("update", {"name": "Atlas II"}, "bp")
    ]
    assert standing.target_id == "bp"


@pytest.mark.parametrize("status", ["archived", "completed"])
def test_an_archived_or_completed_project_stays_linked(status: str) -> None:
    """R-058."""
    standing, sink = project(row={"status": status}, **linked())
    assert (standing.state, sink.operations) == ("ok", [])


def test_a_project_with_our_marker_is_adopted() -> None:
    """A lost database: linked, then kept in line, never made again."""
    standing, sink = project(
        markers={marker("project", "p1"): ("project", "bp")},
        targets={"project": rows({**BOOKED, "name": "Old"})},
    )
    assert sink.did() == [("link", "project"), ("update", "project")]
    assert standing.target_id == "bp"


def test_a_change_of_the_primary_client_points_the_project_to_the_new_customer() -> None:
    """R-049: the old customer is kept."""
    _, sink = project(there("contact", "c2", "k2"), **linked())
    assert [o.payload for o in sink.operations] == [{"client_id": "k2"}]


def test_a_new_primary_client_that_is_made_by_this_plan_is_filled_in() -> None:
    """R-049."""
    contact = there("contact", "c2")
    _, sink = project(contact, **linked())
    assert sink.operations[0].fills == {"client_id": contact.reference}
    assert sink.operations[0].needs == (contact.reference,)


def test_a_change_of_the_primary_client_waits_while_time_is_on_invoices() -> None:
    """R-050, PRJ-07, V-NAM-24: the rest of the project still follows."""
    _, sink = project(
        there("contact", "c2", "k2"),
        row={"name": "Atlas II"},
        billed_projects=frozenset({"p1"}),
        **linked(),
    )
    assert sink.codes() == [("PRJ-07", "held")]
    assert [o.payload for o in sink.operations] == [{"name": "Atlas II"}]
    assert sink.counts["projects", "held"] == 1


def test_a_billed_project_whose_client_stays_is_no_question() -> None:
    """R-050."""
    _, sink = project(billed_projects=frozenset({"p1"}), **linked())
    assert (sink.issues, sink.operations) == ([], [])


def test_a_project_of_a_method_we_do_not_know_is_carried_over_all_the_same() -> None:
    """R-054: its time is still read; billing it is refused (PRJ-05)."""
    standing, sink = project(row={"billing_method": "daily"})
    assert standing.state == "ok"
    assert sink.operations[0].payload["billing_method"] == "daily"


def work(parent: Standing | None = None, **options: Any) -> tuple[dict[str, Standing], Recorder]:
    """Plan the one task and the one bug under a project."""
    task, bug = {**TASK, **options.pop("task", {})}, {**BUG, **options.pop("bug", {})}
    made, sink = context(**options)
    if parent is not None:
        made.standing["project", "p1"] = parent
    return {"task": plan_task(made, task), "bug": plan_bug(made, bug)}, sink


def test_a_task_comes_with_its_project_and_a_bug_is_made_when_time_needs_it() -> None:
    """R-093, R-105."""
    standing, sink = work(there("project", "p1", "bp"))
    assert [(o.type, o.payload) for o in sink.operations] == [
        ("task", {"name": "Data import", "project_id": "bp"})
    ]
    assert {s.state for s in standing.values()} == {"ok"}


def test_the_rate_and_the_text_of_a_task_go_along() -> None:
    """R-132."""
    _, sink = work(there("project", "p1"), task={"rate": "80", "description": "x" * 500})
    payload = sink.operations[0].payload
    assert (payload["rate"], len(payload["description"])) == ("80", 400)


def test_tasks_and_bugs_of_a_failed_project_wait_for_it() -> None:
    """R-094, TSK-01, BUG-01, I-10."""
    standing, sink = work(failed("project", "p1", "PRJ-01"))
    assert [(i.code, i.kind, i.cause) for i in sink.issues] == [
        ("TSK-01", "cascade", ("project", "p1")),
        ("BUG-01", "cascade", ("project", "p1")),
    ]
    assert {s.code for s in standing.values()} == {"TSK-01", "BUG-01"}
    assert sink.operations == []


def test_tasks_of_a_project_that_was_never_read_wait() -> None:
    """R-094: not read is not there."""
    standing, _ = work(None)
    assert standing["task"].state == "error"
    made, _ = context()
    assert parent_of(made, "project", None).code == "DATA-02"


def test_a_renamed_task_follows_and_a_task_without_a_name_keeps_its_id() -> None:
    """I-11; the accounts need a name."""
    links = {("task", "t1"): ("task", "bt")}
    booked = {"external_id": "bt", "name": "Data import", "project_id": "bp"}
    _, sink = work(
        there("project", "p1", "bp"),
        task={"name": "Import"},
        links=links,
        targets={"task": rows(booked)},
    )
    assert [(o.payload, o.target_id) for o in sink.operations] == [
        ({"project_id": "bp", "name": "Import"}, "bt")
    ]
    _, sink = work(there("project", "p1", "bp"), task={"name": None})
    assert sink.operations[0].payload["name"] == "t1"


def test_a_bug_whose_task_exists_stands_under_its_id() -> None:
    """R-105."""
    standing, _ = work(there("project", "p1", "bp"), links={("bug", "g1"): ("task", "bt9")})
    assert standing["bug"].target_id == "bt9"


def test_without_the_projects_module_its_records_are_left_out_without_an_error() -> None:
    """A module that is off is no failure: skipped, and what hangs on it waits."""
    made, sink = context(setting(modules=frozenset()))
    made.standing["project", "p1"] = there("project", "p1", "bp")
    assert plan_task(made, TASK).state == "skipped"
    assert sink.issues == []
    assert sink.counts == {("tasks", "skipped"): 1}
