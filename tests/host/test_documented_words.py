"""The example of the connector manual is a plugin that works."""

import importlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from cli.terminal import Terminal
from host.foreign import install
from tallystick import host as hosting
from tallystick.app import connectors
from tallystick.app.plugin_rules import plugin_sources
from tallystick.host import load
from tallystick.workbench import run_file

MANUAL = Path(__file__).parents[2] / "docs" / "connectors.md"
PACKAGE = "tallystick_acme"


def _block(language: str) -> str:
    """The last block of a language in the manual."""
    found = re.findall(rf"```{language}\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    return str(found[-1])


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EntryPoint]:
    """The documented plugin, installed."""
    rules = {"parcel_check.yaml": _block("yaml")}
    install(tmp_path, module=PACKAGE, text=_block("python"), entry="acme", rules=rules)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield EntryPoint("acme", PACKAGE, "tallystick")
    sys.modules.pop(PACKAGE, None)


def test_the_documented_plugin_is_taken_with_its_words_and_its_rules_pass(
    acme: EntryPoint,
) -> None:
    host = load([acme])
    (source,) = plugin_sources(host)
    assert host.problems == []
    results = run_file(source.name, source.text, host.types(), host.points())
    assert [r.passed for r in results] == [True, True, True], results


def test_a_plugin_without_a_connector_is_listed_with_what_it_brings(
    acme: EntryPoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(hosting, "load", lambda: load([acme]))
    (view,) = connectors.listing()
    assert (view.name, view.reads, view.writes, view.problems) == ("acme", (), (), ())
    assert view.brings == (
        "record type acme/parcel",
        "question acme.parcel_check",
        "value acme/parcel.heavy",
        "rule file acme/parcel_check.yaml",
    )
    printed = Terminal(tmp_path)("connector", "list")
    assert printed.out.startswith("acme  ")
    assert "question acme.parcel_check" in printed.out
    (row,) = Terminal(tmp_path).data("connector", "list")
    assert row["brings"] == list(view.brings)
