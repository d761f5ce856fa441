"""What no rule file may undo: work that an invoice holds, or may hold, is never billed again."""

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.decide.atoms import Test, atoms_of, compile_atom, evaluate
from tallystick.decide.model import FALSE, TRUE, Atom
from tallystick.decide.packs import Pack
from tallystick.decide.strategies import Verdict, resolve, sequence
from tallystick.decide.yamlnodes import ABSENT, Loader, Mark

DECISION = "invoice_line.add"
HELD = ("in_doubt", "claimed", "invoiced")
Whole = Mapping[str, Any]


def guard(loader: Loader, pack: Pack) -> None:
    """Refuse a file of `invoice_line.add` that allows work which a claim in force holds.

    It is tried on the file's own base and tests: whatever they allow must be refused as soon as
    the same work is claimed, invoiced, or in doubt.
    """
    if pack.decision != DECISION or pack.state == "draft":
        return
    tests = {a: compile_atom(a) for r in pack.rules for a in atoms_of(r.when)}
    for whole in _subjects(pack):
        if _verdict(pack, tests, whole).outcome == pack.point.safe:
            continue
        kind = (whole.get("line") or {}).get("kind")
        for status in HELD:
            claim = {"kind": kind, "status": status, "invoice": "INV-1", "system": "books"}
            verdict = _verdict(pack, tests, {**whole, "claims": [claim]})
            if verdict.outcome != pack.point.safe:
                line = verdict.rule.line if verdict.rule else pack.line
                raise loader.fail(
                    f"{verdict.by} allows a {kind} that a claim holds ({status}); no file may.",
                    Mark(line, 1),
                    "RUL-06",
                )


def _verdict(pack: Pack, tests: Mapping[Atom, Test], whole: Whole) -> Verdict:
    """The strategy's verdict by the reference matcher alone."""
    values = {atom: test(whole, whole) for atom, test in tests.items()}
    truths = [evaluate(rule.when, values) for rule in pack.rules]
    holds = frozenset(n for n, t in enumerate(truths) if t == TRUE)
    possible = frozenset(n for n, t in enumerate(truths) if t != FALSE)
    return resolve(pack, sequence(pack), holds, possible)


def _subjects(pack: Pack) -> Iterator[Whole]:
    params = {name: p.default for name, p in pack.params.items()}
    for given in ({}, *(case.given for case in pack.tests)):
        whole: dict[str, Any] = {"params": params}
        for part in (pack.base, given):
            for name, value in part.items():
                known = whole.get(name)
                both = isinstance(value, Mapping) and isinstance(known, Mapping)
                whole[name] = {**known, **value} if both else value  # type: ignore[dict-item] # a mapping
        yield {name: _sent(value) for name, value in whole.items() if value is not ABSENT}


def _sent(value: Any) -> Any:
    """A value without the fields that were not sent."""
    if isinstance(value, Mapping):
        return {k: _sent(v) for k, v in value.items() if v is not ABSENT}
    return [_sent(v) for v in value] if isinstance(value, list) else value
