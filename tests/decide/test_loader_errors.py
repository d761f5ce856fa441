"""Every mistake in a rule file is answered with file, line, column and what to write instead."""

import pytest
from decide.building import FREE, HEAD, POINT, TAIL, file, pack, rule
from tallystick.decide import Policies, RuleSource, load_policies, load_rulebook
from tallystick.decide.yamlnodes import BYTES_MAX
from tallystick.errors import RuleFileError

GOOD = rule("a", "[{thing.flag: true}]")


def refused(text: str) -> RuleFileError:
    """The error of a text; a § in it marks the place that must be named."""
    with pytest.raises(RuleFileError) as caught:
        pack(text.replace("§", ""))
    error = caught.value
    assert error.where is not None
    assert error.where.file == "made.yaml"
    before = text.partition("§")[0] if "§" in text else ""
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    if "§" in text:
        assert (error.where.line, error.where.column) == place, error.message
    return error


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("tallystick: rules/1\n§\tdecision: x\n", "RUL-07", "tab"),
        (f"{HEAD}title: a\n§title: b\n", "RUL-07", "title stands here twice"),
        (f"{HEAD}title: §&name a\n", "RUL-07", "Anchors"),
        (f"{HEAD}title: §*name\n", "RUL-07", "aliases"),
        (f"{HEAD}title: §!!str a\n", "RUL-07", "tag"),
        (f"{HEAD}title: §!python/name:os.system\n", "RUL-07", "tag"),
        (f"{HEAD}rules: §!absent [a]\n", "RUL-07", "tag"),
        (f"{HEAD}title: §!absent word\n", "RUL-07", "alone"),
        (f"{HEAD}§!absent : a\n", "RUL-07", "plain text"),
        (f"{HEAD}? §[a]\n: b\n", "RUL-07", "plain text"),
        (f"{HEAD}§<<: {{title: a}}\n", "RUL-11", "no key <<"),
        (f"{HEAD}§titel: a\n", "RUL-11", "Did you mean title?"),
        (f"{HEAD}title: §12\nrules:\n{GOOD}\n{TAIL}", "RUL-12", "text"),
        (f"{HEAD}version: §one\nrules:\n{GOOD}\n{TAIL}", "RUL-12", "whole number"),
        (f"{HEAD}title: a§\x07b\n", "RUL-07", "U+0007"),
        (f"{HEAD}title: a§\ud800b\n", "RUL-07", "U+D800"),
        (f"{HEAD}title: [a\n§", "RUL-07", "Not YAML"),
        (f"{HEAD}title: 'a\n§", "RUL-07", "Not YAML"),
        (f"{HEAD}version: §{'9' * 30}\n", "RUL-12", "63 bits"),
        (f"{HEAD}version: §{'9' * 5000}\n", "RUL-08", "2000 characters"),
        (f"{HEAD}version: §1.{'9' * 60}\n", "RUL-12", "exact"),
        ("§title: a\n", "RUL-07", "starts with `tallystick: rules/1`"),
        ("tallystick: §rules/2\n", "RUL-07", "starts with"),
        ("§tallystick: rules/1\ntitle: a\n", "RUL-07", "which `decision`"),
        ("tallystick: rules/1\ndecision: §thing.juge\n", "RUL-11", "mean thing.judge?"),
        ("§- a\n", "RUL-07", "mapping of keys"),
        ("§", "RUL-07", "empty"),
        (f"§{HEAD}strategy: first\n", "RUL-07", "no rules"),
        (f"{HEAD}rules: §[]\n", "RUL-07", "no rules"),
        (f"§{HEAD}rules:\n{GOOD}\n", "RUL-07", "`otherwise` is missing"),
        (f"{HEAD}rules:\n{GOOD}\notherwise: §take\n", "RUL-06", "safe side"),
        (f"{HEAD}rules:\n{GOOD}\notherwise: §leaf\n", "RUL-11", "mean leave?"),
        (f"{HEAD}strategy: §frist\nrules:\n{GOOD}\n{TAIL}", "RUL-11", "mean first?"),
        (f"{HEAD}state: §live\nrules:\n{GOOD}\n{TAIL}", "RUL-11", "draft, shadow"),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(text: str, code: str, words: str) -> None:
    error = refused(text)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (rule("a", "[{§thing.flg: true}]"), "RUL-11", "mean thing.flag?"),
        (rule("a", "[{§thyng.flag: true}]"), "RUL-11", "mean thing.flag?"),
        (rule("a", "[{§params.x: 1}]"), "RUL-11", "no field params.x"),
        (rule("a", "[{thing.flag: §'true'}]"), "RUL-12", "no boolean"),
        (rule("a", "[{thing.number: §'12'}]"), "RUL-12", "no integer"),
        (rule("a", "[{thing.number: §1.5}]"), "RUL-12", "no integer"),
        (rule("a", "[{thing.number: §true}]"), "RUL-12", "no integer"),
        (rule("a", "[{thing.day: §2026-13-01}]"), "RUL-12", "no date"),
        (rule("a", "[{thing.seen: §2026-01-01T10:00:00}]"), "RUL-12", "no instant"),
        (rule("a", "[{thing.colour: §grean}]"), "RUL-12", "mean green?"),
        (rule("a", "[{thing.colour: [red, §grean]}]"), "RUL-12", "mean green?"),
        (rule("a", "[{thing.flag: §!absent }]"), "RUL-12", "absent"),
        (rule("a", "[{thing.number: {lt: §!absent }}]"), "RUL-12", "absent"),
        (rule("a", "[{thing.number: {lt: §null}}]"), "RUL-12", "needs a value"),
        (rule("a", "[{thing.number: {§lss: 1}}]"), "RUL-11", "no operator lss"),
        (rule("a", "[{thing.number: {§count: 1}}]"), "RUL-12", "is no list"),
        (rule("a", "[{thing.word: {§lt: abc}}]"), "RUL-12", "no order"),
        (rule("a", "[{thing.word: {present: §1}}]"), "RUL-12", "true or false"),
        (rule("a", "[{thing.word: {same_as: §thing.number}}]"), "RUL-12", "is integer"),
        (rule("a", "[{thing.word: {same_as: §thing.wrd}}]"), "RUL-11", "mean thing.word?"),
        (rule("a", "[{thing.word: {same_as: thing.other, fold: §nam}}]"), "RUL-11", "mean name?"),
        (rule("a", "[{thing.word: {ne: b, §fold: name}}]"), "RUL-12", "fold goes with"),
        (rule("a", "[{thing.word: {in: §thing.other}}]"), "RUL-12", "is no list"),
        (rule("a", "[{thing.word: §[]}]"), "RUL-12", "empty list"),
        (rule("a", "[{thing.word: §{}}]"), "RUL-12", "operator"),
        (rule("a", "[{any: §[]}]"), "RUL-12", "empty group"),
        (rule("a", "[§{}]"), "RUL-12", "condition"),
        (rule("a", "§{thing.flag: true}"), "RUL-12", "list"),
        (rule("a", "§[]"), "RUL-06", "needs a condition"),
        (rule("a", "[{§items: 1}]"), "RUL-12", "use count, some or none"),
        (rule("a", "[{items: {§sum: true}}]"), "RUL-11", "no list operator sum"),
        (rule("a", "[{items: {some: §false}}]"), "RUL-12", "some is true"),
        (rule("a", "[{items: {count: §-1}}]"), "RUL-12", "whole number"),
        (rule("a", "[{items: {count: {§gte: 1}}}]"), "RUL-11", "no count gte"),
        (rule("a", "[{items: §{where: [{flag: true}]}}]"), "RUL-12", "Say how many"),
        (rule("a", "[{items: {some: true, where: [{§flg: true}]}}]"), "RUL-11", "mean flag?"),
        (rule("a", "[{items: {none: true, bind: §x}}]"), "RUL-12", "at least 1"),
        (rule("a", "[{any: [{items: {some: true, bind: §x}}]}]"), "RUL-12", "outside of any"),
        (rule("a", "[{items: {some: true, bind: §thing}}]"), "RUL-12", "taken"),
        (rule("a", "[{thing.flag: true}]", "§tak"), "RUL-11", "mean take?"),
        (rule("a", "[{thing.flag: true}]", "{link: §twin}"), "RUL-11", "Nothing is bound"),
        (rule("§A b", "[{thing.flag: true}]"), "RUL-12", "lower-case"),
        ("  - {id: a, §wen: []}", "RUL-11", "mean when?"),
        ("  - §{id: a, when: []}", "RUL-07", "no then"),
        ("  - §a", "RUL-07", "A rule has"),
        (
            '  - {id: a, when: [{thing.flag: true}], then: take, because: §"{thing.wrd}"}',
            "RUL-11",
            "mean thing.word?",
        ),
        (rule("a", "[{thing.flag: true}]", "§{}"), "RUL-07", "names an outcome"),
        (rule("a", "[{thing.flag: true}]", "§{link: x, take: y}"), "RUL-07", "one outcome"),
        (
            rule(
                "a",
                "[{items: {some: true, bind: x}}]",
                "{link: x, fields: §thng}",
            ),
            "RUL-11",
            "mean thing?",
        ),
        (
            '  - {id: a, when: [{thing.flag: true}], then: take, because: §""}',
            "RUL-12",
            "A sentence",
        ),
        (
            '  - {id: a, when: [{thing.flag: true}], then: take, code: §{x: TS-01}, because: "b"}',
            "RUL-07",
            "`by`",
        ),
        (
            '  - {id: a, when: [{thing.flag: true}], then: take, code: §ts4, because: "b"}',
            "RUL-12",
            "no code",
        ),
    ],
)
def test_a_wrong_rule_is_refused_with_its_place(body: str, code: str, words: str) -> None:
    error = refused(f"{HEAD}rules:\n{body}\n{TAIL}")
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("extra", "code", "words"),
    [
        ("params: §[x]", "RUL-12", "mapping of names"),
        ("params: {x: {type: text, §of: [a], default: a}}", "RUL-12", "Only a choice"),
        ("params: {x: {type: text, nullable: §1, default: a}}", "RUL-12", "true or false"),
        ("base: §[thing]", "RUL-12", "mapping of inputs"),
        ("base: {thing: §[word]}", "RUL-12", "mapping of fields"),
        ("tests: [§a]", "RUL-12", "is a mapping"),
        ("tests: [{name: a, expect: §{link: a, take: b}}]", "RUL-07", "one outcome"),
        ("invariants: [§{must: []}]", "RUL-07", "no id"),
        ("invariants: [{id: a, must: []}, §{id: a, must: []}]", "RUL-07", "Two invariants"),
        ("invariants: [{id: a, unaffected_by: §thing.word}]", "RUL-12", "list of paths"),
        ("params: {x: {§typ: text}}", "RUL-11", "mean type?"),
        ("params: {x: {type: §txt}}", "RUL-12", "mean text?"),
        ("params: {x: §{type: choice, default: a}}", "RUL-12", "`of`"),
        ("params: {x: {type: choice, of: [abc], default: §abd}}", "RUL-12", "mean abc?"),
        ("params: {x: §{type: integer}}", "RUL-12", "no default"),
        ("params: {x: {type: integer, default: §a}}", "RUL-12", "no default"),
        ("params: {x: {type: text, default: a, source: §form}}", "RUL-12", "integration"),
        ("params: {x: §1}", "RUL-12", "type and a default"),
        ("base: {thing: {§wrd: a}}", "RUL-11", "mean word?"),
        ("base: {§think: {}}", "RUL-11", "mean thing?"),
        ("base: {thing: {number: §a}}", "RUL-12", "no integer"),
        ("base: {items: §{}}", "RUL-12", "list of items"),
        ("tests: [{name: a, expect: take, §gven: {}}]", "RUL-11", "mean given?"),
        ("tests: [§{name: a}]", "RUL-07", "no expect"),
        ("tests: [{name: a, expect: §tke}]", "RUL-11", "mean take?"),
        ("tests: [{name: a, expect: take, by: §aa}]", "RUL-11", "no rule aa"),
        ("tests: [{name: a, expect: take, given: {thing: {§wrd: a}}}]", "RUL-11", "word?"),
        ("tests: §{a: b}", "RUL-12", "list"),
        ("tests: [{name: a, expect: take}, §{name: a, expect: take}]", "RUL-07", "Two"),
        ("invariants: [§{id: a}]", "RUL-07", "says nothing"),
        ("invariants: [{id: a, unaffected_by: [§thing.wrd]}]", "RUL-11", "thing.word?"),
        ("invariants: [{id: a, unaffected_by: {shuffle: §itms}}]", "RUL-11", "items?"),
        ("invariants: [{id: a, after: §{outcome: tak}, must: []}]", "RUL-11", "take?"),
        ("invariants: [{id: a, scope: §stor, must: []}]", "RUL-11", "store?"),
    ],
)
def test_a_wrong_param_test_or_invariant_is_refused_with_its_place(
    extra: str, code: str, words: str
) -> None:
    error = refused(f"{HEAD}{extra}\nrules:\n{GOOD}\n{TAIL}")
    assert error.code == code
    assert words in error.message


