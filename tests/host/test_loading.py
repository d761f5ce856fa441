"""Plugins that fail are listed with what is wrong; everything else works."""

import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import Any

import pluggy
import pytest
from support.fake_connectors import FakeAccounts, FakePortal
from tallystick import hookspecs
from tallystick.errors import PluginError
from tallystick.hookspecs import hookimpl
from tallystick.host import Host, RuleFile, load
from tallystick.host.calling import Hung, bounded
from tallystick.model.connector import ReadSpec
from tallystick.model.event import Event
from tallystick.model.ports import Simulated

EVENT = Event(datetime(2026, 7, 1, tzinfo=UTC), "run.finished")


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    yield
    for name in [n for n in sys.modules if n.startswith("plugin_under_test")]:
        del sys.modules[name]


def plugin(name: str, **functions: Any) -> EntryPoint:
    """An entry point of a module that holds these marked functions."""
    module = ModuleType(f"plugin_under_test_{name}")
    for hook, function in functions.items():
        function.__name__ = hook
        setattr(module, hook, hookimpl(function))
    sys.modules[module.__name__] = module
    return EntryPoint(name, module.__name__, "tallystick")


def offering(name: str, *classes: Any) -> EntryPoint:
    """A plugin that offers these connectors."""
    return plugin(name, tallystick_connectors=lambda: list(classes))


def variant(**changes: Any) -> type:
    """The fake portal with some members replaced; None takes one away."""
    return type("Variant", (FakePortal,), {k: v for k, v in changes.items() if v is not None})


def test_a_plugin_that_cannot_be_imported_is_listed_and_the_others_work() -> None:
    missing = EntryPoint("gone", "no_such_module_anywhere", "tallystick")
    host = load([missing, offering("fine", FakePortal)])
    assert list(host.connectors) == ["fake_portal"]
    problem = host.problems[0]
    assert (problem.plugin, problem.code) == ("gone", "PLG-01")
    assert "ModuleNotFoundError" in problem.message
    assert problem.fix


def test_a_plugin_that_ends_the_program_when_it_is_imported_is_only_left_out(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plugin_under_test_exits.py").write_text("raise SystemExit(3)", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    leaving = EntryPoint("exits", "plugin_under_test_exits", "tallystick")
    host = load([leaving, offering("fine", FakePortal)])
    assert [p.plugin for p in host.problems] == ["exits"]
    assert list(host.connectors) == ["fake_portal"]


def _bare(self: Any) -> None:
    """A method without arguments."""


def _one(self: Any, first: Any) -> None:
    """A method of one argument."""


def _two(self: Any, first: Any, second: Any) -> None:
    """A method of two arguments."""


def _no_simulator(name: str) -> None:
    """The hook of a plugin that has none."""


def raising() -> Any:
    raise RuntimeError("broken inside")


def leaving() -> Any:
    raise SystemExit(1)


@pytest.mark.parametrize("function", [raising, leaving, lambda: None, lambda: [1], lambda: 7])
def test_a_plugin_whose_offer_fails_is_left_out(function: Any) -> None:
    host = load([plugin("bad", tallystick_connectors=function), offering("fine", FakePortal)])
    assert [p.plugin for p in host.problems] == ["bad"]
    assert list(host.connectors) == ["fake_portal"]


def test_a_hook_that_is_not_known_is_found() -> None:
    """check_pending: a misspelt hook would never be called."""
    host = load([plugin("typo", tallystick_connektors=leaving)])
    assert "tallystick_connektors" in host.problems[0].message


def test_an_argument_that_the_hook_does_not_have_is_found() -> None:
    def wrong(nonsense: str) -> None:
        del nonsense

    host = load([plugin("args", tallystick_event=wrong)])
    assert "nonsense" in host.problems[0].message
    host.emit(EVENT)


def test_a_function_named_like_a_hook_but_not_marked_is_found() -> None:
    entry = offering("forgot")
    module = sys.modules[entry.value]

    def tallystick_event(event: Event) -> None:
        del event

    module.tallystick_event = tallystick_event  # type: ignore[attr-defined]
    host = load([entry])
    assert "tallystick_event is not marked" in host.problems[0].message


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "name"),
        ({"title": 7}, "title"),
        ({"reads": ["contact"]}, "reads"),
        ({"reads": {"contact": "all"}}, "reads"),
        ({"reads": {"contact": ReadSpec("task")}}, "reads"),
        ({"writes": {"contact": ReadSpec("contact")}}, "writes"),
        ({"read": _bare}, "read"),
        ({"fetch": _two}, "fetch"),
        ({"find": _two}, "find"),
        ({"__init__": _one}, "__init__"),
        ({"check": 3}, "check"),
    ],
)
def test_a_class_that_does_not_keep_the_contract_is_named_with_what_is_wrong(
    changes: dict[str, Any], says: str
) -> None:
    host = load([offering("bad", variant(**changes))])
    assert host.connectors == {}
    assert says in host.problems[0].message


