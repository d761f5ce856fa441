"""Waiting for a change asks at intervals and reports files once they rest."""

from collections.abc import Callable
from pathlib import Path

from tallystick.workbench.watching import EVERY_SECONDS, changes


def stepping(*steps: Callable[[], object]) -> tuple[Callable[[float], None], list[float]]:
    """A wait that does one step each time and keeps how long it was asked to wait."""
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) <= len(steps):
            steps[len(waits) - 1]()
        assert len(waits) < 50

    return wait, waits


def test_a_change_is_reported_once_the_file_rests(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("1", encoding="utf-8")
    wait, waits = stepping(
        lambda: None,
        lambda: None,
        file.unlink,
        lambda: str(file.write_text("1, 2", encoding="utf-8")),
    )
    found = next(changes(lambda: tmp_path.glob("*.yaml"), wait))
    assert found == (file,)
    assert waits == [EVERY_SECONDS] * 5


def test_a_file_that_comes_and_one_that_goes_are_changes(tmp_path: Path) -> None:
    old, new = tmp_path / "a.yaml", tmp_path / "b.yaml"
    old.write_text("1", encoding="utf-8")
    wait, _ = stepping(new.touch, lambda: None, lambda: None, old.unlink)
    watching = changes(lambda: sorted(tmp_path.glob("*.yaml")), wait)
    assert next(watching) == (new,)
    assert next(watching) == (old,)


def test_a_change_between_the_call_and_the_first_question_is_not_missed(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    wait, waits = stepping()
    watching = changes(lambda: tmp_path.glob("*.yaml"), wait)
    file.write_text("1", encoding="utf-8")
    assert next(watching) == (file,)
    assert len(waits) == 2