def test_a_file_that_is_too_large_is_refused_before_it_is_read_as_yaml() -> None:
    assert refused("a" * (BYTES_MAX + 1)).code == "RUL-08"


def test_a_file_nested_too_deeply_is_refused_with_the_place_of_the_depth() -> None:
    error = refused(f"{HEAD}base: {'[' * 40}{']' * 40}\n")
    assert error.where is not None
    assert (error.code, error.where.line, error.where.column) == ("RUL-08", 3, 22)


def test_a_deeply_nested_file_does_not_exhaust_the_stack() -> None:
    assert refused("[" * 200_000).code == "RUL-08"


def test_a_rule_with_more_conditions_than_one_pattern_may_hold_is_refused() -> None:
    many = ", ".join(f"{{thing.number: {{ne: {n}}}}}" for n in range(101))
    assert refused(file(rule("a", f"[{many}]"))).code == "RUL-08"


def test_a_file_with_too_many_rules_is_refused() -> None:
    many = "\n".join("  - a" for _ in range(1001))
    assert refused(file(many)).code == "RUL-08"


def test_a_policy_file_that_is_no_mapping_is_refused_at_its_beginning() -> None:
    with pytest.raises(RuleFileError) as caught:
        load_policies("- a\n", "policies.yaml")
    assert str(caught.value.where) == "policies.yaml:1:1"


