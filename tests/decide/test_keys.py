"""The generated key says of each field what the closures say, whatever the subject looks like."""

import re
from collections import UserDict, defaultdict
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from decide.drawing import FORMULAS, SHIPPED, SOME, SUBJECTS, made, subjects_of
from hypothesis import example, given
from hypothesis import strategies as st
from tallystick.decide import Decider, Pack
from tallystick.decide.atoms import atoms_of, compile_atom
from tallystick.decide.compiled import Compiled
from tallystick.decide.folding import truth
from tallystick.decide.keyparts import Items, Order, Table, parts_of
from tallystick.decide.keys import Keys, Sought, deciding
from tallystick.decide.model import Atom, Formula, literal, negated
from tallystick.decide.writing import Writer
from tallystick.decide.yamlnodes import ABSENT


class Word(str):
    """A text of another type than text, which equals it and has its hash."""

    __slots__ = ()


DAYS = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 7, 2))
FIXED: dict[str, Any] = {
    "params": {"word": "a", "day": DAYS[1], "none": None, "tags": ["a", 1, None, True, DAYS[0]]},
}
PLAIN = (
    *(Atom("eq", "thing.word", v) for v in ("a", "b", "", None)),
    *(Atom("eq", "thing.many", f"w{n}") for n in range(9)),
    *(Atom("eq", "thing.flag", value=v) for v in (True, False)),
    *(Atom("eq", "thing.count", v) for v in (0, 1, 2)),
    *(Atom("eq", "thing.day", day) for day in DAYS),
    *(Atom(k, "thing.day", day) for k in ("lt", "le") for day in DAYS),
    *(Atom(k, "thing.count", n) for k in ("lt", "le") for n in (0, 1, 2**70)),
    *(Atom(k, "thing.amount", Decimal("1.0")) for k in ("eq", "lt", "le")),
    *(Atom("lt", "thing.seen", datetime(2026, 7, 1, tzinfo=UTC)) for _ in (1,)),
    *(Atom("present", f"thing.{name}") for name in ("word", "flag", "count", "day")),
    Atom("eq", "thing.word", other="params.word"),
    Atom("eq", "thing.word", other="params.gone"),
    *(Atom("lt", "thing.day", other=f"params.{p}") for p in ("day", "none", "gone", "word")),
    *(Atom("inlist", f"thing.{n}", other="params.tags") for n in ("word", "flag", "count", "day")),
    Atom("inlist", "thing.word", other="params.word"),
    Atom("same", "thing.word", other="thing.many", fold="name"),
    Atom("eq", "other.word", "a"),
    Atom("blank", "thing.word"),
    Atom("eq", "params.word", "a"),
)
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, 2, 2**70, 1.0, float("nan"), Decimal(1), Decimal("1.0"), "", " "),
    *("a", "b", "A", "w3", "w8", "w9", Word("a"), Word("w3"), b"a", ("a",), ["a"], {"a": 1}, {"a"}),
    *(*DAYS, datetime(2026, 7, 1), datetime(2026, 7, 1, tzinfo=UTC), ABSENT, object()),  # noqa: DTZ001
)
NAMES = ("word", "many", "flag", "count", "day", "amount", "seen")
THINGS = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, st.sampled_from(ODD)))
WRAPPED = st.sampled_from([dict, MappingProxyType, UserDict, lambda d: defaultdict(list, d)])
INPUTS = THINGS | st.builds(lambda wrap, d: wrap(d), WRAPPED, THINGS) | st.sampled_from(ODD)
ODD_SUBJECTS = st.fixed_dictionaries({}, optional={"thing": INPUTS, "other": INPUTS})
ATOM_FORMULAS = st.recursive(
    st.builds(lambda a, s: literal(a, sign=s), st.sampled_from(PLAIN), st.booleans()),
    lambda inner: st.builds(
        lambda op, parts: Formula(op, tuple(parts)),
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=6,
)
WHERES = st.recursive(
    st.builds(
        lambda v, s: literal(Atom("eq", "state", v, item=True), sign=s),
        st.sampled_from(["ok", "error", None]),
        st.booleans(),
    )
    | st.just(literal(Atom("present", "state", item=True)))
    | st.just(literal(Atom("eq", "number", 1, item=True))),
    lambda inner: st.builds(
        lambda op, parts: Formula(op, tuple(parts)),
        st.sampled_from(["and", "or"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=3,
)
TESTS = st.tuples(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), st.integers(0, 3))
COUNTS = st.builds(
    lambda where, test: literal(Atom("q", "thing", where=where, test=test)), WHERES, TESTS
)
STATES = st.sampled_from(["ok", "error", "new", None, 1, True, Word("ok"), ["ok"], ABSENT])
MEMBERS = st.fixed_dictionaries({}, optional={"state": STATES, "number": st.sampled_from(ODD)})
LISTS = st.lists(MEMBERS, max_size=5) | st.lists(MEMBERS | st.sampled_from(ODD), max_size=14)
LISTED = LISTS | LISTS.map(tuple) | st.sampled_from(ODD)
EVERY = [literal(atom) for atom in PLAIN]


def key_function(
    keys: Keys, fixed: Mapping[str, Any] = FIXED
) -> Callable[[Mapping[str, Any]], Any]:
    """The generated function that remembers nothing, so it gives each key; None without one."""
    nothing = Sought(None, {}, lambda _, key: key)  # type: ignore[arg-type,return-value] # the key
    return deciding(keys, nothing, fixed, lambda _: None)  # type: ignore[arg-type,return-value]


def told(formulas: list[Formula], subject: Mapping[str, Any]) -> int:
    """Compares every part of the subject's key with the closures; how many parts there were."""
    free = [f for f in formulas if all(a.path.startswith(("thing", "other")) for a in atoms_of(f))]
    keys = Keys(parts_of(free, FIXED), FIXED)
    key = key_function(keys)(subject)
    if key is None:
        return 0
    whole = {**FIXED, **subject}
    for part, cell in zip(keys.parts, keys.cells(key), strict=True):
        for formula, value in zip(part.formulas, part.truths[cell], strict=True):
            values = {a: compile_atom(a)(whole, whole) for a in atoms_of(formula)}
            assert value == truth(formula, values)
    return len(key)


@SOME
@given(st.lists(ATOM_FORMULAS, min_size=1, max_size=6), ODD_SUBJECTS)
def test_each_part_of_a_key_tells_what_the_closures_tell(
    formulas: list[Formula], subject: dict[str, Any]
) -> None:
    told(formulas, subject)


@SOME
@given(st.lists(COUNTS, min_size=1, max_size=6), st.lists(LISTED, min_size=1, max_size=6))
def test_the_part_of_a_list_tells_what_the_closures_tell(
    formulas: list[Formula], lists: list[Any]
) -> None:
    keys = Keys(parts_of(formulas, FIXED), FIXED)
    key_of = key_function(keys)
    for items in (*lists, *lists):  # asked, then remembered
        subject = {"thing": items}
        key = key_of(subject)
        if key is None:
            continue
        for part, cell in zip(keys.parts, keys.cells(key), strict=True):
            values = {a: compile_atom(a)(subject, subject) for f in formulas for a in atoms_of(f)}
            assert part.truths[cell] == tuple(truth(f, values) for f in part.formulas)


def test_a_list_whose_items_are_asked_for_one_field_has_a_key() -> None:
    wheres = [literal(Atom("eq", "state", v, item=True)) for v in ("error", "skipped")]
    counts = [literal(Atom("q", "thing", where=w, test=("ge", 1))) for w in wheres]
    keys = Keys(parts_of(counts, FIXED), FIXED)
    assert [type(part) for part in keys.parts] == [Items]
    states = ["ok", "error", "skipped"]
    found = {key_function(keys)({"thing": [{"state": "ok"}, {"state": s}]}) for s in states}
    assert len(found) == len(states)
    assert None not in found


@pytest.mark.parametrize("value", ODD, ids=lambda v: type(v).__name__)
def test_a_value_of_any_type_is_told_from_the_literals_as_the_closures_tell_it(value: Any) -> None:
    subject = {"thing": dict.fromkeys(NAMES, value), "other": {"word": value}}
    surely = [f for f in EVERY if f.atom and f.atom.other != "params.gone"]
    assert value is ABSENT or told([f for f in surely if f.atom.kind != "q"], subject) > 5


def test_one_true_and_a_decimal_one_are_three_values() -> None:
    whole = literal(Atom("eq", "thing.count", 1))
    flag = literal(Atom("eq", "thing.flag", value=True))
    key = key_function(Keys(parts_of([whole, flag], {}), {}), {})
    found = [key({"thing": {"count": v, "flag": v}}) for v in (1, True, Decimal(1))]
    assert len(set(found)) == 3
    assert None not in found


def test_a_plain_field_is_looked_up_or_compared_and_asked_of_no_closure() -> None:
    fields = [f for f in EVERY if f.atom and f.atom.path in {"thing.many", "thing.flag"}]
    days = [literal(Atom("lt", "thing.day", day)) for day in DAYS]
    parts = parts_of([*fields, *days], FIXED)
    assert sorted(type(p).__name__ for p in parts) == ["Order", "Table", "Table"]
    assert [len(p.truths) for p in parts if isinstance(p, Order)] == [len(DAYS) + 2]
    assert {len(p.truths) for p in parts if isinstance(p, Table)} == {10, 5}


def test_values_that_no_rule_tells_apart_share_a_cell() -> None:
    either = Formula("or", tuple(literal(Atom("eq", "thing.many", f"w{n}")) for n in range(9)))
    key = key_function(Keys(parts_of([either], {}), {}), {})
    assert len({key({"thing": {"many": f"w{n}"}}) for n in range(9)}) == 1
    assert key({"thing": {"many": "w9"}}) != key({"thing": {"many": "w1"}})


def test_nothing_of_a_rule_file_stands_in_the_text_that_is_compiled() -> None:
    evil = "'); raise SystemExit('"
    formulas = [
        *(literal(Atom("eq", f"{evil}.{evil}", evil * n)) for n in range(1, 9)),
        literal(Atom("same", f"{evil}.{evil}", other=f"{evil}.b")),
        literal(Atom("lt", f"{evil}.n", 77_777)),
    ]
    fixed = {evil + evil: {evil: evil}, "b": {}}
    keys = Keys(parts_of(formulas, fixed), fixed)
    writer = Writer({})
    writer.guard(fixed)
    keys._write_cells(writer)
    text = "\n".join(writer.lines)
    assert "raise" not in text
    assert "77" not in text
    assert set(re.findall(r"'[^']*'", text)) <= {f"'c{n}'" for n in range(99)}
    key = key_function(keys, fixed)
    assert key({evil: {evil: evil, "n": 1}}) != key({evil: {evil: evil, "n": 77_778}})


def test_generated_code_reaches_no_builtin_that_it_does_not_need() -> None:
    key = key_function(Keys(parts_of(EVERY, FIXED), FIXED))
    assert key.__globals__["__builtins__"] == {}
    assert not {"open", "eval", "exec", "__import__"} & key.__globals__.keys()


def alike(ready: Compiled, decide: Decider, subject: dict[str, Any]) -> None:
    """Three times: decided slowly, remembered, and ready."""
    wanted = ready.decide(decide.full(subject))
    assert wanted.code != "RUL-21"
    assert [decide(subject) for _ in range(3)] == [wanted] * 3


@SOME
@given(
    st.lists(FORMULAS, min_size=1, max_size=30),
    st.sampled_from(["first", "deny_overrides", "unique", "collect"]),
    st.fixed_dictionaries({}, optional={"items": st.lists(st.just({"flag": True}), max_size=3)}),
    st.lists(SUBJECTS, min_size=1, max_size=6),
)
def test_specialised_and_unspecialised_decide_alike_on_random_packs(
    formulas: list[Formula], strategy: str, fixed: dict[str, Any], subjects: list[dict[str, Any]]
) -> None:
    ready = Compiled(made(formulas, strategy))
    decide = Decider(ready, {}, fixed)
    try:
        for subject in subjects:
            alike(ready, decide, subject)
            alike(ready, decide, {k: v for k, v in subject.items() if k != "items"})
    finally:
        ready.close()


@SOME
@given(
    st.lists(ATOM_FORMULAS, min_size=1, max_size=12),
    st.sampled_from(["first", "deny_overrides", "unique"]),
    st.lists(ODD_SUBJECTS, min_size=1, max_size=6),
)
@example([literal(Atom("eq", "thing.word", "a"))], "first", [{"thing": defaultdict(list)}])
def test_specialised_and_unspecialised_decide_alike_on_odd_subjects(
    formulas: list[Formula], strategy: str, subjects: list[dict[str, Any]]
) -> None:
    kinds = [literal(Atom("eq", "thing.many", f"w{n}")) for n in range(len(formulas))]
    rules = [Formula("and", (k, f)) for k, f in zip(kinds, formulas, strict=True)]
    for chosen in (formulas, rules, [negated(f) for f in formulas]):
        ready = Compiled(made(chosen, strategy))
        decide = Decider(ready, FIXED["params"], {})
        try:
            for subject in subjects:
                alike(ready, decide, subject)
        finally:
            ready.close()


@pytest.mark.parametrize("shipped", SHIPPED, ids=lambda p: p.decision)
def test_specialised_and_unspecialised_decide_alike_on_shipped_files(shipped: Pack) -> None:
    ready = Compiled(shipped)
    deciders: dict[str, Decider] = {}

    @SOME
    @given(subjects_of(shipped), st.sets(st.sampled_from(sorted(shipped.point.inputs))))
    def same(whole: dict[str, Any], heads: set[str]) -> None:
        params = whole.pop("params", {})
        fixed = {h: whole.pop(h) for h in heads & {"integration", "line", "request"} & whole.keys()}
        name = repr((params, fixed))
        decide = deciders.setdefault(name, Decider(ready, params, fixed))
        alike(ready, decide, whole)

    try:
        same()
    finally:
        ready.close()
