"""Before a rule file decides, both matchers are tried on what it can be asked."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rules.shipped import BOOK, PACKS
from support.fakes import World
from support.projects import fake_host
from tallystick.app import rule_proofs
from tallystick.app.rulebook import Rules
from tallystick.decide import Pack, Rulebook
from tallystick.decide.compiled import Compiled
from tallystick.decide.diagram import cells
from tallystick.decide.engine import Engine, EngineFailed
from tallystick.decide.selfcheck import VECTORS_MAX, asked, disagreement
from tallystick.errors import RuleFileError

PUSH = """\
tallystick: rules/1
decision: record.push
rules:
  - {id: all, when: [{record.type: task}], then: push, because: It may go.}
otherwise: hold
"""


@pytest.fixture
def nothing_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process."""
    monkeypatch.setattr(rule_proofs, "_here", set())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A project folder without rules of its own."""
    (tmp_path / "rules").mkdir()
    (tmp_path / ".tallystick").mkdir()
    return tmp_path


def rules(home: Path) -> Rules:
    return Rules(home, fake_host(World()))


def load_and_close(home: Path) -> None:
    """Takes the rules of a folder once, as a process does."""
    loaded = rules(home)
    loaded.book()
    loaded.close()


def wrong(self: Engine, truths: Sequence[bool]) -> frozenset[int]:
    """An engine that finds the first rule whatever it is asked."""
    del self, truths
    return frozenset({0})


def failing(self: Engine, truths: Sequence[bool]) -> frozenset[int]:
    """An engine that answers nothing."""
    del self, truths
    raise EngineFailed("no")


@pytest.mark.parametrize("pack", PACKS, ids=lambda p: p.decision)
def test_engine_and_reference_agree_on_all_that_a_shipped_file_can_be_asked(pack: Pack) -> None:
    assert disagreement(BOOK.ready(pack)) is None


def test_every_vector_of_a_small_file_is_tried() -> None:
    pack = BOOK.packs["record.push"]
    vectors = cells(pack).vectors(absent=True)
    assert len(list(asked(pack))) == vectors < VECTORS_MAX


def test_of_a_large_file_every_answer_is_tried() -> None:
    pack = BOOK.packs["record.fetch"]
    assert cells(pack).vectors(absent=True) > VECTORS_MAX
    compiled = BOOK.ready(pack)
    deciding = {compiled.decide(whole).by for whole in asked(pack)}
    assert deciding == {*(r.id for r in pack.rules), "otherwise", "unknown"}


@pytest.mark.parametrize("engine", [wrong, failing])
def test_an_engine_that_differs_or_fails_is_found_with_a_record(
    monkeypatch: pytest.MonkeyPatch, engine: object
) -> None:
    compiled = Compiled(BOOK.packs["record.push"])
    monkeypatch.setattr(Engine, "matching", engine)
    found = disagreement(compiled)
    monkeypatch.undo()
    compiled.close()
    assert found is not None
    assert "parents" in found or "record" in found


@pytest.mark.usefixtures("nothing_tried")
def test_a_file_on_which_the_matchers_differ_decides_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Engine, "matching", wrong)
    with pytest.raises(RuleFileError) as caught:
        rules(home).book()
    assert caught.value.code == "RUL-21"
    assert caught.value.where is not None
    assert not (home / ".tallystick" / "proved.json").exists()


@pytest.mark.usefixtures("nothing_tried")
def test_an_edit_on_which_the_matchers_differ_leaves_the_former_rules_in_force(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = rules(home)
    former = loaded.book().hash
    (home / "rules" / "push.yaml").write_text(PUSH, encoding="utf-8")
    monkeypatch.setattr(Engine, "matching", failing)
    assert loaded.book().hash == former
    assert loaded.state().code == "RUL-21"
    loaded.close()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The decisions of the files that are tried, each time they are."""
    found: list[str] = []

    def prove(book: Rulebook, pack: Pack) -> None:
        del book
        found.append(pack.decision)

    monkeypatch.setattr(rule_proofs, "_prove", prove)
    return found


@pytest.mark.usefixtures("nothing_tried")
def test_a_file_is_tried_once_and_the_next_process_knows_it(
    home: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_and_close(home)
    assert sorted(counted) == sorted(p.decision for p in PACKS)
    kept = json.loads((home / ".tallystick" / "proved.json").read_text(encoding="utf-8"))
    assert len(kept) == len(PACKS)
    monkeypatch.setattr(rule_proofs, "_here", set())
    load_and_close(home)
    assert len(counted) == len(PACKS)


@pytest.mark.usefixtures("nothing_tried")
def test_another_version_of_the_engine_is_tried_anew(
    home: Path, counted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_and_close(home)
    monkeypatch.setattr(rule_proofs, "_here", set())
    monkeypatch.setattr(rule_proofs, "version", lambda _: "9.9.9")
    load_and_close(home)
    assert len(counted) == 2 * len(PACKS)


@pytest.mark.usefixtures("nothing_tried")
@pytest.mark.parametrize("text", ["", "{", "[1, null]", '{"a": 1}'])
def test_a_list_of_tried_files_that_is_broken_costs_only_time(
    home: Path, counted: list[str], text: str
) -> None:
    (home / ".tallystick" / "proved.json").write_text(text, encoding="utf-8")
    load_and_close(home)
    assert len(counted) == len(PACKS)