def test_a_decision_that_no_file_takes_says_what_to_add() -> None:
    with pytest.raises(RuleFileError, match="No rule file takes") as caught:
        load_rulebook([], {}, [POINT]).decider("thing.judge")
    assert "decision: thing.judge" in caught.value.fix


def test_two_rules_of_one_name_are_refused_at_the_second() -> None:
    error = refused(file(f"{GOOD}\n{GOOD}"))
    assert error.where is not None
    assert error.where.line == 6


@pytest.mark.parametrize("origin", ["plugin", "shipped", "project"])
def test_two_files_of_one_origin_cannot_take_the_same_decision(origin: str) -> None:
    sources = [RuleSource(n, file(GOOD), origin) for n in ("one.yaml", "two.yaml")]
    with pytest.raises(RuleFileError, match=r"decided by one\.yaml") as caught:
        load_rulebook(sources, {}, [POINT, FREE])
    assert str(caught.value.where) == "two.yaml:1:1"


def test_two_documents_of_one_file_cannot_take_the_same_decision() -> None:
    text = f"{file(GOOD)}---\n{file(GOOD)}"
    with pytest.raises(RuleFileError, match="decided by"):
        load_rulebook([RuleSource("one.yaml", text, "project")], {}, [POINT])


@pytest.mark.parametrize(
    ("text", "place", "code", "words"),
    [
        ("time: {zone: UTC}\n", "1:1", "RUL-07", "starts with"),
        ("tallystick: policies/1\ntime: {zon: UTC}\n", "2:8", "RUL-11", "mean time.zone?"),
        ("tallystick: policies/1\ntime: {zone: Mars}\n", "2:14", "RUL-12", "portal"),
        ("tallystick: policies/1\nrounding: {time: {step: 0}}\n", "2:25", "RUL-12", "at least 1"),
        ("tallystick: policies/1\ntime: {zone: UTC}\n", "2:14", "RUL-13", "P-10 time.zone: UTC"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_place(
    text: str, place: str, code: str, words: str
) -> None:
    with pytest.raises(RuleFileError) as caught:
        load_policies(text, "policies.yaml")
    assert (str(caught.value.where), caught.value.code) == (f"policies.yaml:{place}", code)
    assert words in caught.value.message


def test_a_policy_that_is_left_out_has_its_default() -> None:
    assert Policies({}).get("rounding.money_mode") == "half_up"
