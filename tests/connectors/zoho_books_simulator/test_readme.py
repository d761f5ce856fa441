"""What is not documented for sure is named where a reader looks: point 25."""

from pathlib import Path

import tallystick_zoho_books.simulator as package
from tallystick_zoho_books.simulator.switches import SWITCHES


def test_the_readme_names_every_switch_with_its_meaning() -> None:
    text = (Path(package.__file__).parent / "README.md").read_text(encoding="utf-8")
    missing = [n for n, s in SWITCHES.items() if f"| `{n}` |" not in text or s.meaning not in text]
    assert missing == []


def test_every_switch_is_set_both_ways_by_a_test() -> None:
    folder = Path(__file__).parent
    tests = "".join(p.read_text(encoding="utf-8") for p in folder.glob("test_*.py"))
    untouched = [name for name in SWITCHES if f"{name}=" not in tests]
    assert untouched == []
