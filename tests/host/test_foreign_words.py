"""A plugin adds record types, decisions, projections and default rule files, and they are used."""

from pathlib import Path

import pytest
from host.conftest import Install, Opened
from host.foreign import MODULE, RULES
from tallystick.app import connectors, errors, records, rules, sync
from tallystick.app.actions import resolve
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, RuleFileError
from tallystick.host import load
from tallystick.workbench import analysing, backtests, rewriting, rulefiles

NEST, SIGHTING, VISIT = "tickbird/nest", "tickbird/sighting", "tickbird.nest_visit"
WEEKDAYS = """tallystick: rules/1
decision: time_entry.status
title: Work of weekends is held
strategy: first
rules:
  - id: weekend
    when: [{time_entry.tickbird_weekend: true}]
    then: hold
    code: TS-08
    because: "Somebody worked on a weekend: {time_entry.tickbird_weekend}."
  - id: weekday
    when: [{time_entry.tickbird_weekend: false}]
    then: unbilled
    because: "It is no weekend."
otherwise: hold
base: {time_entry: {work_date: 2026-07-02}}
tests:
  - {name: a thursday, expect: unbilled, by: weekday}
  - {name: a saturday, given: {time_entry: {work_date: 2026-07-04}}, expect: hold, by: weekend}
  - {name: no date, given: {time_entry: {work_date: !absent }}, expect: hold, by: unknown}
"""


def synced(ws: Workspace) -> None:
    done = sync.run(ws, approve=lambda _plan: True)
    assert (done.failed, done.parked, done.held) == (0, 0, 0), done.messages


@pytest.mark.usefixtures("installed")
def test_the_host_takes_all_words_of_the_foreign_plugin_without_a_problem() -> None:
    host = load()
    assert host.problems == []
    assert [t.type_name for t in host.record_types] == [NEST, SIGHTING]
    assert [p.name for p in host.decision_points] == [VISIT]
    assert "tickbird_weekend" in host.types()["time_entry"].derived


@pytest.mark.usefixtures("installed")
def test_records_of_a_foreign_type_are_stored_and_listed(nest_office: Opened) -> None:
    with nest_office() as ws:
        synced(ws)
        found = records.listing(ws, SIGHTING, where={"species": "wren"})
        assert found.total == 1
        assert dict(found.rows[0])["external_id"] == "s1"
        loud = records.listing(ws, SIGHTING, sort="-noise", columns=("external_id", "noise"))
        assert [r["noise"] for r in loud.rows] == [80, 30]
        shown = records.show(ws, f"{SIGHTING}:s1")["record"]
        assert shown["seen_at"].isoformat() == "2026-07-02T04:30:00+00:00"
        assert (shown["tags"], shown["species_key"]) == (["dawn"], "wren")
        assert records.show(ws, f"source/{SIGHTING}:s2")["record"]["noise"] == 30


@pytest.mark.usefixtures("installed")
def test_a_foreign_record_that_is_gone_from_two_lists_counts_as_deleted(
    nest_office: Opened,
) -> None:
    """R-060: as for the canonical types."""
    with nest_office() as ws:
        rows = __import__(ws.host.connector("tickbird").connector.__module__).ROWS
        rows[SIGHTING] += [{**rows[SIGHTING][1], "external_id": f"x{n}"} for n in range(30)]
        synced(ws)
        del rows[SIGHTING][0]
        synced(ws)
        assert records.listing(ws, SIGHTING).total == 32
        synced(ws)
        assert records.listing(ws, SIGHTING).total == 31
        assert records.why(ws, f"{NEST}:n1").decisions[0].outcome == "leave"


@pytest.mark.usefixtures("installed")
def test_a_foreign_decision_is_asked_in_a_sync_recorded_and_told(nest_office: Opened) -> None:
    with nest_office() as ws:
        synced(ws)
        view = records.why(ws, f"{NEST}:n1")
        decision = view.decisions[0]
        assert (decision.decision, decision.outcome, decision.by) == (VISIT, "visit", "loud-wren")
        assert decision.because == "wren s1 was heard at Oak."
        assert decision.place.startswith("tickbird/nest_visit.yaml:")
        assert records.why(ws, f"{NEST}:n2").decisions[0].outcome == "leave"
        told = errors.listing(ws, module="tickbird")
        assert [(e.code, e.kind, e.record, e.fix) for e in told] == [
            ("DATA-01", "warn", f"{NEST}:n1", "Take a ladder.")
        ]


