"""Rules on their way by the command line: draft, backtest, gates, promotion, a decision by hand."""

import copy
import shutil
from pathlib import Path

import pytest
from support.fakes import World, log, small_world
from tallystick.app.workspace import Surroundings
from tallystick.testing.clock import FakeClock

from cli.terminal import Terminal, assert_clear, fake_host, ready

DRAFT = "qualification.draft.yaml"


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World]:
    """A project folder that was synced once."""
    world = small_world()
    log(world, "half", minutes=30)
    terminal = ready(tmp_path_factory.mktemp("history") / "home", world)
    assert terminal("sync", "run", "--yes").exit == 0
    return terminal.home, world


@pytest.fixture
def terminal(synced: tuple[Path, World], tmp_path: Path) -> Terminal:
    """A copy of it for one test."""
    home = tmp_path / "home"
    shutil.copytree(synced[0], home)
    host = fake_host(copy.deepcopy(synced[1]))
    return Terminal(home, Surroundings(clock=FakeClock(), wait=lambda _s: None, host=host))


def stricter(terminal: Terminal) -> Path:
    """A draft that is sound, tested, and skips entries of an hour or more."""
    assert terminal("rules", "draft", "qualification").exit == 0
    path = terminal.home / "rules" / DRAFT
    text = path.read_text(encoding="utf-8")
    text = text.replace(
        "max_minutes: {type: integer, default: 1440}", "max_minutes: {type: integer, default: 59}"
    )
    text = text.replace("base:\n", "base:\n  params: {max_minutes: 1440}\n")
    path.write_text(text, encoding="utf-8")
    return path


def gates(terminal: Terminal, *words: str) -> dict[str, str]:
    """Each gate before the next state, and how it stands."""
    data = terminal("rules", "promote", DRAFT, "--gates", *words, "--json").envelope["data"]
    return {g["name"]: g["state"] for g in data["gates"]}


def test_a_draft_is_a_copy_beside_the_file_that_decides_nothing(terminal: Terminal) -> None:
    made = terminal.data("rules", "draft", "qualification")
    assert made["file"] == f"rules/{DRAFT}"
    rows = {r["file"]: r["state"] for r in terminal.data("rules", "list")}
    assert rows["rules/qualification.yaml"] == "enforce"
    assert rows[f"rules/{DRAFT}"] == "draft"


def test_a_text_that_cannot_be_loaded_is_not_written(terminal: Terminal, tmp_path: Path) -> None:
    broken = tmp_path / "broken.yaml"
    broken.write_text("tallystick: rules/1\ndecision: record.fetch\nstrategie: first\n")
    printed = terminal("rules", "draft", "qualification", "--from", str(broken))
    assert_clear(printed, "RUL-11", 1)
    assert not (terminal.home / "rules" / DRAFT).exists()
    assert terminal("rules", "list").exit == 0


def test_a_draft_for_an_integration_that_is_not_there_is_taken_back(
    terminal: Terminal, tmp_path: Path
) -> None:
    """It could be parsed, but no command would start with it."""
    text = terminal.data("rules", "show", "qualification", "--as", "yaml")["text"]
    other = tmp_path / "other.yaml"
    other.write_text(text.replace("params:\n", "applies_to: {integrations: [none]}\nparams:\n", 1))
    assert_clear(terminal("rules", "draft", "qualification", "--from", str(other)), "RUL-11", 1)
    assert not (terminal.home / "rules" / DRAFT).exists()


def test_a_backtest_prints_the_matrix_the_amounts_and_what_is_invoiced(terminal: Terminal) -> None:
    printed = terminal("rules", "backtest", str(stricter(terminal)))
    assert printed.exit == 0, printed.err
    assert "now accept  now skip" in printed.out
    assert "1 accept -> skip  by too-long (TS-07)  -100.00 EUR" in printed.out
    assert "time_entry:e1 (1 h 00 min)" in printed.out
    assert "0 entries already invoiced would change." in printed.out
    assert f" rules promote rules/{DRAFT}" in printed.err


def test_a_backtest_is_one_envelope_for_programs(terminal: Terminal) -> None:
    stricter(terminal)
    (found,) = terminal.data("rules", "backtest")
    assert {(c["was"], c["now"]): c["count"] for c in found["matrix"]}["accept", "skip"] == 1
    assert found["changes"][0]["amounts"] == [
        {"minor": -10000, "currency": "EUR", "amount": "-100.00"}
    ]


def test_a_day_that_is_none_is_refused(terminal: Terminal) -> None:
    printed = terminal("rules", "backtest", "cutoff", "--since", "soon")
    assert_clear(printed, "CFG-06", 2)


