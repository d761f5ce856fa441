"""What is drawn at random: formulas, packs of them, subjects; and the shipped files."""

from dataclasses import replace
from typing import Any

from decide.building import file, pack, rule
from decide.measuring import LONG
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from tallystick.decide import Pack, RuleSource, load_rulebook
from tallystick.decide.model import Atom, Formula, Rule, Then, literal
from tallystick.decide.points import POINTS
from tallystick.records.catalogue import catalogue
from tallystick.resources import default_rules
from tallystick.workbench.subjects import UNKNOWN_WORD, values_by_field

SOME = settings(
    max_examples=3000 if LONG else 60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
BASE = pack(file(rule("base", "[{thing.flag: true}]")))
ITEM = literal(Atom("eq", "flag", value=True, item=True))
ATOMS = (
    *(Atom("eq", f"thing.f{n}", value=True) for n in range(6)),
    *(Atom("lt", "thing.number", value=n) for n in (0, 3)),
    Atom("le", "thing.number", value=3),
    Atom("present", "thing.word"),
    Atom("blank", "thing.word"),
    Atom("same", "thing.word", other="thing.other", fold="name"),
    Atom("inlist", "thing.word", other="thing.tags"),
    *(Atom("q", "items", where=ITEM, test=t) for t in (("ge", 1), ("eq", 0), ("eq", 2))),
)
LITERALS = st.builds(lambda a, s: literal(a, sign=s), st.sampled_from(ATOMS), st.booleans())
FORMULAS = st.recursive(
    LITERALS,
    lambda inner: st.builds(
        lambda op, parts: Formula(op, tuple(parts)),
        st.sampled_from(["and", "or"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **{f"f{n}": st.sampled_from([True, False, None, 1, "true"]) for n in range(6)},
    "number": st.sampled_from([None, -1, 0, 1, 2, 3, 4, "3"]),
    "word": st.sampled_from([None, "", " ", "a", "A", "b"]),
    "other": st.sampled_from([None, "", "a", " A "]),
    "tags": st.sampled_from([None, [], ["a"], ["b", None], "a"]),
}
ITEMS = st.fixed_dictionaries({}, optional={"flag": st.sampled_from([True, False, None])})
SUBJECTS = st.fixed_dictionaries(
    {"thing": st.fixed_dictionaries({}, optional=FIELDS)},
    optional={"items": st.none() | st.lists(ITEMS, max_size=4)},
)


def made(formulas: list[Formula], strategy: str) -> Pack:
    outcomes = ("take", "link", "leave")
    rules = [
        Rule(f"r{n}", f, Then(outcomes[n % 3]), "It is.", n) for n, f in enumerate(formulas, 1)
    ]
    return replace(BASE, rules=tuple(rules), strategy=strategy)


def _shipped() -> list[Pack]:
    sources = [
        RuleSource(f.name, f.read_text(encoding="utf-8"), "shipped")
        for f in sorted(default_rules().glob("*.yaml"))
        if f.name not in {"policies.yaml", "matching.yaml"}
    ]
    return list(load_rulebook(sources, catalogue(), POINTS).packs.values())


SHIPPED = _shipped()


def subjects_of(shipped: Pack) -> st.SearchStrategy[dict[str, Any]]:
    """Subjects of a file: each field it reads has a value it can tell from others, or none."""
    inputs: dict[str, dict[str, st.SearchStrategy[Any]]] = {}
    for path, values in values_by_field(shipped).items():
        head, _, name = path.partition(".")
        drawn = st.sampled_from([None, "", UNKNOWN_WORD, *values])
        inputs.setdefault(head, {})[name] = drawn
    whole: dict[str, st.SearchStrategy[Any]] = {}
    for head, fields in inputs.items():
        one = st.fixed_dictionaries({}, optional=fields)
        many = head in shipped.types.many
        whole[head] = st.none() | st.lists(one, max_size=3) if many else one
    return st.fixed_dictionaries({}, optional=whole)
