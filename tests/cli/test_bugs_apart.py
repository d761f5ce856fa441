"""Bugs are billed on a line of their own by the guide's rule, without code."""

import re
from collections.abc import Iterator
from contextlib import chdir
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tallystick.app.demo_stage import Stage
from tallystick.testing.clock import FakeClock
from tallystick.testing.people import People
from tallystick.testing.simulated import Pair

from cli.terminal import Printed, Terminal, connect, set_up, town

GUIDE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
PART = GUIDE.split("**Bugs on a line of their own.**")[1].split("\n**")[0]
GROUPINGS = ("single_line", "all_entries", "by_task", "by_user", "by_task_user")
PROJECT = "Loyalty app"
DRAFT = "invoiced_once.draft.yaml"
Previews = dict[str, dict[str, Any]]


class Told:
    """The terminal after the guide's commands, and what it showed before and on the way."""

    def __init__(self, terminal: Terminal, place: Stage) -> None:
        self.terminal, self.place = terminal, place
        self.before = self.previews()
        self.to_bill = terminal.data("status")["to_bill"]
        self.steps: list[Printed] = []
        self._follow()

    def previews(self) -> Previews:
        """What a bill would hold, by grouping."""
        words = ("billing", "preview", "--project", PROJECT, "--grouping")
        return {g: self.terminal.data(*words, g) for g in GROUPINGS}

    def _follow(self) -> None:
        """Every command of the guide's example, the draft edited after the first."""
        rule, tests = re.findall(r"```yaml\n(.*?)```", PART, re.DOTALL)
        for command in re.findall(r"^    tallystick ([^#\n]*)", PART, re.MULTILINE):
            words = [w.strip('"') for w in re.findall(r'"[^"]*"|\S+', command)]
            self.steps.append(self.terminal(*words))
            draft = self.terminal.home / "rules" / DRAFT
            if len(self.steps) == 1:
                text = draft.read_text(encoding="utf-8").replace("rules:\n", f"rules:\n{rule}", 1)
                text = text.replace("\nbase:\n", "\nbase:\n  time_entry: {kind: task}\n", 1)
                text = text.replace("\ntests:\n", f"\ntests:\n{tests}", 1)
                draft.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A folder where work on bugs is to bill, and the guide was followed."""
    with town(tmp_path_factory.mktemp("bugs"), "demo") as (terminal, place):
        connect(terminal, place)
        organization = str(place.announced["zoho_books"]["organization_id"])
        assert set_up(terminal, "--organization", organization).exit == 0
        terminal("sync", "run", "--auto-approve")
        assert terminal("billing", "invoice", "--project", "Atlas rollout").exit == 0
        with chdir(terminal.home):
            followed = Told(terminal, place)
        yield followed


def entries(preview: dict[str, Any]) -> list[str]:
    """Every entry of a preview."""
    return sorted(i for line in preview["lines"] for i in line["entries"])


def test_the_guide_leads_from_a_draft_into_force(told: Told) -> None:
    assert [step.exit for step in told.steps] == [0] * len(told.steps) == [0] * 7
    assert (told.terminal.home / "rules" / "invoiced_once.yaml").is_file()


def test_the_backtest_shows_that_allowed_bugs_are_set_apart_at_no_change_of_money(
    told: Told,
) -> None:
    printed = told.steps[3].out
    assert "allow -> apart  by bugs" in printed
    assert "allow -> refuse" not in printed
    assert "USD" not in printed
    assert "0 entries already invoiced would change." in printed


def test_under_every_grouping_bugs_are_one_line_and_the_work_is_the_same(told: Told) -> None:
    """R-148: the set of entries, hours and total do not change; R-163."""
    after = told.previews()
    bugs = {i for i in entries(after["by_task"]) if kind(told, i) == "bug"}
    assert len(bugs) > 1
    for grouping, preview in after.items():
        (line,) = [one for one in preview["lines"] if set(one["entries"]) & bugs]
        assert (line["name"], set(line["entries"])) == ("Bugs", bugs)
        former = told.before[grouping]
        assert entries(preview) == entries(former)
        assert (preview["minutes"], preview["total"]) == (former["minutes"], former["total"])


def kind(told: Told, entry: str) -> str:
    """Whether an entry is work on a task or a bug."""
    rows = told.terminal.data("records", "list", "time_entry", "--where", f"external_id={entry}")
    return str(rows["rows"][0]["kind"])


def test_what_is_to_bill_is_the_same_as_before(told: Told) -> None:
    assert told.to_bill
    assert told.terminal.data("status")["to_bill"] == told.to_bill


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_an_invoice_in_the_accounts_has_one_line_of_bugs(told: Told, grouping: str) -> None:
    """R-148: billed under each grouping and voided again, the same entries at the same total."""
    former = told.before[grouping]
    words = ("billing", "invoice", "--project", PROJECT, "--grouping", grouping)
    made = told.terminal.data(*words)
    people = People(
        Pair(told.place.home, FakeClock(), dict(told.place.simulators), dict(told.place.announced))
    )
    found = people.invoice(made["remote_id"])
    names = [line["name"] for line in found["line_items"]]
    assert names.count("Bugs") == 1
    assert names[-1] == "Bugs"
    billed = [i for line in found["line_items"] for i in line["time_entry_ids"]]
    assert len(billed) == len(set(billed)) == len(entries(former)) == made["entries"]
    assert Decimal(str(found["total"])) == Decimal(former["total"]["amount"])
    freed = told.terminal.data("billing", "void", made["number"], "--yes")
    assert (freed["entries"], freed["minutes"]) == (made["entries"], made["minutes"])
    assert freed["project_name"] == PROJECT
    assert told.terminal("sync", "run", "--auto-approve").exit in {0, 5}
    assert entries(told.previews()[grouping]) == entries(former)
