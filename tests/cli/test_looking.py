"""Errors, records, money and status by the command line, on fake connectors."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from support.fakes import log, small_world
from tallystick.resources import default_rules

from cli.terminal import Terminal, assert_clear, ready


@pytest.fixture(scope="module")
def billed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terminal]:
    """Three entries, of which one is old, one is pending and one is on an invoice."""
    world = small_world()
    log(world, "e0", work_date=date(2026, 6, 30))
    log(world, "e9", approval="pending")
    terminal = ready(tmp_path_factory.mktemp("billed"), world)
    assert terminal("sync", "run", "--yes").exit in {0, 5}
    assert terminal("billing", "invoice", "--project", "Atlas rollout").exit == 0
    return terminal


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A client who may be a customer already, so that a project waits with all its work."""
    world = small_world()
    world.put(
        "accounts",
        "contact",
        "k1",
        name="Acme Ltd",
        email="else@acme.example",
        contact_type="customer",
        currency="EUR",
        phone="",
        status="active",
    )
    terminal = ready(tmp_path_factory.mktemp("troubled"), world)
    assert terminal("sync", "run", "--yes").exit == 5
    return terminal


def test_roots_are_listed_with_what_waits_and_what_to_do(troubled: Terminal) -> None:
    """R-218."""
    printed = troubled("errors", "list", "--roots")
    assert "1 cause holds 3 records" in printed.out
    assert "1 project, 1 task, 1 time entry wait (1 h 00 min)" in printed.out
    assert "fix" in printed.out


def test_roots_are_filtered_for_programs_too(troubled: Terminal) -> None:
    assert len(troubled.data("errors", "list", "--roots")) == 1
    assert troubled.data("errors", "list", "--roots", "--where", "code=NET-01") == []


def test_the_list_shows_the_columns_asked_for(troubled: Terminal) -> None:
    printed = troubled("errors", "list", "--columns", "code,waits", "--where", "kind=root")
    assert [line.split() for line in printed.out.splitlines()] == [
        ["code", "waits"],
        ["CON-01", "3"],
    ]


def test_the_summary_counts_by_module(troubled: Terminal) -> None:
    """R-217."""
    rows = {r["module"]: r for r in troubled.data("errors", "summary")}
    assert (rows["projects"]["roots"], rows["timesheets"]["cascades"]) == (1, 1)


def test_one_error_is_shown_with_its_cascade(troubled: Terminal) -> None:
    root = troubled.data("errors", "list", "--roots")[0]["id"]
    printed = troubled("errors", "show", f"E-{root}")
    assert "TS-01  time_entry:e1" in printed.out


def test_a_retry_tries_and_says_what_is_still_in_error(troubled: Terminal) -> None:
    printed = troubled("errors", "retry", "--all")
    assert printed.exit == 5
    assert "One sync tries everything again" in printed.err
    assert "0 errors gone, 4 left" in printed.out
    assert "stays  E-1  CON-01" in printed.out


def test_a_retry_of_one_error_accounts_for_it_in_the_envelope(troubled: Terminal) -> None:
    root = troubled.data("errors", "list", "--roots")[0]["id"]
    found = troubled.data("errors", "retry", f"E-{root}")
    assert (found["gone"], [e["id"] for e in found["stays"]]) == ([], [root])
    assert found["run"]["state"] == "degraded"


def test_an_answer_of_another_question_is_refused(troubled: Terminal) -> None:
    root = troubled.data("errors", "list", "--roots")[0]["id"]
    assert_clear(troubled("errors", "decide", f"E-{root}", "new"), "CFG-06", 2)


@pytest.mark.parametrize("words", [("show", "E-404"), ("show", "xyz"), ("retry", "E-404")])
def test_an_error_that_is_not_there(troubled: Terminal, words: tuple[str, ...]) -> None:
    assert_clear(troubled("errors", *words), "CFG-11", 2)


def test_a_retry_of_nothing_named_is_a_usage_error(troubled: Terminal) -> None:
    assert_clear(troubled("errors", "retry"), "CFG-06", 2)


def test_why_gives_the_reason_the_evidence_and_what_would_change_it(billed: Terminal) -> None:
    """R-223."""
    printed = billed("records", "why", "time_entry:e0")
    assert "counts as INVOICED (opening)" in printed.out
    assert "because The work date 2026-06-30 is before the cutoff 2026-07-01." in printed.out
    assert "would be unbilled if" in printed.out
    assert "rules/cutoff.yaml:" in printed.out


def test_records_are_listed_as_asked(billed: Terminal) -> None:
    found = billed.data(
        "records",
        "list",
        "time_entry",
        "--where",
        "connection_id=source",
        "--columns",
        "external_id,minutes",
        "--sort",
        "-external_id",
        "--limit",
        "2",
    )
    assert [r["external_id"] for r in found["rows"]] == ["e9", "e1"]
    assert found["total"] == 3


def test_both_sides_of_a_record_are_shown(billed: Terminal) -> None:
    view = billed.data("records", "show", "time_entry:e1")
    assert view["record"]["connection_id"] == "source"
    assert view["other"]["connection_id"] == "target"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("why", "time_entry:404"), "CFG-12"),
        (("why", "nothing"), "CFG-12"),
        (("show", "unicorn:1"), "CFG-12"),
        (("list", "unicorn"), "CFG-12"),
        (("list", "task", "--where", "name"), "CFG-06"),
        (("list", "task", "--where", "nme=x"), "CFG-12"),
        (("list", "task", "--sort", "nme"), "CFG-12"),
        (("list", "task", "--columns", "nme"), "CFG-12"),
    ],
)
def test_a_record_or_a_column_that_is_not_there(
    billed: Terminal, words: tuple[str, ...], code: str
) -> None:
    assert_clear(billed("records", *words), code, 2)