@pytest.mark.usefixtures("installed")
def test_a_foreign_decision_that_stays_is_stored_once_and_its_warning_ends_with_its_cause(
    nest_office: Opened,
) -> None:
    with nest_office() as ws:
        synced(ws)
        synced(ws)
        assert len(records.why(ws, f"{NEST}:n1").decisions) == 1
        rows = __import__(ws.host.connector("tickbird").connector.__module__).ROWS
        rows[SIGHTING][0] = {**rows[SIGHTING][0], "noise": 10}
        synced(ws)
        outcomes = [d.outcome for d in records.why(ws, f"{NEST}:n1").decisions]
        assert outcomes == ["leave", "visit"]
        assert errors.listing(ws, module="tickbird") == ()


@pytest.mark.usefixtures("installed")
def test_a_file_of_the_project_wins_over_the_default_of_the_plugin(nest_office: Opened) -> None:
    with nest_office() as ws:
        listed = {v.decision: v for v in rules.listing(ws)}
        assert (listed[VISIT].origin, listed[VISIT].file) == ("plugin", "tickbird/nest_visit.yaml")
        own = RULES.replace("species: wren}]}\n      - wrens", "species: robin}]}\n      - wrens")
        own = own.replace("gt: 60", "gt: 0").replace("loud: true", "loud: false")
        own = own.replace("      - wrens: {count: {ge: 1}, where: [{noise: {gt: 0}}]}\n", "")
        (ws.home / "rules" / "visits.yaml").write_text(own[: own.index("tests:")], encoding="utf-8")
        listed = {v.decision: v for v in rules.listing(ws)}
        assert (listed[VISIT].origin, listed[VISIT].file) == ("project", "rules/visits.yaml")
        synced(ws)
        assert records.why(ws, f"{NEST}:n2").decisions[0].by == "loud-wren"
        assert records.why(ws, f"{NEST}:n1").decisions[0].outcome == "leave"


@pytest.mark.usefixtures("installed")
def test_the_tools_for_rules_work_on_a_foreign_file_as_on_a_shipped_one(
    nest_office: Opened,
) -> None:
    with nest_office() as ws:
        results = [r for r in rulefiles.run(ws) if r.file == "tickbird/nest_visit.yaml"]
        assert len(results) == 6
        assert all(r.passed for r in results), results
        assert [d for d in rulefiles.check(ws) if d.kind == "mistake"] == []
        assert [d for d in rulefiles.lint(ws) if "tickbird" in d.file] == []
        covered = [c for c in analysing.coverage(ws) if c.decision == VISIT]
        assert covered[0].leaves_reached > 1
        mutated = [m for m in analysing.mutate(ws) if m.decision == VISIT]
        assert mutated[0].noticed > 5
        assert "loud-wren" in rulefiles.show(ws, VISIT)
        assert VISIT in str(rewriting.schema(ws))


@pytest.mark.usefixtures("installed")
def test_a_new_version_of_a_foreign_decision_is_replayed_on_stored_decisions(
    nest_office: Opened, tmp_path: Path
) -> None:
    with nest_office() as ws:
        synced(ws)
        draft = tmp_path / "draft.yaml"
        draft.write_text(RULES.replace("gt: 60", "gt: 90"), encoding="utf-8")
        (found,) = backtests.backtest(ws, str(draft))
        assert found.replayed == 2
        assert [(c.was, c.now, c.records) for c in found.changes] == [("visit", "leave", 1)]


@pytest.mark.usefixtures("installed")
def test_a_rule_of_a_shipped_decision_can_speak_of_a_projection(nest_office: Opened) -> None:
    with nest_office() as ws:
        (ws.home / "rules" / "weekend.yaml").write_text(WEEKDAYS, encoding="utf-8")
        results = [r for r in rulefiles.run(ws) if r.file == "rules/weekend.yaml"]
        assert [r.passed for r in results] == [True, True, True], results
        synced(ws)
        decision = next(
            d
            for d in records.why(ws, "time_entry:e1").decisions
            if d.decision == "time_entry.status"
        )
        assert (decision.outcome, decision.by) == ("unbilled", "weekday")
        assert any(e["path"] == "time_entry.tickbird_weekend" for e in decision.evidence)


@pytest.mark.usefixtures("installed")
def test_a_project_whose_plugin_is_gone_says_that_the_decision_is_not_there(
    nest_office: Opened,
) -> None:
    with nest_office() as ws:
        (ws.home / "rules" / "visits.yaml").write_text(
            RULES.replace("nest_visit", "nest_vizit"), encoding="utf-8"
        )
        with pytest.raises(RuleFileError, match=r"no decision tickbird\.nest_vizit.*nest_visit"):
            rules.listing(ws)


