"""The measuring process of other rule engines: the same rules over the same flat facts.

Runs in the engines' own environment, so it imports nothing of this repository:
`python bench/peer_rules.py SECONDS`, with rules, facts and what is to come of them on standard
input. Prints decisions per second by engine; an engine that decides otherwise is an error.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

Tree = list[Any]
Fact = dict[str, Any]
Rules = list[tuple[str, Tree]]
Decide = Callable[[Fact], str]
_NONE = "otherwise"
_ORDER = {"lt": "<", "le": "<="}


def infix(tree: Tree, words: dict[str, str]) -> str:
    """A condition in the spelling that most expression languages share."""
    op, *rest = tree
    if op in ("and", "or"):
        return "(" + f" {words[op]} ".join(infix(part, words) for part in rest) + ")"
    if op == "not":
        return f"{words['not']}({infix(rest[0], words)})"
    if op == "in":
        return f"({rest[0]} in {rest[1]})"
    left, right = rest
    right = right["name"] if isinstance(right, dict) else json.dumps(right)
    return f"({left} {_ORDER.get(op, '==')} {right})"


def zen_engine(rules: Rules) -> Decide:
    """GoRules zen: compiled expressions, in order."""
    import zen  # type: ignore[import-not-found]  # noqa: PLC0415 - this engine alone

    words = {"and": "and", "or": "or", "not": "not"}
    made = [(name, zen.compile_expression(infix(tree, words))) for name, tree in rules]
    return lambda fact: next((name for name, rule in made if rule.evaluate(fact)), _NONE)


def rule_engine(rules: Rules) -> Decide:
    """rule-engine: compiled rules, in order."""
    import rule_engine as engine  # type: ignore[import-not-found]  # noqa: PLC0415 - this engine alone

    context = engine.Context(resolver=engine.resolve_item, default_value=None)
    words = {"and": "and", "or": "or", "not": "not"}
    made = [(name, engine.Rule(infix(tree, words), context=context)) for name, tree in rules]
    return lambda fact: next((name for name, rule in made if rule.matches(fact)), _NONE)


def cel_python(rules: Rules) -> Decide:
    """Common Expression Language in Python: compiled programs, in order."""
    import celpy  # type: ignore[import-not-found]  # noqa: PLC0415 - this engine alone

    environment = celpy.Environment()
    words = {"and": "&&", "or": "||", "not": "!"}
    made = [
        (name, environment.program(environment.compile(infix(tree, words)))) for name, tree in rules
    ]

    def decide(fact: Fact) -> str:
        given = celpy.json_to_cel(fact)
        return next((name for name, rule in made if rule.evaluate(given)), _NONE)

    return decide


def clips_engine(rules: Rules) -> Decide:
    """CLIPS: one rule a condition, the earlier ones more salient; the fact is retracted again."""
    import clips  # type: ignore[import-not-found]  # noqa: PLC0415 - this engine alone

    environment = clips.Environment()
    found: list[str] = []
    environment.define_function(lambda name: found.append(str(name)), "found")
    names = sorted({name for _, tree in rules for name in named(tree)})
    lists = {right for _, tree in rules for right in listed(tree)}
    slots = " ".join(f"({'multislot' if n in lists else 'slot'} {n})" for n in names)
    environment.build(f"(deftemplate fact {slots})")
    bound = " ".join(f"({n} {'$' if n in lists else ''}?{n})" for n in names)
    for number, (name, tree) in enumerate(rules):
        environment.build(
            f"(defrule {name} (declare (salience {-number})) (fact {bound}) "
            f"(test {prefix(tree)}) => (found {name}))"
        )
    template = environment.find_template("fact")

    def symbol(value: object) -> object:
        if isinstance(value, list):
            return [symbol(one) for one in value]
        return value if type(value) in (int, str) else clips.Symbol(json.dumps(value))

    def decide(fact: Fact) -> str:
        found.clear()
        made = template.assert_fact(**{n: symbol(fact[n]) for n in names})
        environment.run(1)
        made.retract()
        return found[0] if found else _NONE

    return decide


def prefix(tree: Tree) -> str:
    """A condition as CLIPS writes it."""
    op, *rest = tree
    if op in ("and", "or", "not"):
        return f"({op} {' '.join(map(prefix, rest))})"
    if op == "in":
        return f"(neq FALSE (member$ ?{rest[0]} ?{rest[1]}))"
    left, right = rest
    right = f"?{right['name']}" if isinstance(right, dict) else json.dumps(right)
    return f"({_ORDER.get(op, 'eq')} ?{left} {right})"


def named(tree: Tree) -> list[str]:
    """The fields that a condition names."""
    op, *rest = tree
    if op in ("and", "or", "not"):
        return [name for part in rest for name in named(part)]
    return [rest[0], *([rest[1]] if op == "in" else [])] + [
        r["name"] for r in rest if isinstance(r, dict)
    ]


def listed(tree: Tree) -> list[str]:
    """The fields of a condition that are lists."""
    op, *rest = tree
    if op in ("and", "or", "not"):
        return [name for part in rest for name in listed(part)]
    return [rest[1]] if op == "in" else []


def rate(decide: Decide, facts: list[Fact], expected: list[str], seconds: float) -> float:
    """Decisions per second, over and over the facts, until the time is over."""
    begun, done = time.process_time(), 0
    while True:
        for fact, wanted in zip(facts, expected, strict=True):
            if (name := decide(fact)) != wanted:
                raise RuntimeError(f"{name} and not {wanted} of {fact}")
            done += 1
            if done % 10 == 0 and time.process_time() - begun > seconds:
                return done / (time.process_time() - begun)


def main(seconds: float) -> None:
    """Measure every engine."""
    given = json.load(sys.stdin)
    rules = [(name, tree) for name, tree in given["rules"]]
    found = {}
    for engine in (zen_engine, rule_engine, cel_python, clips_engine):
        decide = engine(rules)
        found[engine.__name__] = rate(decide, given["facts"], given["expected"], seconds)
    print(json.dumps(found), flush=True)
    os._exit(0)  # CLIPS would print what it thinks of its memory behind that


if __name__ == "__main__":
    main(float(sys.argv[1]))
