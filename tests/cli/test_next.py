"""The line `Next:` leads from each command to the one that comes after it."""

from datetime import date
from pathlib import Path

import pytest
from support.fakes import log, small_world

from cli.terminal import Terminal, authorize, beside, ready, set_up


def following(terminal: Terminal, *words: str) -> list[str]:
    """The next commands of a command, without the folder they are given."""
    found: list[str] = terminal(*words, "--json").envelope["next"]
    given = f"tallystick --home {terminal.home} "
    assert all(c.startswith(given) for c in found), found
    return [c.removeprefix(given) for c in found]


def test_the_way_from_a_new_folder_to_the_first_sync_is_told(tmp_path: Path) -> None:
    terminal = beside(tmp_path / "home", small_world())
    assert following(terminal, "status") == ["integration connect --side source"]
    authorize(terminal)
    assert following(terminal, "status") == ["integration portals"]
    assert following(terminal, "integration", "portals") == [
        "integration setup --portal 'Zylker Studio' --cutoff YYYY-MM-DD --consent"
    ]
    set_up(terminal)
    assert following(terminal, "status") == ["sync run"]
    assert following(terminal, "sync", "status") == ["sync run"]


def test_a_new_folder_is_entered_first(tmp_path: Path) -> None:
    made = Terminal(tmp_path)("init", str(tmp_path / "a b"))
    assert f"Next: cd '{tmp_path}/a b' && tallystick integration connect" in made.err


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """One project with an hour to bill, and one that nobody set a rate for."""
    world = small_world()
    for type, old, new, changes in (
        ("project", "p1", "p2", {"name": "Bare", "rate": None}),
        ("task", "t1", "t2", {"project_id": "p2"}),
    ):
        world.portal[type][new] = {**world.portal[type][old], "external_id": new, **changes}
    log(world, "b1", project_id="p2", task_id="t2", work_date=date(2026, 7, 8), minutes=15)
    terminal = ready(tmp_path_factory.mktemp("next") / "home", world)
    assert terminal("sync", "run", "--yes").exit == 0
    return terminal


def test_a_preview_leads_to_the_bill_that_it_shows(synced: Terminal) -> None:
    seen = following(
        synced,
        "billing",
        "preview",
        "--project",
        "p1",
        "--grouping",
        "by_user",
        "--until",
        "2026-12-31",
    )
    assert seen == [
        "billing invoice --project 'Atlas rollout' --until 2026-12-31 --grouping by_user"
    ]
    assert following(synced, "billing", "preview", "--project", "Bare") == ["status"]


def test_bills_that_were_only_planned_lead_to_the_bills(synced: Terminal) -> None:
    assert following(synced, "billing", "invoice", "--all", "--plan-only") == [
        "billing invoice --all"
    ]


def test_the_status_counts_to_bill_what_can_be_billed(synced: Terminal) -> None:
    printed = synced("status").out
    assert "to bill     100.00 EUR   1 entry, 1 h 00 min\n" in printed
    assert "            1 entry waits: RATE-01 No rate\n" in printed
    assert following(synced, "status") == ["billing preview --project 'Atlas rollout'"]


def test_trying_what_is_not_there_says_so_and_nothing_else(synced: Terminal) -> None:
    printed = synced("errors", "retry", "E-9999")
    assert printed.exit == 2
    assert "One sync" not in printed.err + printed.out
    assert printed.err.startswith("CFG-11  There is no error E-9999.")
    assert "`tallystick errors list`" in printed.err


def test_the_catalogue_of_codes_is_listed_in_full(tmp_path: Path) -> None:
    bare = Terminal(tmp_path)
    lines = bare.data("explain")
    assert len(lines) == len({line["code"] for line in lines}) > 100
    assert {"code", "severity", "title", "cause", "fix"} == set(lines[0])
    printed = bare("explain").out
    assert all(line["code"] in printed for line in lines)


@pytest.mark.parametrize(("asked", "near"), [("TS-99", "TS-09"), ("tsk-09", "TSK-0")])
def test_a_code_that_is_not_known_is_answered_with_those_alike(
    tmp_path: Path, asked: str, near: str
) -> None:
    printed = Terminal(tmp_path)("explain", asked)
    assert printed.exit == 2
    assert near in printed.err
    assert "`tallystick explain` lists all codes" in printed.err


def test_the_queue_names_the_command_that_answers(tmp_path: Path) -> None:
    world = small_world()
    world.accounts["contact"] = {
        "k1": {
            **world.portal["contact"]["c1"],
            "external_id": "k1",
            "contact_type": "customer",
            "email": "x@y.example",
        }
    }
    terminal = ready(tmp_path / "home", world)
    terminal("sync", "run", "--yes")
    listed = terminal("errors", "list", "--roots").out
    assert "tallystick errors decide E-1 skip --with ID   (or overwrite --with ID, clone)" in listed
    assert following(terminal, "errors", "list", "--roots") == ["errors show E-1"]
    decided = terminal("errors", "decide", "E-1", "clone")
    assert "Answered: clone (make a new customer); the next sync carries it out." in decided.out
    shown = terminal("errors", "show", "E-1").out
    assert "change it: tallystick errors decide E-1 skip --with ID" in shown
    assert following(terminal, "errors", "show", "E-1") == ["sync run"]
    assert [r["answer"] for r in terminal.data("errors", "list", "--where", "kind=root")] == [
        "clone"
    ]