def test_a_file_goes_from_draft_to_shadow_to_enforce(terminal: Terminal) -> None:
    path = stricter(terminal)
    assert "state: draft" in path.read_text()
    assert terminal("rules", "promote", DRAFT).exit == 0
    assert "state: shadow" in path.read_text()
    assert gates(terminal)["shadow"] == "fail"
    assert terminal("sync", "run", "--yes").exit == 0
    assert gates(terminal)["shadow"] == "ok"
    assert_clear(terminal("rules", "promote", DRAFT), "RUL-22", 6)
    assert terminal("rules", "backtest", DRAFT).exit == 0
    printed = terminal("rules", "promote", DRAFT)
    assert printed.exit == 0, printed.err
    assert not path.exists()
    live = {r["decision"]: r for r in terminal.data("rules", "list") if r["state"] == "enforce"}
    assert live["record.fetch"]["origin"] == "project"
    assert terminal("sync", "run", "--yes").exit in {0, 5}
    why = terminal.data("records", "why", "time_entry:e1")
    assert (why["decisions"][0]["outcome"], why["decisions"][0]["by"]) == ("skip", "too-long")


@pytest.mark.parametrize(
    ("file", "shadow", "enforce"),
    [
        ("cutoff", ["tallystick sync run"], ["tallystick sync plan"]),
        ("contacts", ["tallystick sync run"], ["tallystick sync plan"]),
        (
            "re_enable",
            ["tallystick integration disable", "tallystick integration enable"],
            [],
        ),
        (
            "invoiced_once",
            ["tallystick billing preview --project PROJECT"],
            ["tallystick billing preview --project PROJECT"],
        ),
    ],
)
def test_what_is_next_after_a_promotion_is_what_asks_the_file(
    terminal: Terminal, file: str, shadow: list[str], enforce: list[str]
) -> None:
    draft = f"{file}.draft.yaml"
    assert terminal("rules", "draft", file).exit == 0
    here = f" --home {terminal.home}"
    printed = terminal("rules", "promote", draft, "--json").envelope
    told = [command.replace(here, "") for command in printed["next"]]
    assert told == [*shadow, f"tallystick rules show rules/{draft} --as report"]
    assert terminal("rules", "backtest", draft).exit == 0
    printed = terminal("rules", "promote", draft, "--waive", "shadow", "--json").envelope
    assert printed["ok"]
    assert [command.replace(here, "") for command in printed["next"]] == enforce


def test_what_a_shadow_would_have_decided_otherwise_is_shown(terminal: Terminal) -> None:
    stricter(terminal)
    terminal("rules", "promote", DRAFT)
    terminal("sync", "run", "--yes")
    printed = terminal("rules", "show", DRAFT, "--as", "report")
    assert "accept by work-to-bill -> skip by too-long" in printed.out


def test_what_an_edit_breaks_shuts_its_gate(terminal: Terminal) -> None:
    path = stricter(terminal)
    terminal("rules", "backtest", DRAFT)
    shut = {n for n, s in gates(terminal, "--to", "enforce").items() if s == "fail"}
    assert shut == {"shadow"}
    path.write_text(path.read_text().replace("default: 59", "default: 58"), encoding="utf-8")
    assert gates(terminal, "--to", "enforce")["backtest"] == "fail"
    path.write_text(path.read_text().replace("expect: accept", "expect: skip", 1), encoding="utf-8")
    assert gates(terminal, "--to", "enforce")["tests"] == "fail"


def test_a_gate_that_may_pass_is_waived_by_its_name_and_others_are_not(terminal: Terminal) -> None:
    stricter(terminal)
    printed = terminal("rules", "promote", DRAFT, "--to", "enforce", "--waive", "shadow")
    assert_clear(printed, "RUL-22", 6)
    assert "--waive backtest" not in printed.out
    words = ("rules", "promote", DRAFT, "--to", "enforce", "--waive", "backtest")
    assert_clear(terminal(*words), "CFG-06", 2)
    terminal("rules", "backtest", DRAFT)
    done = terminal.data("rules", "promote", DRAFT, "--to", "enforce", "--waive", "shadow")
    assert {g["name"]: g["state"] for g in done["gates"]}["shadow"] == "waived"


def test_work_that_is_invoiced_already_keeps_a_file_from_being_in_force(
    terminal: Terminal,
) -> None:
    assert terminal("billing", "invoice", "--project", "p1", "--yes").exit == 0
    stricter(terminal)
    printed = terminal("rules", "backtest", DRAFT)
    assert "1 entry already invoiced would change." in printed.out
    assert gates(terminal, "--to", "enforce")["invoiced"] == "fail"


def test_a_shipped_file_is_never_changed(terminal: Terminal) -> None:
    assert_clear(terminal("rules", "promote", "qualification"), "RUL-22", 6)


