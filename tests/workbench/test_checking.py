"""What `rules check` finds in files that can all be loaded, each with a record that shows it."""

import pytest
from decide.building import POINT, file, rule
from rules.shipped import TYPES, sources
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.compiled import Compiled
from tallystick.decide.contradictions import Known
from tallystick.decide.points import POINTS
from tallystick.model.codes import CODES
from tallystick.resources import default_rules
from tallystick.workbench.checking import check
from tallystick.workbench.diagnostics import Diagnostic
from tallystick.workbench.subjects import subject_of

FLAG = "[{thing.flag: true}]"


def found(*rules: str, strategy: str = "first", overlaps: bool = False) -> list[Diagnostic]:
    text = file("\n".join(rules), strategy=strategy)
    source = RuleSource("made.yaml", text, "project")
    return check([source], {}, [POINT], overlaps=overlaps)


def only(code: str, of: list[Diagnostic]) -> Diagnostic:
    (one,) = [d for d in of if d.code == code]
    return one


def decided(rules: tuple[str, ...], record: str | None) -> tuple[str, str]:
    """Outcome and rule for the record of a finding, as a test of the file would ask."""
    text = file("\n".join(rules), extra="base: {}\n")
    case = f"tests:\n  - {{name: it, given: {record}, expect: leave}}\n"
    (pack,) = parse_source(RuleSource("made.yaml", text + case, "project"), {}, [POINT])
    compiled = Compiled(pack)
    try:
        decision = compiled.decide(subject_of(pack, pack.tests[0].given))
    finally:
        compiled.close()
    return decision.outcome, decision.by


def test_a_masked_rule_is_found_at_its_id_with_the_rule_that_masks_it() -> None:
    rules = (rule("wide", "[{thing.number: {lt: 10}}]"), rule("narrow", "[{thing.number: 5}]"))
    masked = only("RUL-02", found(*rules))
    assert (masked.line, masked.column) == (6, 10)
    assert masked.source == rules[1]
    assert masked.message == "narrow never decides: wide decides wherever it holds."
    assert masked.kind == "mistake"


def test_the_record_of_a_masked_rule_is_one_in_which_it_holds_and_another_decides() -> None:
    rules = (rule("wide", "[{thing.number: {lt: 10}}]"), rule("narrow", "[{thing.number: 5}]"))
    masked = only("RUL-02", found(*rules))
    assert masked.record == "{thing: {number: 5}}"
    assert decided(rules, masked.record) == ("take", "wide")


def test_a_condition_that_no_record_can_meet_has_no_record() -> None:
    never = only("RUL-04", found(rule("odd", "[{thing.flag: true}, {thing.flag: false}]")))
    assert never.record is None
    assert never.message == "odd never holds: its conditions contradict each other."


def test_a_rule_that_holds_only_in_doubt_is_unreachable() -> None:
    rules = (rule("one", FLAG), rule("two", "[{thing.flag: true}, {thing.number: 1}]", "link"))
    result = found(*rules, strategy="unique")
    assert only("RUL-01", result).message.startswith("two never decides")
    conflict = only("RUL-10", result)
    assert conflict.message == "one and two hold for one record, and only one may."
    assert conflict.record == "{thing: {flag: true, number: 1}}"


def test_a_gap_is_a_note_at_otherwise_with_a_record_that_no_rule_takes() -> None:
    rules = (rule("one", FLAG),)
    gap = only("RUL-03", found(*rules))
    assert (gap.kind, gap.line, gap.source) == ("note", 6, "otherwise: leave")
    assert decided(rules, gap.record) == ("leave", "otherwise")


def test_null_under_ordering_is_a_note_at_the_condition() -> None:
    line = rule("early", "[{thing.number: {lt: 5}}]")
    doubt = only("RUL-05", found(line))
    assert (doubt.kind, doubt.line) == ("note", 5)
    assert doubt.column == line.index("thing.number") + 1
    assert decided((line,), doubt.record) == ("leave", "unknown")


def test_a_guard_in_front_takes_the_doubt_away() -> None:
    guard = rule("nothing", "[{thing.number: {present: false}}]", "leave")
    codes = [d.code for d in found(guard, rule("early", "[{thing.number: {lt: 5}}]"))]
    assert "RUL-05" not in codes


