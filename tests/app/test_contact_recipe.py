"""The guide's rule that holds one customer back asks, and obeys the answer (R-075…R-079)."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from app.asking import number
from app.synced import Place, codes, run
from support.fakes import World, small_world
from support.projects import set_up
from tallystick.app.answers import decide
from tallystick.app.workspace import Workspace
from tallystick.resources import default_rules

GUIDE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
PART = GUIDE.split("**One customer that is never linked by itself.**")[1].split("\n**")[0]


def recipe(name: str) -> str:
    """The shipped file with the guide's rule in front, about a client of that name."""
    rule, tests = re.findall(r"```yaml\n(.*?)```", PART, re.DOTALL)
    text = (default_rules() / "contacts.yaml").read_text(encoding="utf-8")
    text = text.replace("rules:\n", f"rules:\n{rule}", 1)
    text = text.replace("\ntests:\n", f"\ntests:\n{tests}", 1)
    return text.replace("Nordlicht GmbH", name)


def twins() -> World:
    """A client, and the one customer that is surely the same."""
    world = small_world()
    customer = {"contact_type": "customer", "currency": "EUR", "phone": "", "status": "active"}
    world.put("accounts", "contact", "k1", name="Acme Ltd", email="pay@acme.example", **customer)
    return world


@pytest.fixture
def world() -> World:
    return twins()


@pytest.fixture
def asked(place: Place, world: World) -> Iterator[Workspace]:
    """Synced under the guide's rule, so that a person is asked."""
    folder = place.home / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "contacts.yaml").write_text(recipe("Acme Ltd"), encoding="utf-8")
    with place.opened(world) as ws:
        set_up(ws)
        run(ws)
        assert ws.rules.state().problem is None
        assert codes(ws)["CON-01"] == 1
        yield ws


def customers(world: World) -> list[str]:
    return sorted(str(c["name"]) for c in world.accounts["contact"].values())


def test_a_customer_held_back_by_the_guides_rule_becomes_one_of_its_own_by_clone(
    asked: Workspace, world: World
) -> None:
    decide(asked, error_id=number(asked, "CON-01"), answer="clone")
    run(asked)
    assert codes(asked) == {}
    assert customers(world) == ["Acme Ltd", "Acme Ltd (2)"]
    run(asked)
    assert codes(asked) == {}
    assert customers(world) == ["Acme Ltd", "Acme Ltd (2)"]


@pytest.mark.parametrize("answer", ["skip", "overwrite"])
def test_a_customer_held_back_by_the_guides_rule_is_the_one_that_a_person_names(
    asked: Workspace, world: World, answer: str
) -> None:
    decide(asked, error_id=number(asked, "CON-01"), answer=answer, with_id="k1")
    run(asked)
    assert codes(asked) == {}
    assert customers(world) == ["Acme Ltd"]
    (project,) = world.accounts["project"].values()
    assert project["client_id"] == "k1"


def test_a_customer_of_another_name_is_linked_as_before(place: Place, world: World) -> None:
    folder = place.home / "rules"
    folder.mkdir(exist_ok=True)
    (folder / "contacts.yaml").write_text(recipe("Nordlicht GmbH"), encoding="utf-8")
    with place.synced(world) as ws:
        assert codes(ws) == {}
    assert customers(world) == ["Acme Ltd"]
