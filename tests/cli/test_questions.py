"""Questions about contacts by the command line: every candidate is named, wrong words are told."""

from pathlib import Path

import pytest
from support.fakes import World, small_world

from cli.terminal import Terminal, assert_clear, ready


def doubted() -> World:
    """A client who shares its name with one customer, its e-mail address with another."""
    world = small_world()
    known = {"contact_type": "customer", "currency": "EUR", "phone": "", "status": "active"}
    world.put("accounts", "contact", "k1", name="Acme Ltd", email="one@acme.example", **known)
    world.put("accounts", "contact", "k2", name="Acme Holding", email="pay@acme.example", **known)
    return world


@pytest.fixture
def asked(tmp_path: Path) -> Terminal:
    """A folder that was synced once, with one question about a contact."""
    terminal = ready(tmp_path / "home", doubted())
    assert terminal("sync", "run", "--yes").exit == 5
    return terminal


def cause(terminal: Terminal) -> str:
    """The number of the only cause."""
    (found,) = terminal.data("errors", "list", "--roots")
    return f"E-{found['id']}"


@pytest.mark.parametrize("words", [("list", "--roots"), ("show", "E-1")])
def test_every_candidate_is_named(asked: Terminal, words: tuple[str, ...]) -> None:
    """CON-01."""
    assert cause(asked) == "E-1"
    printed = asked("errors", *words).out
    assert "k1  Acme Ltd  one@acme.example  (same name)" in printed
    assert "k2  Acme Holding  pay@acme.example  (same e-mail)" in printed


@pytest.mark.parametrize("words", [("skip",), ("overwrite", "--with", "123"), ("banana",)])
def test_an_answer_that_cannot_be_taken_names_the_customers(
    asked: Terminal, words: tuple[str, ...]
) -> None:
    printed = asked("errors", "decide", cause(asked), *words)
    assert printed.exit != 0
    assert "k1 (Acme Ltd, one@acme.example), k2 (Acme Holding" in printed.err


def test_only_the_answers_that_fit_are_offered(asked: Terminal) -> None:
    printed = asked("errors", "decide", cause(asked), "banana")
    assert_clear(printed, "CFG-06", 2)
    assert "Answer clone, or skip or overwrite with --with ID" in printed.err
    assert "reopen" not in printed.err


def test_trying_again_without_a_name_names_what_is_open(asked: Terminal) -> None:
    printed = asked("errors", "retry")
    assert_clear(printed, "CFG-06", 2)
    assert f"{cause(asked)} (CON-0" in printed.err


def test_why_shows_the_answer_who_gave_it_and_when(asked: Terminal) -> None:
    assert "answered:" not in asked("records", "why", "contact:c1").out
    answer = ("errors", "decide", cause(asked), "skip", "--with", "k2", "--user", "mara")
    assert asked(*answer).exit == 0
    printed = asked("records", "why", "contact:c1").out
    (line,) = [x for x in printed.splitlines() if x.startswith("answered:")]
    assert line.startswith("answered: skip, with k2, by mara, 20")
