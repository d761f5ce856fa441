"""What an administrator does once, and what is refused (R-001...R-024)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from app.synced import Place, run, source
from support.fakes import World, small_world
from support.projects import set_up
from tallystick.app import integrations, sync
from tallystick.app.workspace import Workspace
from tallystick.errors import ConfigError, Refused, TallystickError
from tallystick.model.connection import Credential, Health, Portal

KEY = Credential("oauth", {"refresh_token": "secret"})
OTHER = Credential("oauth", {"refresh_token": "another"})
FOREIGN = Portal("P2", "Other Studio", "admin", owned=False, owner_email="boss@other.example")


@pytest.fixture
def world() -> World:
    """One project."""
    return small_world()


@pytest.fixture
def ws(place: Place, world: World) -> Iterator[Workspace]:
    """A folder in which nothing is connected."""
    with place.opened(world) as made:
        yield made


def connect(ws: Workspace, side: str = "source", credential: Credential = KEY) -> None:
    """Connect one side."""
    integrations.connect(ws, None, side=side, credential=credential, settings={})


def both(ws: Workspace) -> None:
    """Connect both sides."""
    connect(ws, "source")
    connect(ws, "target")


def setup(ws: Workspace, **choices: Any) -> None:
    """Answer every question of the set-up."""
    answers = {"portal": "P1", "cutoff": date(2026, 7, 1), "consent": True}
    integrations.setup(ws, None, **{**answers, **choices})


def refusal(error: pytest.ExceptionInfo[TallystickError]) -> str:
    """Code of a refusal that says what to do next."""
    assert error.value.fix
    return error.value.code


def test_a_credential_that_is_refused_is_not_kept(ws: Workspace, world: World) -> None:
    """R-017, AUTH-01."""
    world.health["portal"] = Health(ok=False, message="No.", code="AUTH-01", fix="Try again.")
    with pytest.raises(Refused) as error:
        connect(ws)
    assert refusal(error) == "AUTH-01"
    assert ws.store.vault.credential(source(ws)) is None
    assert integrations.show(ws).state == "none"


def test_a_missing_scope_is_told_before_anything_is_read(ws: Workspace, world: World) -> None:
    """R-018, AUTH-04."""
    world.health["accounts"] = Health(ok=False, message="Scope invoices.", code="AUTH-04")
    with pytest.raises(Refused) as error:
        connect(ws, "target")
    assert refusal(error) == "AUTH-04"


def test_the_integration_is_authorized_once_both_sides_are_connected(ws: Workspace) -> None:
    """Link: none to authorized."""
    connect(ws, "source")
    assert integrations.show(ws).state == "none"
    connect(ws, "target")
    assert integrations.show(ws).state == "authorized"


def test_a_side_is_source_or_target(ws: Workspace) -> None:
    with pytest.raises(ConfigError) as error:
        connect(ws, "left")
    assert refusal(error) == "CFG-06"


def test_a_new_credential_must_see_the_connected_portal(ws: Workspace, world: World) -> None:
    """R-020, AUTH-03, V-LIFE-04: the former one stays in use."""
    set_up(ws)
    world.portals = [Portal("P9", "Elsewhere", "owner", owned=True)]
    with pytest.raises(Refused) as error:
        connect(ws, credential=OTHER)
    assert refusal(error) == "AUTH-03"
    kept = ws.store.vault.credential(source(ws))
    assert kept is not None
    assert kept.values == KEY.values


def test_a_new_credential_changes_nothing_else(ws: Workspace, world: World) -> None:
    """R-019: id map, cutoff and claims stay."""
    set_up(ws)
    run(ws)
    before = integrations.record(ws, None)
    links = ws.store.links.by_source(source(ws), "project")
    connect(ws, credential=OTHER)
    assert integrations.record(ws, None) == before
    assert ws.store.links.by_source(source(ws), "project") == links
    assert sync.plan(ws).empty


def test_only_portals_that_are_owned_can_be_chosen(ws: Workspace, world: World) -> None:
    """R-002, R-007, SETUP-02: the list says whose they are."""
    world.portals = [Portal("P1", "Mine", "owner", owned=True), FOREIGN]
    both(ws)
    listed = integrations.portals(ws)
    assert [(p.id, p.code) for p in listed] == [("P1", None), ("P2", "SETUP-02")]
    assert "boss@other.example" in str(listed[1].reason)
    assert [p.id for p in integrations.portals(ws, include_all=False)] == ["P1"]
    with pytest.raises(Refused) as error:
        setup(ws, portal="P2")
    assert refusal(error) == "SETUP-02"


def test_an_account_without_a_portal_of_its_own_is_told_so(ws: Workspace, world: World) -> None:
    """R-007, SETUP-03."""
    world.portals = [FOREIGN]
    both(ws)
    with pytest.raises(Refused) as error:
        integrations.portals(ws)
    assert refusal(error) == "SETUP-03"


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"portal": "P9"}, "SETUP-03"),
        ({"consent": False}, "SETUP-08"),
        ({"cutoff": None}, "SETUP-07"),
        ({"all_unbilled": True}, "SETUP-07"),
        ({"on_duplicate": "guess"}, "CFG-06"),
        ({"modules": ("projects", "cakes")}, "CFG-06"),
    ],
)
def test_a_set_up_with_a_wrong_answer_is_refused_and_keeps_nothing(
    ws: Workspace, choices: dict[str, Any], code: str
) -> None:
    """R-006, R-012, R-015."""
    both(ws)
    with pytest.raises(TallystickError) as error:
        setup(ws, **choices)
    assert refusal(error) == code
    shown = integrations.record(ws, None)
    assert (shown.state, shown.portal_id, shown.cutoff) == ("authorized", None, None)


def test_set_up_comes_after_connecting(ws: Workspace) -> None:
    """Link: none cannot become configured."""
    with pytest.raises(Refused) as error:
        setup(ws)
    assert refusal(error) == "SETUP-07"


def test_after_the_first_sync_there_is_no_other_portal(ws: Workspace) -> None:
    """R-008: one organization, one portal."""
    set_up(ws)
    run(ws)
    with pytest.raises(Refused) as error:
        setup(ws)
    assert refusal(error) == "INT-01"


def test_several_portals_of_one_name_are_told_apart_by_id(ws: Workspace, world: World) -> None:
    """R-009: only the id is ever compared."""
    world.portals = [Portal(i, "Studio", "owner", owned=True) for i in ("P1", "P3")]
    both(ws)
    with pytest.raises(ConfigError) as error:
        setup(ws, portal="Studio")
    assert refusal(error) == "CFG-06"
    setup(ws, portal="P3")
    assert integrations.record(ws, None).portal_id == "P3"


def test_the_projects_module_cannot_be_switched_off(ws: Workspace) -> None:
    """R-010."""
    both(ws)
    setup(ws, modules=("timesheets",))
    assert integrations.record(ws, None).modules == ["projects", "timesheets"]


def test_without_timesheets_neither_people_nor_time_are_read(ws: Workspace, world: World) -> None:
    """R-011; the cutoff question is asked when they are switched on (SETUP-07)."""
    asked: list[str] = []
    world.on_read = lambda side, what, _position: asked.append(f"{side} {what}")
    both(ws)
    setup(ws, modules=("projects",), cutoff=None)
    run(ws)
    assert "portal task" in asked
    assert not {"portal user", "portal time_entry", "portal user_rate"} & set(asked)
    assert set(world.accounts) >= {"project", "task"}
    assert "time_entry" not in world.accounts
    with pytest.raises(Refused) as error:
        integrations.modules(ws, None, chosen=("projects", "timesheets"))
    assert refusal(error) == "SETUP-07"


def test_the_switch_for_general_time_works_at_the_next_sync(ws: Workspace, world: World) -> None:
    """R-104."""
    set_up(ws)
    shown = integrations.modules(ws, None, general_timesheets=True)
    assert shown.general_timesheets is True
    assert integrations.modules(ws, None).general_timesheets is True


@pytest.mark.parametrize("action", ["plan", "sweep"])
def test_nothing_runs_before_the_set_up(ws: Workspace, action: str, world: World) -> None:
    """I-08, SETUP-07."""
    with pytest.raises(Refused) as error:
        getattr(sync, action)(ws)
    assert refusal(error) == "SETUP-07"
    assert world.writes == []


def test_nothing_is_written_before_a_person_saw_the_first_plan(ws: Workspace, world: World) -> None:
    """R-016: refused, it stays configured and can be asked again."""
    set_up(ws)
    seen: list[int] = []

    def no(plan: Any) -> bool:
        seen.append(plan.total_lines)
        return False

    sync.run(ws, approve=no)
    assert seen[0] > 0
    assert world.writes == []
    assert integrations.show(ws).state == "configured"
    assert sync.waiting_plan(ws) is not None
    run(ws)
    assert integrations.show(ws).state == "active"
