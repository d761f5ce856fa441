"""A rule file can be read as sentences and as a table."""

from tallystick.decide import RuleSource, parse_source
from tallystick.decide.points import POINTS
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench import render


def shown(view: str) -> list[str]:
    text = (default_rules() / "re_enable.yaml").read_text(encoding="utf-8")
    (pack,) = parse_source(RuleSource("re_enable.yaml", text, "shipped"), catalogue(), POINTS)
    return render(pack, view).splitlines()


def test_as_sentences_each_rule_says_when_what_and_why() -> None:
    lines = shown("sentence")
    assert lines[0].endswith("[integration.enable, deny_overrides, enforce]")
    found = lines.index("  2  not-admin: if not (request.role is admin), then refuse (SETUP-01)")
    assert lines[found + 1] == "     because: {request.user} is not an administrator."
    assert lines[-1] == "     otherwise refuse"


def test_as_a_table_each_rule_is_one_row() -> None:
    lines = shown("table")
    assert lines[0].split() == ["#", "rule", "then", "code", "when"]
    assert lines[2].split()[:4] == ["2", "not-admin", "refuse", "SETUP-01"]
    assert lines[-1].split() == ["otherwise", "refuse"]
