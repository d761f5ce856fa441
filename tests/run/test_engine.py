"""Durable workflows: a dead process's is gone on with, a living one's is left alone."""

import os
import signal
import subprocess
import sys
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

from tallystick.run import Engine, ExecutorLock

KEY = "prepare:main:1"


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; its exit status, or minus the signal that ended it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pid = os.fork()
    if pid == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001 - the child must never go on as the test
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def note(folder: Path, name: str) -> str:
    """Write down that a step ran; its result."""
    with (folder / "log").open("a") as file:
        file.write(f"{name}\n")
    return name


def noted(folder: Path) -> list[str]:
    """The steps that ran, in order, of all processes."""
    path = folder / "log"
    return path.read_text().split() if path.exists() else []


def two_steps(engine: Engine, folder: Path, after_first: Callable[[], None]) -> str:
    """A body of two steps."""
    first = engine.step("one", lambda: note(folder, "one"))
    after_first()
    return first + engine.step("two", lambda: note(folder, "two"))


def engine(folder: Path) -> Engine:
    """The engine of this process."""
    return Engine("sqlite:///store.db", folder=folder / "engine")


def die() -> None:
    """As by a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


def killed_in_the_middle(folder: Path) -> None:
    """A process that dies between its two steps."""

    def work() -> None:
        here = engine(folder)
        here.run(KEY, lambda: two_steps(here, folder, die))

    assert in_child(work) == -signal.SIGKILL


def test_a_body_runs_to_its_end_and_gives_its_result(tmp_path: Path) -> None:
    """One code path: steps are recorded."""

    def work() -> None:
        with engine(tmp_path) as here:
            assert here.run(KEY, lambda: two_steps(here, tmp_path, lambda: None)) == "onetwo"

    assert in_child(work) == 0
    assert noted(tmp_path) == ["one", "two"]


def test_work_that_has_ended_is_not_done_again(tmp_path: Path) -> None:
    """The key names the work: it gives its recorded result."""

    def work() -> None:
        for _ in range(2):
            with engine(tmp_path) as here:
                assert here.run(KEY, lambda: two_steps(here, tmp_path, lambda: None)) == "onetwo"

    assert in_child(work) == 0
    assert noted(tmp_path) == ["one", "two"]


def test_a_workflow_that_a_dead_process_left_goes_on_behind_its_finished_steps(
    tmp_path: Path,
) -> None:
    """R-040, I-04: "one" is not repeated."""
    killed_in_the_middle(tmp_path)
    assert noted(tmp_path) == ["one"]

    def work() -> None:
        with engine(tmp_path) as here:
            assert here.run(KEY, lambda: two_steps(here, tmp_path, lambda: None)) == "onetwo"

    assert in_child(work) == 0
    assert noted(tmp_path) == ["one", "two"]


def test_other_work_of_a_dead_process_is_left_to_who_knows_its_body(tmp_path: Path) -> None:
    """Only workflows whose body this process has bound are recovered."""
    killed_in_the_middle(tmp_path)

    def work() -> None:
        with engine(tmp_path) as here:
            other = here.run("prepare:main:2", lambda: here.step("x", lambda: note(tmp_path, "x")))
            assert other == "x"
            assert here.reap() == []

    assert in_child(work) == 0
    assert noted(tmp_path) == ["one", "x"]


_OTHER = """
import sys
from pathlib import Path
from tallystick.run import Engine
from tallystick.run import engine as module

folder = Path(sys.argv[1])

def note(name):
    with (folder / "log").open("a") as file:
        file.write(name + "\\n")
    return name

with Engine("sqlite:///store.db", folder=folder / "engine") as there:
    there.run("prepare:main:3", lambda: there.step("y", lambda: note("y")))
    module._bodies["prepare:main:1"] = lambda: note("stolen")
    assert there.reap() == []
"""


def test_a_workflow_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    """R-030: its executor holds its lock."""

    def meanwhile() -> None:
        subprocess.run([sys.executable, "-c", _OTHER, str(tmp_path)], check=True)

    def work() -> None:
        with engine(tmp_path) as here:
            assert here.run(KEY, lambda: two_steps(here, tmp_path, meanwhile)) == "onetwo"

    assert in_child(work) == 0
    assert noted(tmp_path) == ["one", "y", "two"]


def test_an_error_of_a_body_comes_out_as_it_is(tmp_path: Path) -> None:
    """The caller closes the run by its kind."""

    def work() -> None:
        def body() -> str:
            raise LookupError("nothing there")

        with engine(tmp_path) as here:
            try:
                here.run(KEY, body)
            except LookupError as error:
                assert "nothing there" in str(error)  # noqa: PT017 - no pytest in the child
                return
        raise AssertionError("no error came out")

    assert in_child(work) == 0


def test_an_executor_is_alive_as_long_as_its_process(tmp_path: Path) -> None:
    """The system frees the lock at a death; the file of a dead one is removed."""
    mine = ExecutorLock(tmp_path)
    assert mine.alive(mine.executor_id)
    names: list[str] = []

    def work() -> None:
        other = ExecutorLock(tmp_path)
        (tmp_path / "name").write_text(other.executor_id)
        assert other.alive(mine.executor_id), "seen from another process"
        die()

    assert in_child(work) == -signal.SIGKILL
    dead = (tmp_path / "name").read_text()
    names.extend(mine.others())
    assert names == [dead]
    assert not mine.alive(dead)
    assert mine.others() == []
    assert not mine.alive("x-never-there")
    mine.release()


def test_an_executor_that_lets_go_counts_as_dead(tmp_path: Path) -> None:
    """A command that has ended is no obstacle."""
    one, two = ExecutorLock(tmp_path), ExecutorLock(tmp_path)
    assert one.executor_id != two.executor_id
    assert two.alive(one.executor_id)
    one.release()
    one.release()
    assert not two.alive(one.executor_id)
    two.release()


def test_an_engine_that_never_ran_anything_holds_its_lock_alone(tmp_path: Path) -> None:
    """Looking at a status starts no engine."""
    with engine(tmp_path) as here:
        assert here.alive(here.executor_id)
        assert not (tmp_path / "engine" / "runs.db").exists()
