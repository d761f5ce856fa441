"""Days on which one person logged more than a day has hours."""

from app.synced import Place, codes, migrated_file, open_errors, place, run, state
from support.fakes import World, log, small_world

__all__ = ["migrated_file", "place"]


def two(world: World, *minutes: int, **changes: object) -> World:
    """One entry of each length by one person on one date."""
    world.portal["time_entry"].clear()
    for number, length in enumerate(minutes, start=1):
        log(world, f"e{number}", minutes=length)
    if changes:
        log(world, f"e{len(minutes)}", minutes=minutes[-1], **changes)
    return world


def test_more_than_a_day_on_one_date_is_told_of_and_nothing_is_held(place: Place) -> None:
    """R-111, V-DUR-21: both qualify."""
    with place.synced(two(small_world(), 14 * 60, 11 * 60)) as ws:
        (warning,) = open_errors(ws)
        assert (warning.code, warning.kind, warning.severity) == ("TS-16", "warn", "W")
        assert "Mara Lind logged 25:00 on one day, 2026-07-02, in 2 entries." in warning.reason
        assert state(ws, "e1")[0] == state(ws, "e2")[0] == "unbilled"
        assert codes(ws) == {}


def test_the_hours_of_several_projects_are_one_day(place: Place) -> None:
    """R-111, V-DUR-21: project A and project B."""
    world = small_world()
    world.portal["project"]["p2"] = {**world.portal["project"]["p1"], "external_id": "p2"}
    changes = {"project_id": "p2", "kind": "general", "task_id": None, "label": "Travel"}
    with place.synced(two(world, 14 * 60, 11 * 60, **changes), general_timesheets=True) as ws:
        assert [e.code for e in open_errors(ws)] == ["TS-16"]


def test_a_full_day_is_no_longer_than_a_day(place: Place) -> None:
    """R-111: 24:00 exactly, and hours of another person or another date, are no reason."""
    world = two(small_world(), 14 * 60, 10 * 60)
    world.put("portal", "user", "u2", name="Jo", email="jo@studio.example", status="active")
    log(world, "e3", user_id="u2")
    log(world, "e4", work_date=world.portal["time_entry"]["e1"]["work_date"].replace(day=3))
    with place.synced(world) as ws:
        assert open_errors(ws) == []


def test_the_warning_goes_when_the_hours_are_corrected(place: Place) -> None:
    """R-111: an entry that was deleted does not count."""
    world = two(small_world(), 14 * 60, 11 * 60)
    with place.synced(world) as ws:
        log(world, "e2", minutes=60)
        run(ws)
        assert open_errors(ws) == []