def test_a_preview_says_what_is_left_out_and_why(billed: Terminal) -> None:
    printed = billed("billing", "preview", "--project", "Atlas rollout")
    assert "TS-15" in printed.out
    assert "TS-04" in printed.out
    assert "INV-01" in printed.out


def test_the_same_work_again_is_refused_with_its_claim(billed: Terminal) -> None:
    """R-166."""
    printed = billed("billing", "invoice", "--project", "Atlas rollout", "--json")
    body = printed.envelope
    assert (printed.exit, body["exit"], body["ok"]) == (6, 6, False)
    assert body["errors"][0]["code"] == "INV-01"
    assert "INV-b" in body["errors"][0]["message"]
    assert body["errors"][0]["docs"] == "tallystick explain INV-01"
    assert body["errors"][0]["record"] == "time_entry:e1"


def test_a_refusal_by_a_rule_names_the_rule_and_its_line(billed: Terminal) -> None:
    printed = billed("billing", "invoice", "--project", "Atlas rollout", "--json")
    rule = printed.envelope["errors"][0]["rule"]
    assert (rule["id"], rule["file"]) == ("work-claimed", "rules/invoiced_once.yaml")
    line = (default_rules() / "invoiced_once.yaml").read_text().splitlines()[rule["line"] - 1]
    assert "id: work-claimed" in line
    told = billed("billing", "invoice", "--project", "Atlas rollout").err
    assert f"rule   work-claimed  rules/invoiced_once.yaml:{rule['line']}" in told


def test_a_refusal_without_a_rule_names_none(billed: Terminal) -> None:
    printed = billed("billing", "void", "INV-404", "--yes", "--json")
    assert printed.envelope["errors"][0]["rule"] is None


def test_an_invoice_names_one_project_or_all(billed: Terminal) -> None:
    assert_clear(billed("billing", "invoice"), "CFG-06", 2)
    both = billed("billing", "invoice", "--all", "--project", "Atlas rollout")
    assert_clear(both, "CFG-06", 2)


def test_a_project_that_is_not_there(billed: Terminal) -> None:
    printed = billed("billing", "preview", "--project", "Nowhere")
    assert printed.exit in {2, 6}
    assert "No project is called Nowhere" in printed.err
    assert "tallystick records list project" in printed.err


def test_the_ledger_is_proven(billed: Terminal) -> None:
    """I-01, R-224."""
    printed = billed("billing", "ledger", "--verify")
    assert printed.exit == 0
    assert "0 double" in printed.out
    assert "1 claim" in printed.out


def test_expenses_and_sweep_have_nothing_to_say(billed: Terminal) -> None:
    assert billed("billing", "expenses", "--project", "Atlas rollout").exit == 0
    assert billed("sync", "sweep").exit == 0


def test_voiding_needs_a_yes(billed: Terminal) -> None:
    printed = billed("billing", "void", "INV-b1")
    assert_clear(printed, "CFG-06", 2)
    assert "--yes" in printed.err


def test_status_fits_one_screen(billed: Terminal) -> None:
    printed = billed("status")
    assert printed.exit == 0
    assert "Active" in printed.out
    assert len(printed.out.splitlines()) <= 24


def test_doctor_checks_both_sides_and_the_rules(billed: Terminal) -> None:
    printed = billed("doctor")
    assert printed.exit == 0, printed.out
    assert "0 failures" in printed.out
    assert {x["level"] for x in billed.data("doctor", "--offline")} == {"ok"}


def test_doctor_repairs_and_lists_what_it_did(billed: Terminal) -> None:
    (billed.home / ".tallystick").chmod(0o755)
    printed = billed("doctor", "--fix", "--offline")
    assert (printed.exit, printed.out.count("fixed")) == (0, 1)
    assert "permissions of .tallystick: 755 -> 700" in printed.out
    assert "nothing to repair" in billed("doctor", "--fix", "--offline").out


@pytest.mark.parametrize("words", [("--prove", "--offline"), ("--customer", "1")])
def test_the_proof_goes_alone(billed: Terminal, words: tuple[str, ...]) -> None:
    assert_clear(billed("doctor", *words), "CFG-06", 2)


def test_nothing_can_be_proven_of_accounts_without_such_a_field(billed: Terminal) -> None:
    assert_clear(billed("doctor", "--prove"), "CFG-06", 2)


def test_doctor_fails_where_no_project_folder_is(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("doctor")
    assert printed.exit == 1
    assert "CFG-03" in printed.out
    assert "fix" in printed.out


def test_a_decision_and_a_rule_are_explained(billed: Terminal) -> None:
    found = billed.data("records", "why", "time_entry:e0")["decisions"]
    number = next(d["id"] for d in found if d["decision"] == "time_entry.status")
    assert "before the cutoff" in billed("explain", str(number)).out
    assert "rules/cutoff.yaml" in billed("explain", "before-cutoff").out
    assert_clear(billed("explain", "no-such-rule"), "CFG-14", 2)


def test_a_backup_and_an_upgrade_leave_the_store_as_it_is(billed: Terminal, tmp_path: Path) -> None:
    before = billed.data("billing", "ledger")["hash"]
    assert billed("db", "backup", "-o", str(tmp_path / "copy.db")).exit == 0
    assert (tmp_path / "copy.db").stat().st_size > 0
    assert billed("db", "upgrade").exit == 0
    assert billed.data("billing", "ledger")["hash"] == before