def test_a_file_that_is_replaced_is_kept(terminal: Terminal) -> None:
    live = terminal.home / "rules" / "qualification.yaml"
    live.write_text(
        terminal.data("rules", "show", "qualification", "--as", "yaml")["text"], encoding="utf-8"
    )
    before = live.read_text()
    stricter(terminal)
    terminal("rules", "backtest", DRAFT)
    assert terminal("rules", "promote", DRAFT, "--to", "enforce", "--waive", "shadow").exit == 0
    assert live.read_text() != before
    kept = list((terminal.home / ".tallystick" / "rules").glob("qualification-*.yaml"))
    assert [k.read_text() for k in kept] == [before]


def test_a_draft_is_discarded_and_a_copy_kept(terminal: Terminal) -> None:
    path = stricter(terminal)
    text = path.read_text()
    assert terminal("rules", "draft", DRAFT, "--discard").exit == 0
    assert not path.exists()
    (kept,) = (terminal.home / ".tallystick" / "rules").glob("*.yaml")
    assert kept.read_text() == text


def test_a_decision_by_hand_shows_every_rule_and_condition(terminal: Terminal) -> None:
    given = "{record: {minutes: 2000}}"
    printed = terminal("rules", "explain", "record.fetch", "--given", "-", stdin=given)
    assert printed.exit == 0, printed.err
    assert "decides   too-long -> skip" in printed.out
    assert "✓ record.minutes is more than params.max_minutes" in printed.out
    assert "record.minutes = 2000, params.max_minutes = 1440" in printed.out
    assert "skip  by too-long  TS-07" in printed.out
    assert "2000 minutes are more than the 1440" in printed.out


def test_a_decision_by_hand_is_the_one_that_is_taken(terminal: Terminal) -> None:
    data = terminal.data(
        "rules", "explain", "record.fetch", "--given", "-", stdin="{record: {approval: !absent }}"
    )
    assert (data["outcome"], data["by"], data["code"]) == ("skip", "unknown", "RUL-20")
    assert data["unknown"] == ["record.approval"]
    assert {r["part"] for r in data["rules"]} == {"passed", "in doubt"}
    assert data["matchers_agree"]


def test_each_item_of_a_list_is_told(terminal: Terminal) -> None:
    parents = ("{id: p1, name: Atlas, state: ok}", "{id: c1, name: Acme, state: error}")
    given = f"parents: [{', '.join(parents)}]"
    printed = terminal("rules", "explain", "record.push", "--given", "-", stdin=given)
    assert "item 1 Atlas: does not hold" in printed.out
    assert "item 2 Acme: holds" in printed.out


def test_a_field_that_is_misspelt_by_hand_has_its_line_and_column(terminal: Terminal) -> None:
    given = "record:\n  minuts: 3\n"
    printed = terminal("rules", "explain", "record.fetch", "--given", "-", stdin=given)
    assert_clear(printed, "RUL-11", 1)
    assert "-:2:3" in printed.err
    assert "minutes" in printed.err


def test_a_decision_by_hand_needs_no_project_folder(tmp_path: Path) -> None:
    printed = Terminal(tmp_path)("rules", "explain", "record.fetch", "--given", "-", stdin="{}")
    assert "accept  by work-to-bill" in printed.out


def test_a_record_shows_all_its_decisions_with_hash_version_and_what_would_change_them(
    terminal: Terminal,
) -> None:
    """R-223."""
    why = terminal.data("records", "why", "time_entry:e1")
    taken = [d["decision"] for d in why["decisions"]]
    assert [n for n in taken if n != "record.push"] == ["time_entry.status", "record.fetch"]
    hashes = {r["decision"]: r["hash"] for r in terminal.data("rules", "list")}
    for decision in why["decisions"]:
        assert decision["pack_hash"].startswith(hashes[decision["decision"]])
        assert decision["versions"]["time_entry:e1"]
        assert decision["evidence"]
        if decision["decision"] != "record.push":
            assert decision["nearest"].startswith("would be ")


def test_the_status_names_a_file_that_was_refused_with_its_line(terminal: Terminal) -> None:
    broken = terminal.home / "rules" / "qualification.yaml"
    broken.write_text("tallystick: rules/1\ndecision: record.fetch\nrules: 3\n", encoding="utf-8")
    printed = terminal("status")
    assert printed.exit == 0, printed.err
    line = next(li for li in printed.out.splitlines() if li.startswith("rules"))
    assert "RUL-" in line
    assert "rules/qualification.yaml:3" in line
    assert "nothing is decided until then" in printed.out
    data = terminal.data("status")
    assert (data["rules"]["file"], data["rules"]["line"]) == ("rules/qualification.yaml", 3)


def test_the_status_counts_drafts_and_shadows(terminal: Terminal) -> None:
    stricter(terminal)
    assert "1 draft, 0 shadows" in terminal("status").out
