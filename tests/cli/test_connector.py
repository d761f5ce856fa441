"""Connectors and simulators by the command line; nothing here needs an installed plugin."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tallystick import hookspecs
from tallystick import host as hosting
from tallystick.hookspecs import PROJECT
from tallystick.host.loading import Host

from cli.terminal import Terminal, assert_clear

PLUGIN = """
from tallystick.simulator.app import Simulator
from tallystick.simulator.http import json_response

class Sim(Simulator):
    name = "echo"
    number = 0

    def dispatch(self, request):
        self.number += request.method == "POST"
        return json_response(200, {"number": self.number})

    def throttle_response(self, request):
        return json_response(429, {})

    def state(self):
        return self.number

    def set_state(self, state):
        self.number = state
"""


def test_without_a_connector_one_line_says_how_to_install_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pluggy  # noqa: PLC0415 - only this test has no plugins

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    monkeypatch.setattr(hosting, "load", lambda: Host(manager))
    printed = Terminal(tmp_path)("connector", "list")
    assert printed.exit == 0
    assert len(printed.out.splitlines()) == 1
    assert "pip install" in printed.out
    assert Terminal(tmp_path).data("connector", "list") == []


def test_a_simulator_of_no_connector_is_refused(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("connector", "simulate", "tickbird")
    assert_clear(printed, "PLG-02", 1)
    assert "install" in printed.err


def test_a_connector_that_is_configured_but_missing_is_listed(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path / "home")
    assert terminal("init", "--connector", "tickbird", "--connector", "ledgerly").exit == 0
    rows = {r["name"]: r for r in terminal.data("connector", "list")}
    assert "PLG-02" in rows["tickbird"]["problems"][0]


class Served:
    """`connector simulate` in a process of its own, with one plugin that is not installed."""

    def __init__(self, *words: str) -> None:
        code = (
            f"{PLUGIN}\nfrom tallystick import host as hosting\n"
            "class Fake:\n"
            "    def simulator(self, name, *, seed, size):\n"
            "        def describe(base):\n"
            "            return {'base_url': base, 'seed': seed, 'client_id': 'sim'}\n"
            "        return type('Made', (), {'simulator': Sim(seed=seed), "
            "'describe': staticmethod(describe)})()\n"
            "hosting.load = Fake\n"
            "from tallystick.cli import main\n"
            f"main(['connector', 'simulate', 'echo', *{list(words)!r}])\n"
        )
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "NO_COLOR": "1"},
        )
        assert self.process.stdout is not None
        self.first = self.process.stdout.readline()

    @property
    def facts(self) -> dict[str, Any]:
        """What it announced."""
        found: dict[str, Any] = json.loads(self.first)
        return found

    def post(self) -> int:
        """Change its state; returns the number it is at."""
        request = urllib.request.Request(f"{self.facts['base_url']}/x", method="POST")  # noqa: S310
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the loopback
            return int(json.loads(answer.read())["number"])

    def stop(self, number: int) -> tuple[int, str]:
        """Send a signal; returns exit code and stderr."""
        self.process.send_signal(number)
        _, err = self.process.communicate(timeout=20)
        return self.process.returncode, err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_simulator_announces_itself_in_one_line_and_ends_cleanly(number: int) -> None:
    served = Served("--seed", "7")
    assert served.facts["seed"] == 7
    assert served.facts["base_url"].startswith("http://127.0.0.1:")
    assert served.post() == 1
    code, err = served.stop(number)
    assert code in {0, 130}
    assert "Traceback" not in err


def test_a_simulator_keeps_its_state_in_a_file_across_restarts(tmp_path: Path) -> None:
    file = str(tmp_path / "echo.state")
    first = Served("--state", file)
    assert first.post() == 1
    first.stop(signal.SIGTERM)
    second = Served("--state", file)
    assert second.post() == 2
    second.stop(signal.SIGTERM)


def test_a_damaged_state_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "echo.state"
    file.write_bytes(b"no state")
    served = Served("--state", str(file))
    _, err = served.process.communicate(timeout=20)
    assert served.first == ""
    assert "CFG-10" in err
    assert "Traceback" not in err


def test_a_port_that_is_taken_is_refused() -> None:
    first = Served()
    port = first.facts["base_url"].rpartition(":")[2]
    second = Served("--port", port)
    _, err = second.process.communicate(timeout=20)
    first.stop(signal.SIGTERM)
    assert second.process.returncode == 2
    assert f"Port {port}" in err
