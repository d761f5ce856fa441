"""`given_world` runs a test on many histories, and tells and keeps the shortest that breaks it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from properties.mutants import CODE_DEFECTS
from tallystick.errors import ConfigError
from tallystick.proptest import Office, Trial, check_invariants, given_world
from tallystick.testing.steps import from_text
from tallystick.workbench.rulefiles import run

GUIDE = Path(__file__).parents[2] / "docs" / "testing-rules.md"
RULES = Path(__file__).parents[2] / "rules"


def billed(world: Office) -> None:
    """Says that nothing is ever billed, which is not so."""
    assert world.people.invoices() == []


def test_a_promise_that_holds_is_tried_on_as_many_histories_as_asked(tmp_path: Path) -> None:
    seen: list[int] = []

    @given_world(rules=RULES, max_steps=6, trial=Trial(examples=3, seed=1, save=tmp_path))
    def promise(world: Office, more: int) -> None:
        check_invariants(world, only=["one-line-in-force", "minutes-add-up"])
        seen.append(len(world.taken) + more)

    promise(more=0)
    assert len(seen) == 3
    assert max(seen) > 1
    assert list(tmp_path.iterdir()) == []


def test_a_failure_is_shrunk_told_in_steps_and_kept_and_tried_first(tmp_path: Path) -> None:
    trial = Trial(examples=30, seed=1, save=tmp_path)
    promise = given_world(faults=["stale token"], max_steps=9, trial=trial)(billed)
    with pytest.raises(AssertionError) as failed:
        promise()
    (file,) = tmp_path.iterdir()
    notes = "\n".join(failed.value.__notes__)
    assert re.search(r"^  1 bill", notes, re.MULTILINE)
    assert f"seed 1; saved as {file}" in notes
    kept = from_text(file.name, file.read_text(encoding="utf-8"))
    assert (kept.test, len(kept.steps)) == ("billed", 1)
    with pytest.raises(AssertionError) as again:
        given_world(trial=Trial(examples=0, seed=1, save=tmp_path))(billed)()
    assert "kept from an earlier run" in again.value.__notes__[0]


def test_an_invariant_that_breaks_is_replayed_by_rules_test(tmp_path: Path) -> None:
    planted, _ = CODE_DEFECTS["writing while the integration is off"]

    @given_world(faults=[], max_steps=12, trial=Trial(examples=60, seed=2, save=tmp_path))
    def promise(world: Office) -> None:
        check_invariants(world, only=["nothing-is-written-while-off"])

    with planted():
        with pytest.raises(AssertionError, match="nothing-is-written-while-off"):
            promise()
        (file,) = tmp_path.iterdir()
        kept = from_text(file.name, file.read_text(encoding="utf-8"))
        assert (kept.invariant, kept.decision) == (
            "nothing-is-written-while-off",
            "integration.enable",
        )
        assert len(kept.steps) <= 6
        assert [r.passed for r in run(None, [file])] == [False]
    assert [r.passed for r in run(None, [file])] == [True]


@pytest.mark.parametrize(
    ("decorate", "words"),
    [
        (lambda: given_world(faults=["earthquake"]), "no fault earthquake"),
        (lambda: given_world(rules="no-such-folder"), "no folder"),
    ],
)
def test_what_cannot_be_run_is_refused_when_it_is_written(
    decorate: Callable[[], object], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        decorate()


def test_an_invariant_that_nobody_wrote_is_not_held_by_silence(office: Office) -> None:
    with pytest.raises(ConfigError, match="no invariant one-line"):
        check_invariants(office, only=["one-line"])


def test_the_example_of_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (example,) = [block for block in blocks if "given_world" in block]
    (tmp_path / "rules").mkdir()
    for file in RULES.glob("*.yaml"):
        (tmp_path / "rules" / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    names: dict[str, Callable[[], None]] = {}
    exec(compile(example, str(GUIDE), "exec"), names)  # noqa: S102 - what the guide tells people to write
    (test,) = [n for n in names if n.startswith("test_")]
    names[test]()
    assert not (tmp_path / "tests").exists()
