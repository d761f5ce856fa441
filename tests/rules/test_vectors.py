"""Boundary vectors of cutoff, cascade, billing once, switching on and migration, by number."""

from typing import Any

import pytest
from rules.shipped import ask, bound_id

C, LEAP = "2026-04-01", "2028-02-29"


def status(cutoff: str | None, day: str, *, mode: str = "date", **entry: Any) -> tuple[str, Any]:
    decision = ask(
        "time_entry.status",
        params={"mode": mode, "cutoff": cutoff},
        time_entry={"work_date": day, **entry},
    )
    return decision.outcome, decision.code


@pytest.mark.parametrize(
    ("cutoff", "day", "outcome"),
    [
        pytest.param(C, "2026-03-31", "invoiced", id="V-CUT-01"),
        pytest.param(C, "2026-04-01", "unbilled", id="V-CUT-02"),
        pytest.param(C, "2026-04-02", "unbilled", id="V-CUT-03"),
        pytest.param(LEAP, "2028-02-28", "invoiced", id="V-CUT-05"),
        pytest.param(LEAP, "2028-02-29", "unbilled", id="V-CUT-06"),
        pytest.param("2027-01-01", "2026-12-31", "invoiced", id="V-CUT-07"),
        pytest.param("2026-12-31", "2026-06-01", "invoiced", id="V-CUT-15"),
    ],
)
def test_work_before_the_cutoff_counts_as_invoiced(cutoff: str, day: str, outcome: str) -> None:
    """R-121, R-122, R-129."""
    assert status(cutoff, day) == (outcome, None)


def test_v_cut_04_all_unbilled_takes_any_date() -> None:
    """R-123."""
    assert status(None, "1999-12-31", mode="all_unbilled") == ("unbilled", None)


def test_v_cut_08_a_reason_not_to_qualify_wins_over_the_cutoff() -> None:
    """R-124, R-101: a non-billable entry is left out before the cutoff is looked at."""
    decision = ask("record.fetch", record={"billable": False, "work_date": "2026-03-15"})
    assert (decision.outcome, decision.code) == ("skip", "TS-03")


def test_v_cut_09_a_pending_entry_is_held_and_counts_as_invoiced_once_approved() -> None:
    """R-124, R-102."""
    decision = ask("record.fetch", record={"approval": "pending", "work_date": "2026-03-15"})
    assert (decision.outcome, decision.code) == ("skip", "TS-04")
    assert ask("record.fetch", record={"work_date": "2026-03-15"}).outcome == "accept"
    assert status(C, "2026-03-15", state="held") == ("invoiced", None)


def test_v_cut_10_late_work_with_an_early_date_counts_as_invoiced_and_is_flagged() -> None:
    """R-125."""
    assert status(C, "2026-03-31", late=True) == ("invoiced", "TS-12")


def test_v_cut_11_unbilled_work_re_dated_before_the_cutoff_is_flagged() -> None:
    """R-126."""
    assert status(C, "2026-03-30", state="unbilled") == ("invoiced", "TS-12")


def test_v_cut_13_opening_work_re_dated_after_the_cutoff_stays_invoiced() -> None:
    """R-127."""
    assert status(C, "2026-04-02", state="opening_invoiced") == ("invoiced", "TS-12")


def test_v_cut_14_under_the_cutoff_it_was_judged_by_it_stays_unbilled() -> None:
    """R-128: the host asks with the cutoff of the first judgement, not with the moved one."""
    assert status(C, "2026-04-15", state="unbilled") == ("unbilled", None)
    assert status("2026-05-01", "2026-04-15", state="unbilled") == ("invoiced", "TS-12")


def test_v_cut_16_the_cutoff_does_not_apply_to_expenses() -> None:
    """R-130."""
    expense = {"date": "2026-03-15"}
    assert ask("invoice_line.add", line={"kind": "expense"}, expense=expense).outcome == "allow"


def test_an_unanswered_cutoff_question_holds_every_entry() -> None:
    """P-01: the mode must be answered."""
    assert status(None, "2026-04-15", mode="unanswered") == ("hold", "SETUP-07")


def waits(type_: str, *parents: dict[str, Any]) -> tuple[str, Any, Any]:
    decision = ask("record.push", record={"type": type_}, parents=list(parents))
    return decision.outcome, decision.code, bound_id(decision)


def parent(type_: str, state: str = "ok", code: str | None = None) -> dict[str, Any]:
    return {"id": f"{type_}-1", "type": type_, "name": "N", "state": state, "code": code}


def test_v_cas_01_everything_under_a_project_without_client_waits_for_it() -> None:
    """R-045, R-094, R-106."""
    fetch = ask("record.fetch", record={"type": "project", "module": "projects"} | NO_CLIENT)
    assert (fetch.outcome, fetch.code) == ("skip", "PRJ-01")
    project = parent("project", "error", "PRJ-01")
    for type_, code in (("task", "TSK-01"), ("bug", "BUG-01"), ("time_entry", "TS-01")):
        assert waits(type_, project) == ("hold", code, "project-1")


NO_CLIENT = {"primary_client": None}


@pytest.mark.parametrize(("general_on", "code"), [(True, None), (False, "TS-05")])
def test_v_cas_03_and_04_entries_of_a_failed_task_wait_and_general_ones_go_by_the_switch(
    general_on: bool, code: str | None
) -> None:
    """R-107, R-103."""
    failed = parent("task", "error", "TSK-02")
    assert waits("time_entry", parent("project"), failed) == ("hold", "TS-02", "task-1")
    switch = {"modules": ["projects", "timesheets"], "general_timesheets": general_on}
    decision = ask("record.fetch", record={"general": True}, integration=switch)
    assert decision.code == code
    assert (decision.outcome == "accept") is general_on


