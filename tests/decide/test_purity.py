"""Deciding does no input or output, whatever its imports may do."""

import socket
import sqlite3
from datetime import date
from pathlib import Path

import pytest
from decide.building import compiled, file, rule, thing
from tallystick.decide import RuleSource, load_rulebook
from tallystick.decide.points import POINTS
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.testing.purity import no_io


def test_loading_deciding_and_explaining_open_nothing() -> None:
    types = catalogue()
    sources = [
        RuleSource(f.name, f.read_text(encoding="utf-8"), "shipped")
        for f in sorted(default_rules().glob("*.yaml"))
        if f.name not in {"policies.yaml", "matching.yaml"}
    ]
    with no_io():
        book = load_rulebook(sources, types, POINTS)
        params = {"mode": "date", "cutoff": date(2026, 7, 1)}
        decide = book.decider("time_entry.status", params=params)
        for day in (date(2026, 6, 30), date(2026, 7, 1)):
            subject = {"time_entry": {"work_date": day, "state": None, "late": False}}
            decision = decide(subject)
            assert decide.explain(decision, subject).because
        book.close()


def test_the_engine_opens_nothing_on_a_new_key() -> None:
    with no_io(), compiled(file(rule("a", "[{thing.flag: true}]"))) as ready:
        for flag in (True, False, None):
            ready.decide(thing(flag=flag))


def test_the_watch_sees_a_file_a_database_and_a_socket(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="open"), no_io():
        (tmp_path / "a").write_text("x", encoding="utf-8")
    with pytest.raises(AssertionError, match=r"sqlite3\.connect"), no_io():
        sqlite3.connect(":memory:").close()
    with (
        socket.socket() as server,
        pytest.raises(AssertionError, match=r"socket\.bind"),
        no_io(),
    ):
        server.bind(("127.0.0.1", 0))


def test_the_watch_ends_with_its_block(tmp_path: Path) -> None:
    with no_io():
        pass
    (tmp_path / "a").write_text("x", encoding="utf-8")
