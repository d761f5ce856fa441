"""An answer that was given stands on its error until a sync has carried it out (R-075…R-079)."""

from collections.abc import Iterator

import pytest
from app.asking import number
from app.synced import Place, codes, run
from support.fakes import World, small_world
from tallystick.app import answers, errors, status
from tallystick.app.workspace import Workspace
from tallystick.errors import Refused


def doubted() -> World:
    """A client who may be either of two customers."""
    world = small_world()
    for id, email in (("k1", "one@acme.example"), ("k2", "two@acme.example")):
        world.put(
            "accounts",
            "contact",
            id,
            name="Acme Ltd",
            email=email,
            contact_type="customer",
            currency="EUR",
            phone="",
            status="active",
        )
    return world


@pytest.fixture
def doubt(place: Place) -> Iterator[Workspace]:
    """Synced, with one question about a contact."""
    with place.synced(doubted()) as ws:
        yield ws


def only(ws: Workspace) -> int:
    """The one cause there is."""
    (cause,) = errors.listing(ws, roots=True)
    assert cause.code in {"CON-01", "CON-02"}
    return cause.id


@pytest.mark.parametrize(
    ("answer", "customer", "words"),
    [
        ("clone", None, "Answered: clone (make a new customer); the next sync carries it out."),
        ("skip", "k2", "Answered: skip (it is the customer k2); the next sync carries it out."),
        ("overwrite", "k1", "Answered: overwrite (it is the customer k1, and its values are"),
    ],
)
def test_an_open_question_tells_its_answer_and_how_to_change_it(
    doubt: Workspace, answer: str, customer: str | None, words: str
) -> None:
    cause = only(doubt)
    before = errors.show(doubt, cause)
    assert (before.answer, before.answered) == (None, None)
    assert before.command is not None
    assert before.command.startswith(f"tallystick errors decide E-{cause} skip --with ID")
    answers.decide(doubt, error_id=cause, answer=answer, with_id=customer)
    for seen in (errors.show(doubt, cause), *errors.listing(doubt, roots=True)):
        assert seen.answer == answer
        assert str(seen.answered).startswith(words)
        assert f"errors decide E-{cause} " in str(seen.command)
    assert status.status(doubt).next_step == "tallystick sync run"


def test_the_last_answer_is_the_one_that_is_carried_out(doubt: Workspace) -> None:
    cause = only(doubt)
    answers.decide(doubt, error_id=cause, answer="skip", with_id="k1")
    answers.decide(doubt, error_id=cause, answer="skip", with_id="k2")
    run(doubt)
    links = doubt.store.links.by_source(doubt.integration(None).source, "contact")
    assert links == {"c1": ("contact", "k2")}
    assert codes(doubt) == {}


def test_a_customer_of_its_own_is_made_after_another_was_named_first(doubt: Workspace) -> None:
    cause = only(doubt)
    answers.decide(doubt, error_id=cause, answer="skip", with_id="k1")
    answers.decide(doubt, error_id=cause, answer="clone")
    run(doubt)
    links = doubt.store.links.by_source(doubt.integration(None).source, "contact")
    assert links["c1"][1] not in {"k1", "k2"}


def test_a_settled_question_about_a_contact_takes_no_answer(doubt: Workspace) -> None:
    cause = only(doubt)
    answers.decide(doubt, error_id=cause, answer="skip", with_id="k1")
    run(doubt)
    seen = errors.show(doubt, cause)
    assert (seen.answered, seen.command) == (None, None)
    with pytest.raises(Refused, match="settled"):
        answers.decide(doubt, error_id=cause, answer="clone")


def test_an_entrys_answer_stands_until_it_is_taken_back(asked: Workspace) -> None:
    """R-119, R-126."""
    alike = number(asked, "TS-09")
    answers.decide(asked, error_id=alike, answer="same")
    seen = errors.show(asked, alike)
    assert seen.answered == ("Answered: same (it is the same work); the next sync carries it out.")
    assert seen.command == f"tallystick errors decide E-{alike} new   (or undo)"
    run(asked)
    assert errors.show(asked, alike).answered == "Answered: same (it is the same work)."
    answers.decide(asked, error_id=alike, answer="undo")
    assert errors.show(asked, alike).answered is None
