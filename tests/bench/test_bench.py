"""Every benchmark runs, at a small size and without the peer, and prints its JSON lines."""

import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pytest

ROOT = Path(__file__).parents[2]
FIELDS = {"name", "figure", "unit", "against", "ratio", "must", "holds", "note"}


@cache
def run(name: str, size: int) -> list[dict[str, Any]]:
    given = ["--only", name, "--json", "--no-peer", "--runs", "1", "--size", str(size)]
    done = subprocess.run(
        [sys.executable, "-m", "bench", *given],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return [orjson.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("first-sync", 300),
        ("sync-and-plan", 300),
        ("second-sync", 300),
        ("memory", 300),
        ("decisions", 1000),
        ("help", 1),
    ],
)
def test_a_benchmark_prints_one_line_of_json_for_each_figure(name: str, size: int) -> None:
    lines = run(name, size)
    assert lines
    for line in lines:
        assert set(line) == FIELDS
        assert line["name"].startswith(name)
        assert line["figure"] > 0


def test_a_figure_without_its_peer_neither_holds_nor_fails() -> None:
    line = run("first-sync", 300)[0]
    assert line["ratio"] is None
    assert line["holds"] is None
    assert "not run" in line["against"]


def test_a_second_sync_of_what_did_not_change_writes_no_row() -> None:
    line = run("second-sync", 300)[0]
    assert line["note"].startswith("0 rows written")
