"""What no rule file may undo: work that an invoice holds, or may hold, is never billed again."""

from collections.abc import Iterator, Mapping
from typing import Any

from tallystick.decide.atoms import Test
from tallystick.decide.cases import merge, strip
from tallystick.decide.compiled import atom_tests, matching
from tallystick.decide.model import Atom
from tallystick.decide.packs import Pack
from tallystick.decide.strategies import Verdict, resolve, sequence
from tallystick.decide.yamlnodes import Loader, Mark

DECISION = "invoice_line.add"
HELD = ("in_doubt", "claimed", "invoiced")
Whole = Mapping[str, Any]


def refuse_billing_twice(loader: Loader, pack: Pack) -> None:
    """Refuse a file of `invoice_line.add` that allows work which a claim in force holds.

    It is tried on the file's own base and tests: whatever they allow must be refused as soon as
    the same work is claimed, invoiced, or in doubt.
    """
    if pack.decision != DECISION or pack.state == "draft":
        return
    tests = atom_tests(pack)
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
    holds, possible = matching(pack, tests, whole)
    return resolve(pack, sequence(pack), holds, possible)


def _subjects(pack: Pack) -> Iterator[Whole]:
    params = {name: p.default for name, p in pack.params.items()}
    base = merge({"params": params}, pack.base)
    for given in ({}, *(case.given for case in pack.tests)):
        yield strip(merge(base, given))
