"""The base that every simulated service stands on."""

import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from tallystick.errors import ConfigError
from tallystick.simulator.adapter import SimulatorAdapter
from tallystick.simulator.app import Simulator, Switch
from tallystick.simulator.clock import VirtualClock
from tallystick.simulator.faults import Fault, FaultPlan, parse_fault
from tallystick.simulator.http import ConnectionDropped, Request, Response, json_response
from tallystick.simulator.router import Router
from tallystick.simulator.server import SimulatorServer, parse_target


class Counter(Simulator):
    """A service that counts its writes."""

    name = "counter"
    SWITCHES: Mapping[str, Switch] = {"step": Switch(1, "How much a write adds.")}

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.busiest = 0

    def dispatch(self, request: Request) -> Response:
        if request.path == "/broken":
            msg = "a bug"
            raise RuntimeError(msg)
        if request.method == "POST":
            self.count += int(self.switches["step"])
            self.effect_id = str(self.count)
        self.busiest = max(self.busiest, self.in_process)
        return json_response(200, {"count": self.count})

    def throttle_response(self, request: Request) -> Response:
        return json_response(429, {"error": request.path})

    def state(self) -> Any:
        return self.count

    def set_state(self, state: Any) -> None:
        self.count = state


def _post(simulator: Simulator) -> None:
    simulator.handle(Request("POST", "/count"))


def test_a_snapshot_may_be_taken_back_by_another_instance() -> None:
    first, second = Counter(), Counter()
    _post(first)
    second.restore(first.snapshot())
    assert second.count == 1


def test_a_restore_leaves_the_switches_that_others_hold(tmp_path: Path) -> None:
    simulator = Counter()
    held = simulator.switches
    kept = simulator.snapshot()
    simulator.switch(step=5)
    simulator.restore(kept)
    assert held["step"] == 1
    assert held is simulator.switches


def test_a_kept_state_is_on_the_disk_before_the_answer_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "state"
    simulator = Counter()
    simulator.keep_in(path)
    simulator.faults.add(Fault("drop_after"))
    with pytest.raises(ConnectionDropped):
        _post(simulator)
    again = Counter()
    again.keep_in(path)
    assert (again.count, again.requests) == (1, 1)
    assert [e.fault for e in again.journal] == ["drop_after"]


def test_a_reset_of_a_kept_state_leads_to_the_first_state(tmp_path: Path) -> None:
    for _ in range(2):
        simulator = Counter()
        simulator.keep_in(tmp_path / "state")
        _post(simulator)
    assert simulator.count == 2
    simulator.reset()
    assert simulator.count == 0
    last = Counter()
    last.keep_in(tmp_path / "state")
    assert (last.count, len(last.journal)) == (0, 0)


def test_an_unknown_switch_is_named_with_those_that_exist() -> None:
    with pytest.raises(ConfigError, match="step"):
        Counter().switch(odd=1)


def test_requests_of_many_threads_are_answered_one_at_a_time() -> None:
    simulator = Counter()

    def many() -> None:
        for _ in range(200):
            _post(simulator)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert simulator.count == simulator.requests == 800


def test_a_bug_of_a_service_is_answered_500_on_a_socket_and_raised_in_process() -> None:
    with SimulatorServer(Counter()) as server:
        answer = requests.get(f"{server.base_url}/broken", timeout=5)
    assert answer.status_code == 500
    assert "a bug" in answer.json()["message"]
    with pytest.raises(RuntimeError):
        Counter().handle(Request("GET", "/broken"))


def test_a_request_counts_as_in_process_until_its_answer_ends() -> None:
    simulator = Counter()
    with requests.Session() as session:
        session.mount("http://counter.test", SimulatorAdapter(simulator))
        session.get("http://counter.test/")
    assert (simulator.busiest, simulator.in_process) == (1, 0)


def test_an_unknown_control_read_or_command_is_404() -> None:
    simulator = Counter()
    for method in ("GET", "POST"):
        assert simulator.handle(Request(method, "/__sim/odd")).status == 404


def test_control_calls_are_neither_counted_nor_struck_nor_noted() -> None:
    simulator = Counter()
    simulator.faults.add(Fault("drop_before"))
    simulator.handle(Request("GET", "/__sim/clock"))
    assert (simulator.requests, len(simulator.journal)) == (0, 0)


@pytest.mark.parametrize(
    ("text", "kind", "number", "path"),
    [
        ("drop_after@3", "drop_after", 3, None),
        ("429@12", "throttle", 12, None),
        ("500:/invoices@2", "error_after", 2, "/invoices"),
        ("timeout:/a.b", "slow", None, r"/a\.b"),
        ("drop", "drop_after", None, None),
    ],
)
def test_a_fault_is_read_from_text(
    text: str, kind: str, number: int | None, path: str | None
) -> None:
    fault = parse_fault(text)
    assert (fault.kind, fault.request_number, fault.path_pattern) == (kind, number, path)


@pytest.mark.parametrize("text", ["", "odd", "drop@x", "@3"])
def test_text_that_is_no_fault_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_fault(text)


def test_a_fault_strikes_as_often_as_planned() -> None:
    plan = FaultPlan()
    plan.add(Fault("drop_after", method="POST", path_pattern="/x", times=2))
    struck = [plan.pick(n, "POST", "/x") is not None for n in range(4)]
    assert struck == [True, True, False, False]


def test_the_clock_moves_when_told_and_by_requests() -> None:
    clock = VirtualClock(datetime(2026, 7, 1, tzinfo=UTC))
    clock.tick()
    clock.advance(90)
    clock.tick_seconds = 0.5
    clock.tick()
    assert clock.now() == datetime(2026, 7, 1, 0, 1, 30, 500_000, tzinfo=UTC)


def test_a_fixed_path_wins_over_a_pattern_for_every_method() -> None:
    router = Router()
    router.add("GET", "/a/{x}", lambda _r, x: json_response(200, x))
    router.add("PUT", "/a/{x}", lambda _r, x: json_response(200, x))
    router.add("GET", "/a/fixed", lambda _r: json_response(200, "fixed"))
    assert router.find("PUT", "/a/fixed") is None
    assert router.knows("/a/fixed/")
    found = router.find("PUT", "/a/other/")
    assert found is not None
    assert found[1] == {"x": "other"}


def test_a_target_is_split_and_decoded_and_a_trailing_ampersand_is_nothing() -> None:
    path, query = parse_target("/a%20b/?x=1%2B2&y=&")
    assert (path, query) == ("/a b/", (("x", "1+2"), ("y", "")))