def test_a_class_that_lacks_methods_is_told_which() -> None:
    bare = type("Bare", (), {"name": "bare", "title": "Bare"})
    host = load([offering("bad", bare)])
    assert "find" in host.problems[0].message


def test_nothing_of_a_plugin_is_used_when_one_of_its_connectors_is_wrong() -> None:
    host = load([offering("half", FakePortal, variant(name=""))])
    assert host.connectors == {}


def test_a_connector_offered_by_two_plugins_stays_with_the_first() -> None:
    host = load([offering("one", FakePortal), offering("two", FakePortal)])
    assert [p.plugin for p in host.problems] == ["two"]
    assert "offered twice" in host.problems[0].message
    assert list(host.connectors) == ["fake_portal"]


def test_two_plugins_of_one_name_leave_the_first_in_place() -> None:
    heard: list[str] = []
    first = plugin("same", tallystick_event=lambda event: heard.append(event.kind))
    second = EntryPoint("same", offering("other", FakeAccounts).value, "tallystick")
    host = load([first, second])
    host.emit(EVENT)
    assert (heard, len(host.problems)) == (["run.finished"], 1)


@pytest.mark.parametrize("offered", [int, "text", type("Plain", (), {"type_name": "x"})])
def test_what_is_no_record_type_is_refused(offered: Any) -> None:
    host = load([plugin("types", tallystick_record_types=lambda: [offered])])
    assert host.record_types == []
    assert "record type" in host.problems[0].message


def test_a_broken_connector_is_named_with_its_own_problem() -> None:
    host = load([offering("fake_portal", variant(title=""))])
    with pytest.raises(PluginError) as broken:
        host.connector("fake_portal")
    assert broken.value.code == "PLG-01"


def test_a_plugin_that_fails_when_asked_for_rule_files_is_passed_over_and_listed_once() -> None:
    host = load(
        [
            plugin("bad", tallystick_rule_files=raising),
            plugin("fine", tallystick_rule_files=lambda: ["a file"]),
        ]
    )
    assert host.rule_files() == host.rule_files() == [RuleFile("fine", "a file")]
    assert [p.plugin for p in host.problems] == ["bad"]


def test_an_event_reaches_everyone_though_one_fails(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []

    def fails(event: Event) -> None:
        raise RuntimeError(event.kind)

    host = load(
        [
            plugin("first", tallystick_event=lambda event: heard.append(event.kind)),
            plugin("fails", tallystick_event=fails),
            plugin("without", tallystick_event=lambda: heard.append("no argument")),
        ]
    )
    host.emit(EVENT)
    assert sorted(heard) == ["no argument", "run.finished"]
    assert "fails failed on run.finished" in caplog.text


def test_a_plugin_that_hangs_is_left_behind() -> None:
    never = threading.Event()
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    host = Host(manager, hook_seconds=0.05)
    host.take(plugin("hangs", tallystick_connectors=lambda: never.wait() or []))
    host.take(offering("fine", FakePortal))
    never.set()
    assert "Hung" in host.problems[0].message
    assert list(host.connectors) == ["fake_portal"]


def test_a_call_gives_what_it_returns_or_raises() -> None:
    assert bounded(lambda: None, 5) is None
    with pytest.raises(ZeroDivisionError):
        bounded(lambda: 1 // 0, 5)
    with pytest.raises(Hung):
        bounded(threading.Event().wait, 0.01)


def test_a_simulator_is_made_by_the_plugin_that_has_one() -> None:
    made = Simulated(object(), lambda _url: {})
    host = load(
        [
            offering("portal", FakePortal),
            offering("accounts", FakeAccounts),
            plugin("none", tallystick_simulator=_no_simulator),
            plugin("one", tallystick_simulator=lambda name: made if "portal" in name else None),
        ]
    )
    assert host.simulator("fake_portal", seed=1, size="tiny") is made
    with pytest.raises(PluginError) as none:
        host.simulator("fake_accounts", seed=1, size="tiny")
    assert none.value.code == "PLG-05"
