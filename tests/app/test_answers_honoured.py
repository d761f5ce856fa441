"""Answers about single entries are what the next sync goes by (R-119, R-126, R-127)."""

from app.asking import number
from app.synced import codes, open_errors, run, state
from tallystick.app import invoicing
from tallystick.app.answers import decide
from tallystick.app.workspace import Workspace


def answer(ws: Workspace, code: str, words: str) -> int:
    """Answer the open question of that code, and sync; returns its number."""
    question = number(ws, code)
    decide(ws, error_id=question, answer=words)
    run(ws)
    return question


def test_a_look_alike_that_is_new_work_is_billed(asked: Workspace) -> None:
    answer(asked, "TS-09", "new")
    assert state(asked, "again") == ("unbilled", ())
    run(asked)
    assert state(asked, "again") == ("unbilled", ())
    assert invoicing.invoice(asked, project="p1").entries == 1


def test_a_look_alike_that_is_the_same_work_stays_out_and_asks_no_more(asked: Workspace) -> None:
    answer(asked, "TS-09", "same")
    assert state(asked, "again") == ("held", ("TS-09",))
    assert "TS-09" not in codes(asked)


def test_an_answer_that_is_taken_back_is_asked_for_again(asked: Workspace) -> None:
    for words in ("new", "same"):
        question = answer(asked, "TS-09", words)
        decide(asked, error_id=question, answer="undo")
        run(asked)
        assert state(asked, "again") == ("held", ("TS-09",))
        assert codes(asked)["TS-09"] == 1


def test_late_work_is_reopened_by_name(asked: Workspace) -> None:
    question = answer(asked, "TS-12", "reopen")
    assert state(asked, "late") == ("unbilled", ())
    assert invoicing.invoice(asked, project="p1", plan_only=True).entries == 1
    decide(asked, error_id=question, answer="undo")
    run(asked)
    assert state(asked, "late") == ("opening_invoiced", ("TS-12",))


def test_late_work_that_is_accepted_warns_no_more(asked: Workspace) -> None:
    answer(asked, "TS-12", "accept")
    assert state(asked, "late")[0] == "opening_invoiced"
    assert "TS-12" not in {e.code for e in open_errors(asked)}