def test_rules_that_want_different_things_are_shown_when_asked_for() -> None:
    rules = (rule("one", FLAG), rule("two", "[{thing.number: 1}]", "link"))
    assert "RUL-14" not in [d.code for d in found(*rules)]
    overlap = only("RUL-14", found(*rules, overlaps=True))
    assert overlap.message == "one wants take and two link for one record."
    assert overlap.record == "{thing: {flag: true, number: 1}}"
    assert decided(rules, overlap.record) == ("take", "one")


def test_rules_that_want_the_same_are_no_overlap() -> None:
    rules = (rule("one", FLAG), rule("two", "[{thing.number: 1}]"))
    assert "RUL-14" not in [d.code for d in found(*rules, overlaps=True)]


def test_more_possibilities_than_the_budget_are_sampled_and_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tallystick.decide.diagram.diagrams.drawn.__defaults__", (2,))
    rules = (rule("wide", "[{thing.number: {lt: 10}}]"), rule("narrow", "[{thing.number: 5}]"))
    unsure = only("RUL-15", found(*rules))
    assert "too many possibilities" in unsure.message
    assert unsure.kind == "note"


@pytest.mark.parametrize("code", ["RUL-01", "RUL-02", "RUL-03", "RUL-04", "RUL-05", "RUL-10"])
def test_each_code_of_a_finding_has_a_meaning_and_a_remedy(code: str) -> None:
    assert CODES[code].cause
    assert CODES[code].fix


def together(*, policies: str = "", known: Known | None = None) -> list[Diagnostic]:
    """Contradictions across the shipped files, with other policies."""
    texts = sources()
    if policies:
        texts.append(RuleSource("rules/policies.yaml", policies, "project"))
    result = check(texts, TYPES, POINTS, known=known)
    return [d for d in result if d.code == "RUL-16"]


def test_rounding_that_holds_most_work_is_found_over_its_two_settings() -> None:
    head = "tallystick: policies/1\nrounding: {time: "
    assert together(policies=f"{head}{{mode: down, step: 15}}}}\n") == []
    (contradiction,) = together(policies=f"{head}{{mode: down, step: 60}}}}\n")
    assert contradiction.message.endswith("(P-12, P-15)")
    assert (contradiction.kind, contradiction.file) == ("mistake", "rules/policies.yaml")


def test_approval_that_nobody_ever_gives_is_found_where_it_is_known() -> None:
    assert together(known=Known(approvals=True)) == []
    (contradiction,) = together(known=Known(approvals=False))
    assert "P-09" in contradiction.message


def test_every_shipped_file_is_sound_with_its_policies() -> None:
    policies = (default_rules() / "policies.yaml").read_text(encoding="utf-8")
    texts = [*sources(), RuleSource("policies.yaml", policies, "shipped")]
    assert [d for d in check(texts, TYPES, POINTS) if d.kind == "mistake"] == []


def test_a_file_that_cannot_be_read_hides_no_finding_of_another() -> None:
    text = file(rule("odd", "[{thing.flag: true}, {thing.flag: false}]"))
    broken = RuleSource("broken.yaml", "a: [1\n", "project")
    result = check([broken, RuleSource("made.yaml", text, "project")], {}, [POINT])
    assert [d.code for d in result if d.kind == "mistake"] == ["RUL-07", "RUL-04"]


def test_two_currencies_that_leave_doubt_name_no_field_and_are_still_said() -> None:
    line = rule("cheap", '[{thing.price_minor: {lt: "5.00 EUR"}}, {thing.price_minor: {ge: 0}}]')
    doubt = only("RUL-05", found(line))
    assert doubt.record == "{}"
    assert "Where thing.price_minor is null" in doubt.message
    assert "present: true" in str(doubt.fix)


def test_all_rules_of_a_file_that_collects_may_hold() -> None:
    rules = (rule("one", FLAG), rule("two", "[{thing.number: 1}]", "link"))
    codes = [d.code for d in found(*rules, strategy="collect", overlaps=True)]
    assert "RUL-14" not in codes