def test_v_cas_05_an_ambiguous_customer_holds_its_project_and_all_under_it() -> None:
    """R-052."""
    assert waits("project", parent("contact", "error", "CON-02")) == ("hold", "PRJ-03", "contact-1")
    assert waits("task", parent("project", "error", "PRJ-03"))[:2] == ("hold", "TSK-01")
    assert waits("time_entry", parent("project", "error", "PRJ-03"))[:2] == ("hold", "TS-01")


def test_v_cas_06_both_reasons_of_an_entry_are_found() -> None:
    """R-100: the parent's error and the approval are two decisions."""
    assert waits("time_entry", parent("project", "error", "PRJ-01"))[1] == "TS-01"
    assert ask("record.fetch", record={"approval": "pending"}).code == "TS-04"


def test_v_cas_07_entries_of_a_user_without_address_wait_and_others_go() -> None:
    """R-065."""
    user = ask("record.fetch", record={"type": "user", "email_state": "missing"})
    assert (user.outcome, user.code) == ("skip", "USR-01")
    held = waits("time_entry", parent("project"), parent("user", "error", "USR-01"))
    assert held == ("hold", "TS-11", "user-1")
    assert waits("time_entry", parent("project"), parent("user"))[0] == "push"


def claim(kind: str, state: str, system: str = "zoho_books") -> dict[str, Any]:
    return {"kind": kind, "status": state, "invoice": "INV-9", "system": system}


def line(kind: str, *claims: dict[str, Any], **more: Any) -> tuple[str, str | None]:
    decision = ask("invoice_line.add", line={"kind": kind}, claims=list(claims), **more)
    return decision.outcome, decision.code


@pytest.mark.parametrize("system", ["zoho_books", "zoho_projects"])
def test_v_once_08_work_invoiced_in_one_system_is_refused_in_the_other(system: str) -> None:
    """R-166, R-167, R-168."""
    for kind in ("task", "time_entry"):
        assert line(kind, claim(kind, "invoiced", system)) == ("refuse", "INV-01")


@pytest.mark.parametrize("state", ["claimed", "in_doubt"])
@pytest.mark.parametrize("kind", ["task", "time_entry", "expense"])
def test_v_once_01_and_06_what_is_claimed_or_in_doubt_is_not_offered(kind: str, state: str) -> None:
    """R-169, R-172."""
    assert line(kind, claim(kind, state)) == ("refuse", "INV-02")


def test_v_once_09_time_on_a_completed_and_invoiced_task_waits_until_it_is_reopened() -> None:
    """R-168, P-16."""
    billed = claim("task", "invoiced")
    done, open_ = {"name": "T", "completed": True}, {"name": "T", "completed": False}
    assert line("time_entry", billed, task=done) == ("refuse", "TSK-03")
    assert line("time_entry", billed, task=open_) == ("allow", None)


def test_v_once_10_work_of_a_deleted_invoice_may_be_billed_again() -> None:
    """R-178."""
    assert line("time_entry", claim("time_entry", "released")) == ("allow", None)


def test_v_once_16_a_look_alike_of_invoiced_work_is_held() -> None:
    """R-119, P-19."""
    held = ask("record.fetch", record={"lookalike": True})
    assert (held.outcome, held.code) == ("skip", "TS-09")
    assert ask("record.fetch", record={"lookalike": False}).outcome == "accept"


@pytest.mark.parametrize(
    ("expense", "code"),
    [
        ({}, None),
        ({"same_customer": False}, "EXP-01"),
        ({"same_project": False}, "EXP-01"),
        ({"origin": "books"}, "EXP-02"),
    ],
)
def test_v_xpn_01_only_expenses_of_this_project_and_customer_are_taken(
    expense: dict[str, Any], code: str | None
) -> None:
    """R-187, R-188."""
    assert line("expense", expense=expense)[1] == code


def test_v_xpn_03_an_expense_on_a_draft_invoice_is_refused() -> None:
    """R-190."""
    assert line("expense", claim("expense", "invoiced")) == ("refuse", "EXP-03")


@pytest.mark.parametrize(
    ("portal", "name", "outcome", "code"),
    [
        ("501", "Studio", "allow", None),
        ("502", "Studio", "refuse", "INT-01"),
        ("501", "Studio renamed", "allow", None),
    ],
)
def test_v_life_01_only_the_former_portal_can_be_switched_on_again(
    portal: str, name: str, outcome: str, code: str | None
) -> None:
    """R-200, R-201, R-202."""
    decision = ask(
        "integration.enable",
        request={"portal": portal, "portal_name": name},
        previous={"portal": "501", "portal_name": "Studio"},
    )
    assert (decision.outcome, decision.code) == (outcome, code)


def test_v_mgr_02_seven_of_ten_transactions_move_and_three_are_listed() -> None:
    """R-209, R-210."""
    customers = ["K1"] * 7 + ["K2", "K3", None]
    found = [
        ask(
            "integration.migrate",
            transaction={"number": f"INV-{n}", "customer": of},
            project={"name": "Atlas", "primary_client": "K1"},
        )
        for n, of in enumerate(customers)
    ]
    assert [d.outcome for d in found] == ["migrate"] * 7 + ["leave"] * 3
    assert [d.code for d in found[7:]] == ["MIG-01"] * 3
