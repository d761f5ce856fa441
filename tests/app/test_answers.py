"""Answers about single time entries are stored, remembered, and taken back (TS-09, TS-12)."""

import pytest
from app.asking import number
from app.synced import Place, run, state
from support.fakes import World, log, small_world
from tallystick.app import invoicing, sync
from tallystick.app.answers import decide
from tallystick.app.entry_answers import ASK, answer_key, entry_answers
from tallystick.app.integrations import record
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused, StalePlan


def answers(ws: Workspace) -> dict[str, str]:
    """What is remembered about entries."""
    return entry_answers(record(ws, None).answers)


@pytest.mark.parametrize(
    ("code", "entry", "answer"),
    [
        ("TS-09", "again", "new"),
        ("TS-09", "again", "same"),
        ("TS-12", "late", "reopen"),
        ("TS-12", "late", "accept"),
    ],
)
def test_an_answer_about_an_entry_is_remembered(
    asked: Workspace, code: str, entry: str, answer: str
) -> None:
    """R-119, R-126, R-127."""
    decide(asked, error_id=number(asked, code), answer=answer)
    assert answers(asked) == {entry: answer}
    told = asked.store.events.last("main", ["time_entry.decided"])
    assert told is not None
    assert (told["detail"]["entry"], told["detail"]["answer"]) == (entry, answer)


def test_an_answer_can_be_changed_and_taken_back(asked: Workspace) -> None:
    question = number(asked, "TS-09")
    for answer in ("new", "same"):
        decide(asked, error_id=question, answer=answer)
        assert answers(asked) == {"again": answer}
    decide(asked, error_id=question, answer="undo")
    assert answers(asked) == {"again": ASK}
    with pytest.raises(Refused, match="no answer"):
        decide(asked, error_id=question, answer="undo")


def test_answers_about_entries_and_contacts_do_not_meet(asked: Workspace) -> None:
    """A contact and an entry may have the same id."""
    question = number(asked, "TS-09")
    decide(asked, error_id=question, answer="new")
    assert record(asked, None).answers == {answer_key("again"): "new"}
    assert entry_answers({"again": "clone", answer_key("again"): "new"}) == {"again": "new"}


@pytest.mark.parametrize(("code", "answer"), [("TS-09", "skip"), ("TS-12", "new")])
def test_an_answer_of_another_question_is_refused(asked: Workspace, code: str, answer: str) -> None:
    with pytest.raises(ConfigError) as refused:
        decide(asked, error_id=number(asked, code), answer=answer)
    assert refused.value.code == "CFG-06"
    assert answers(asked) == {}


def test_an_error_that_asks_nothing_takes_no_answer(place: Place) -> None:
    world = small_world()
    with place.synced(world) as ws:
        log(world, "e2", approval="pending", minutes=20)
        run(ws)
        with pytest.raises(Refused) as refused:
            decide(ws, error_id=number(ws, "TS-04"), answer="new")
    assert refused.value.code == "TS-04"


def test_a_question_that_settled_by_itself_takes_no_answer(place: Place) -> None:
    world: World = small_world()
    with place.synced(world) as ws:
        invoicing.invoice(ws, project="p1")
        log(world, "again")
        run(ws)
        question = number(ws, "TS-09")
        log(world, "again", minutes=25)
        run(ws)
        with pytest.raises(Refused, match="settled"):
            decide(ws, error_id=question, answer="new")


def test_an_answer_stays_once_the_entry_is_on_an_invoice(asked: Workspace) -> None:
    """INV-01."""
    question = number(asked, "TS-09")
    decide(asked, error_id=question, answer="new")
    run(asked)
    assert invoicing.invoice(asked, project="p1").entries == 1
    assert state(asked, "again")[0] == "invoiced"
    for answer in ("undo", "same"):
        with pytest.raises(Refused) as refused:
            decide(asked, error_id=question, answer=answer)
        assert refused.value.code == "INV-01"
        assert answers(asked) == {"again": "new"}


def test_an_answer_makes_a_plan_that_waits_stale(asked: Workspace) -> None:
    """What was planned before the answer is not applied after it."""
    plan = sync.plan(asked)
    decide(asked, error_id=number(asked, "TS-09"), answer="new")
    with pytest.raises(StalePlan) as stale:
        sync.apply(asked, plan.digest)
    assert stale.value.exit_code == 7
