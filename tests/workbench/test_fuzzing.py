"""A mistake in a rule file is found, kept as a file, replayed, and passes once it is corrected."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cli.terminal import Terminal
from properties.mutants import RULE_DEFECTS
from tallystick.errors import ConfigError
from tallystick.model.decision import Decision
from tallystick.proptest import Office, Step, invariants, replay
from tallystick.testing.steps import Found, from_text, to_text
from tallystick.workbench.fuzzing import fuzz
from tallystick.workbench.rulefiles import run

pytest_plugins = ("pytester",)
CUTOFF = RULE_DEFECTS[0]


def test_a_counterexample_fails_on_the_wrong_file_and_passes_on_the_right_one(
    tmp_path: Path,
) -> None:
    wrong, kept = CUTOFF.planted(tmp_path), tmp_path / "kept"
    report = fuzz(None, [wrong], seconds=60, examples=0, seed=1, folder=kept)
    assert [Path(f).parent for f in report.saved] == [kept]
    (name,) = [Path(f).stem for f in report.saved]
    failed = run(None, [kept, wrong], pattern="found[")
    assert [r.name for r in failed] == [f"found[{name}]"]
    assert [r.passed for r in failed if r.name.startswith("found[")] == [False]
    assert [r.passed for r in run(None, [kept])] == [True]


def test_a_history_that_is_kept_is_the_same_history_when_read_again() -> None:
    steps = (Step("log", {"day": "2026-07-01", "minutes": 30}), Step("sync", {}, "duplicate page"))
    found = Found("minutes-add-up", "a.yaml", "invoice_line.add", "why", steps, seed=3)
    again = from_text("a.yaml", to_text(found))
    assert again.steps == steps
    assert (again.name, again.seed, again.decision) == (found.name, 3, "invoice_line.add")


def test_an_invariant_that_does_not_exist_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no invariant one-line"):
        fuzz(None, [CUTOFF.planted(tmp_path)], invariant="one-line", folder=tmp_path)


def test_the_command_says_what_it_found_and_where_it_is_kept(tmp_path: Path) -> None:
    words = ("--for", "60", "--examples", "0", "--seed", "1", "--save", str(tmp_path / "kept"))
    terminal = Terminal(tmp_path)
    printed = terminal("rules", "fuzz", str(CUTOFF.planted(tmp_path)), *words)
    assert printed.exit == 1
    assert f"FALSIFIED  {CUTOFF.breaks}" in printed.out
    body = json.loads(terminal("rules", "fuzz", "--json", *words[:4], "--invariant", "x").out)
    assert body["errors"][0]["code"] == "CFG-06"


def test_fixtures_give_an_office_its_store_its_simulators_and_the_rules_in_force(
    office: Office,
    decide: Callable[..., Decision],
    store: object,
    simulators: dict[str, object],
) -> None:
    assert office.do(Step("sync")).code is None
    assert store is office.ws.store
    assert simulators.keys() == {"zoho_projects", "zoho_books"}
    assert simulators["zoho_books"] is office.pair.books
    entry = {"work_date": None, "state": None, "late": False}
    assert decide("time_entry.status", {"time_entry": entry}).outcome == "hold"


def test_a_calm_history_breaks_nothing() -> None:
    steps = [Step("log", {"day": "2026-07-03", "minutes": 30}), Step("sync"), Step("bill")]
    assert replay(steps, invariants()) is None


def test_a_counterexample_is_collected_as_a_pytest_item(pytester: pytest.Pytester) -> None:
    found = Found(
        "never-invoiced-from-the-cutoff-on",
        "cutoff.yaml",
        "time_entry.status",
        "why",
        given={"time_entry": {"work_date": "2026-07-01"}},
    )
    pytester.makefile(".yaml", kept=to_text(found))
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-n0")
    result.assert_outcomes(passed=1)
