"""Running simulators and measuring processes, each in a process of its own."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).parents[1]


def cache_folder() -> Path:
    """Where the peer and compiled modules are kept between runs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "tallystick-bench"


def environment() -> dict[str, str]:
    """The environment of every measuring process: compiled modules are kept, for all alike."""
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(cache_folder() / "compiled")}


@dataclass(frozen=True, slots=True)
class Options:
    """How large, how often, and against whom."""

    size: int
    runs: int
    peer: bool


@contextmanager
def simulators(size: int) -> Iterator[str]:
    """Both simulators with that many time logs; gives the line that they announce."""
    command = [sys.executable, "-m", "bench.serve", str(size)]
    serving = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdin is not None and serving.stdout is not None  # noqa: S101, PT018 - both are pipes
    try:
        announced = serving.stdout.readline()
        if not announced:
            raise RuntimeError("the simulators did not start")
        yield announced
    finally:
        serving.stdin.close()
        serving.stdout.close()
        serving.wait(timeout=30)


def measured(command: Sequence[str], announced: str) -> Any:
    """What a measuring process prints as its last line; it is told where the simulators are."""
    with tempfile.TemporaryDirectory(prefix="tallystick-bench-") as folder:
        given = [part.replace("FOLDER", folder) for part in command]
        done = subprocess.run(
            given,
            cwd=ROOT,
            env=environment(),
            input=announced,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{' '.join(given[:4])} failed:\n{done.stderr[-3000:]}")
    return orjson.loads(done.stdout.splitlines()[-1])


def ours(announced: str, steps: str) -> Any:
    """Figures of the product itself for some steps: read, plan, again."""
    return measured([sys.executable, "-m", "bench.ours", "FOLDER", steps], announced)


def bare(announced: str) -> Any:
    """A bare loop of requests, orjson and sqlite3 over the same pages."""
    return measured([sys.executable, "-m", "bench.bare", "FOLDER"], announced)
