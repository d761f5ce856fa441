"""The example of the connector manual is a plugin that works."""

import importlib
import re
import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from host.foreign import install
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
