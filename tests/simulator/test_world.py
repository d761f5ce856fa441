"""The imaginary firm: the same for a seed, and with everything that a connection can meet."""

import os
import subprocess
import sys
import tracemalloc
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tallystick.errors import ConfigError
from tallystick.simulator.world import World, generate
from tallystick.simulator.world_large import DAYS, FIRST_DAY, LargeLogs

SIZES = ["tiny", "demo", "medium", "500"]
_DIGEST = """
import hashlib, sys
from tallystick.simulator.world import generate
size = sys.argv[1]
world = generate(7, int(size) if size.isdigit() else size)
text = repr([getattr(world, n) for n in world.__slots__ if n != "logs"]) + repr(list(world.logs))
print(hashlib.sha256(text.encode()).hexdigest())
"""


@pytest.fixture(scope="module")
def demo() -> World:
    return generate(1, "demo")


@pytest.mark.parametrize("size", SIZES)
def test_a_seed_gives_the_same_world_in_every_process(size: str) -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", _DIGEST, size],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


def test_another_seed_moves_logs_but_not_their_number(demo: World) -> None:
    other = generate(2, "demo")
    assert list(other.logs) != list(demo.logs)
    assert other.log_count == demo.log_count == 128


@pytest.mark.parametrize("size", ["tiny", "demo", "medium", 500])
@pytest.mark.parametrize("seed", [1, 2, 99])
def test_every_reference_of_a_world_leads_to_a_record(size: str | int, seed: int) -> None:
    world = generate(seed, size)
    projects = {p.key for p in world.projects}
    tasks = {t.key: t.project_key for t in world.tasks}
    bugs = {b.key: b.project_key for b in world.bugs}
    people = {p.key for p in world.people}
    clients = {c.key for c in world.clients}
    lists = {t.key: t.project_key for t in world.task_lists}
    portals = {p.key for p in world.portals}
    for log in world.logs:
        assert log.project_key in projects
        assert log.person_key in people
        assert log.task_key is None or tasks[log.task_key] == log.project_key
        assert log.bug_key is None or bugs[log.bug_key] == log.project_key
        named = {"task": log.task_key, "bug": log.bug_key, "general": log.label}
        assert [k for k, v in named.items() if v is not None] == [log.kind]
    assert len({log.key for log in world.logs}) == world.log_count
    for project in world.projects:
        assert set(project.client_keys) <= clients
        assert project.primary_client_key in {None, *project.client_keys}
        assert project.portal_key in portals
    assert all(lists[t.task_list_key] == t.project_key for t in world.tasks)


def test_a_portal_is_owned_and_others_are_not(demo: World) -> None:
    assert Counter(p.role for p in demo.portals) == {"owner": 1, "admin": 1, "manager": 1}


def test_three_portals_are_in_three_zones(demo: World) -> None:
    assert len({p.time_zone for p in demo.portals}) == 3


def test_each_portal_has_logs_on_both_sides_of_the_cutoff() -> None:
    world = generate(1, "medium")
    portal = {p.key: p.portal_key for p in world.projects}
    near = {world.cutoff - timedelta(days=1), world.cutoff}
    found = {(portal[x.project_key], x.work_date) for x in world.logs if x.work_date in near}
    assert found == {(p.key, day) for p in world.portals for day in near}


def test_a_project_has_no_primary_client(demo: World) -> None:
    assert [p.key for p in demo.projects if p.primary_client_key is None] == ["intranet"]


def test_names_are_equal_and_nearly_equal_on_the_two_sides(demo: World) -> None:
    there = {c.name for c in demo.books_customers}
    here = {c.name for c in demo.clients}
    assert "Borealis" in here & there
    assert "Borealis AB" in there
    assert ("ACME  Ltd" in here, "Acme Ltd" in there) == (True, True)
    assert ("Smith & Co" in here, "Smith and Co" in there) == (True, True)


def test_logs_are_of_every_kind_and_every_approval(demo: World) -> None:
    assert {log.kind for log in demo.logs} == {"task", "bug", "general"}
    assert {log.approval for log in demo.logs} == {"Approved", "Pending", "Rejected"}
    assert {log.billable for log in demo.logs} == {True, False}
    assert {b.closed for b in demo.bugs} == {True, False}


def test_some_people_are_unknown_to_the_accounts_and_one_has_no_address(demo: World) -> None:
    assert {p.key for p in demo.people if not p.in_books} == {"sam", "lena", "guest"}
    assert [p.key for p in demo.people if p.email is None] == ["guest"]
    known = {u.email for u in demo.books_users}
    assert not known & {p.email for p in demo.people if not p.in_books}


def test_two_currencies_are_in_use(demo: World) -> None:
    assert {p.currency for p in demo.projects} == {"EUR", "USD"}


def test_every_billing_method_is_in_use(demo: World) -> None:
    methods = {p.billing_method for p in demo.projects}
    assert methods == {"fixed_cost", "project_hours", "task_hours", "staff_hours"}


def test_expenses_belong_to_several_projects_and_customers(demo: World) -> None:
    assert len({x.project_key for x in demo.expenses if x.project_key}) > 1
    assert len({x.client_key for x in demo.expenses}) > 2
    assert {x.made_in for x in demo.expenses} == {"books", "projects"}
    assert any(x.date < demo.cutoff for x in demo.expenses)


@pytest.mark.parametrize("size", [0, -1, 1_000_001, "huge", ""])
def test_a_size_that_does_not_exist_is_refused(size: str | int) -> None:
    with pytest.raises(ConfigError):
        generate(1, size)


def test_a_million_logs_are_computed_one_by_one_and_never_held() -> None:
    world = generate(1, 1_000_000)
    tracemalloc.start()
    minutes = sum(world.log_at(i).minutes for i in range(0, 1_000_000, 50))
    for number, log in enumerate(world.iter_logs()):
        minutes += log.minutes
        if number == 20_000:
            break
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert minutes > 0
    assert (world.log_count, world.log_at(999_999).key) == (1_000_000, "te-1000000")
    assert peak < 1_000_000


@given(count=st.integers(1, 2000), offset=st.integers(-3, DAYS + 3))
def test_the_position_of_a_day_is_that_of_its_first_log(count: int, offset: int) -> None:
    logs = LargeLogs(1, count)
    day: date = FIRST_DAY + timedelta(days=offset)
    expected = next((i for i, log in enumerate(logs) if log.work_date >= day), count)
    assert logs.position_of(day) == expected