@pytest.mark.usefixtures("installed")
def test_rule_files_are_checked_without_a_project_by_the_words_of_installed_plugins(
    tmp_path: Path,
) -> None:
    path = tmp_path / "visits.yaml"
    path.write_text(RULES, encoding="utf-8")
    assert [d for d in rulefiles.check(None, [path]) if d.kind == "mistake"] == []
    assert len(rulefiles.run(None, [path])) == 6
    assert any(r.file == "tickbird/nest_visit.yaml" for r in rulefiles.run(None))


BROKEN = [
    ('"tickbird.nest_visit",\n    "Whether', '"contact.match",\n    "Whether', "Tallystick's own"),
    ('asked_of="tickbird/nest"', 'asked_of="tickbird/nets"', "nothing would ever ask it"),
    ('asked_of="tickbird/nest",\n', "", "nothing would ever ask it"),
    ('"leave",\n    asked_of', '"stay",\n    asked_of', "safe must be one of"),
    ('("first", "unique")', '("first", "best")', "no strategy best"),
    ('Input(("project",), only', 'Input(("user",), only', "exactly one column"),
    (
        'type_name: ClassVar[str] = "tickbird/nest"',
        'type_name: ClassVar[str] = "nest"',
        "is called",
    ),
    ('= "tickbird/sighting"', '= "tickbird/nest"', "offered twice"),
    ("class Nest(Record):", "class Nest(Record, table=True):", "without table=True"),
    ("capacity: int", "capacity: complex", "capacity"),
    ('FieldType("tickbird_weekend"', 'FieldType("minutes"', "is called tickbird_"),
    ('FieldType("loud", "boolean"', 'FieldType("loud", "bool"', "a field is one of"),
    ('FieldType("loud",', 'FieldType("noise",', "a column of that name"),
    ('meanings={"leave"', 'meanings={"leaf"', "no outcome leaf"),
    ("ReadSpec(type) for type in ROWS", 'ReadSpec(type) for type in [*ROWS, "acme/x"]', "acme/x"),
]


@pytest.mark.parametrize(("good", "bad", "says"), BROKEN)
def test_a_plugin_with_wrong_words_is_a_listed_problem_and_the_others_work(
    put: Install, good: str, bad: str, says: str
) -> None:
    assert good in MODULE
    put(MODULE.replace(good, bad))
    listed = connectors.listing()
    wrong = [v for v in listed if v.problems]
    assert [v.name for v in wrong] == ["tickbird"]
    assert "PLG-01" in wrong[0].problems[0]
    assert says in wrong[0].problems[0]
    assert {"zoho_books", "zoho_projects"} <= {v.name for v in listed if not v.problems}


def test_a_default_rule_file_with_a_typo_is_a_listed_problem_and_the_sync_goes_on(
    put: Install, nest_office: Opened
) -> None:
    put(rules=RULES.replace("loud: true", "lowd: true"))
    view = next(v for v in connectors.listing() if v.name == "tickbird")
    assert view.reads
    assert "nest_visit.yaml: RUL-11 tickbird/nest_visit.yaml:10:" in view.problems[0]
    assert "Did you mean loud?" in view.problems[0]
    assert "without a default rule file" in view.problems[1]
    with nest_office() as ws:
        synced(ws)
        assert records.listing(ws, NEST).total == 2
        assert records.why(ws, f"{NEST}:n1").decisions == ()


def test_a_projection_that_fails_leaves_the_rules_in_doubt_and_the_sync_goes_on(
    put: Install, nest_office: Opened
) -> None:
    put(MODULE.replace('lambda row: row["noise"] > 60', 'lambda row: row["nose"] > 60'))
    with nest_office() as ws:
        synced(ws)
        decision = records.why(ws, f"{NEST}:n1").decisions[0]
        assert (decision.outcome, decision.by, decision.code) == ("leave", "unknown", "RUL-20")


def test_a_foreign_type_whose_column_changed_its_type_is_listed_and_not_read(
    put: Install, nest_office: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    put()
    with nest_office() as ws:
        synced(ws)
        plugin = ws.host.words.record_types[NEST]
        changed = type(
            "Nest", (plugin,), {"__annotations__": {"name": int | None}, "__module__": "x"}
        )
        monkeypatch.setitem(ws.host.words.record_types, NEST, changed)
        wrong = ws.store.add_types(ws.host.record_types)
    assert wrong == {NEST: "name is stored as VARCHAR and is now INTEGER"}


def test_an_action_lists_foreign_records_by_name(put: Install, nest_office: Opened) -> None:
    put()
    with nest_office() as ws:
        synced(ws)
        assert resolve("records.list")(ws, NEST).total == 2
        with pytest.raises(ConfigError, match="no column loud"):
            resolve("records.list")(ws, SIGHTING, where={"loud": "true"})
