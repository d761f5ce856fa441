"""`demo` and `serve`: what they print and what they pass on, without simulators and sockets."""

import io
import json
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from tallystick.app import demo, serving
from tallystick.app.results import DemoStep, DemoView
from tallystick.cli.root import run

from cli.terminal import Terminal

STEPS = [
    DemoStep("connect", "ops@zylker.example", ok=True, seconds=0.1),
    DemoStep("sync", "6 projects", ok=True, seconds=0.2),
]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """A demo of two steps; what it was called with."""
    asked: list[dict[str, Any]] = []

    def tell(*, on_step: Callable[[DemoStep], None], **choices: Any) -> DemoView:
        asked.append(choices)
        for step in STEPS:
            on_step(step)
        return DemoView("31 claims, 0 double", Path("kept") if choices["keep"] else None)

    monkeypatch.setattr(demo, "run", tell)
    return asked


def test_the_demo_prints_numbered_lines_and_what_is_next(
    tmp_path: Path, told: list[dict[str, Any]]
) -> None:
    printed = Terminal(tmp_path)("demo", "--seed", "7")
    assert printed.exit == 0
    assert [line.split()[:2] for line in printed.out.splitlines()[:2]] == [
        ["1", "connect"],
        ["2", "sync"],
    ]
    assert "Next: tallystick" in printed.err
    assert told[0]["seed"] == 7


def test_the_demo_prints_each_line_as_it_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()

    def tell(*, on_step: Callable[[DemoStep], None], **_: Any) -> DemoView:
        on_step(STEPS[0])
        assert "ops@zylker.example" in out.getvalue()
        return DemoView("", None)

    monkeypatch.setattr(demo, "run", tell)
    with redirect_stdout(out):
        assert run(["--home", str(tmp_path), "demo"]) == 0


def test_the_demo_is_one_envelope_for_programs(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    body = Terminal(tmp_path)("demo", "--keep", "--json").envelope
    assert [s["name"] for s in body["data"]["steps"]] == ["connect", "sync"]
    assert body["data"]["proof"] == "31 claims, 0 double"
    assert body["data"]["home"] == "kept"
    assert told[0]["keep"] is True


def test_the_demo_streams_its_steps(tmp_path: Path, told: list[dict[str, Any]]) -> None:
    lines = [json.loads(x) for x in Terminal(tmp_path)("demo", "--jsonl").out.splitlines()]
    assert [x["name"] for x in lines if x.get("event") == "step"] == ["connect", "sync"]
    assert lines[-1]["ok"] is True
    assert len(told) == 1


def test_a_crash_point_that_is_not_there_is_refused(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("demo", "--crash", "W99")
    assert printed.exit == 2
    assert "W6.answered" in printed.err


def test_serve_is_told_folder_address_and_whether_it_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[Path, dict[str, Any]]] = []
    monkeypatch.setattr(serving, "serve", lambda home, **rest: asked.append((home, rest)))
    assert Terminal(tmp_path)("serve", "--port", "0", "--read-only").exit == 0
    assert asked == [(tmp_path, {"host": "127.0.0.1", "port": 0, "read_only": True})]


def test_a_served_page_that_is_interrupted_ends_with_one_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(home: Path, **_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "serve", stop)
    printed = Terminal(tmp_path)("serve")
    assert printed.exit == 130
    assert "Traceback" not in printed.err
    assert "CFG-30" in printed.err
