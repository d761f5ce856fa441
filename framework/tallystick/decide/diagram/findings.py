"""What the diagram says about the rules of a pack: findings of `check`, each with a witness."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tallystick.decide.atoms import LISTS, atoms_of, compile_formula
from tallystick.decide.diagram.cells import Cell, Group
from tallystick.decide.diagram.diagrams import Diagram, Leaf, drawn
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.diagram.spaces import cells
from tallystick.decide.diagram.tree import Allowed, allowed_in
from tallystick.decide.diagram.walks import walk_of
from tallystick.decide.model import UNKNOWN, Atom, Rule, Then
from tallystick.decide.packs import Pack

_HOLDS = "holds"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its code, the rule it is about, and a subject that shows it.

    `others` are the rules that mask it, that hold too, or that are in doubt. `fields` are those
    whose null leaves the answer unknown. A rule that never holds has no witness.
    """

    code: str
    rule: str | None
    witness: Mapping[str, Any] | None
    others: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings. `unsure` says why some that claim "never" could not be made."""

    found: tuple[Finding, ...]
    unsure: tuple[str, ...] = ()


def findings(pack: Pack) -> Findings:
    """What is wrong with a pack, or worth knowing, in the world where every field is fetched."""
    return _Check(pack).all()


def overlaps(pack: Pack) -> tuple[Finding, ...]:
    """Each two rules that hold for one subject, with the subject."""
    return tuple(_Check(pack).overlaps())


class _Check:
    """The diagrams of one pack and of its rules alone."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._space = cells(pack)
        self._residues = Residues(self._space)
        self._allowed = allowed_in(self._space, absent=False)
        self._unsure: list[str] = list(self._space.incomplete)

    def all(self) -> Findings:
        """Every finding, rule by rule, then those of the whole file."""
        whole = self._drawn(self._pack)
        found: list[Finding] = []
        missing = [r for r in self._pack.rules if r.id not in whole.deciders()]
        for rule in missing:
            found += self._missing(rule, whole)
        gaps = [leaf for leaf in whole.leaves if leaf.answer.by == "otherwise"]
        found += [Finding("RUL-03", None, leaf.witness) for leaf in gaps]
        found += self._unguarded(whole)
        if self._pack.strategy == "unique":
            found += self.overlaps()
        return Findings(tuple(found), tuple(dict.fromkeys(self._unsure)))

    def overlaps(self) -> Iterator[Finding]:
        """Each two rules that hold for one subject."""
        rules = self._pack.rules
        for number, one in enumerate(rules):
            for other in rules[number + 1 :]:
                both = self._drawn(self._alone(one), self._alone(other))
                for leaf in both.leaves:
                    if all(a.outcome == _HOLDS for a in leaf.answers):
                        yield Finding("RUL-10", one.id, leaf.witness, (other.id,))

    def _drawn(self, *packs: Pack, allowed: Allowed | None = None) -> Diagram:
        walks = [walk_of(pack, self._residues) for pack in packs]
        return drawn(self._space, walks, self._allowed if allowed is None else allowed)

    def _alone(self, rule: Rule) -> Pack:
        """A pack that says only whether one rule holds."""
        only = replace(rule, then=Then(_HOLDS), binds={})
        safe = self._pack.point.safe
        return replace(self._pack, rules=(only,), strategy="first", otherwise=safe)

    def _missing(self, rule: Rule, whole: Diagram) -> Iterator[Finding]:
        """Why a rule decides nothing: it never holds, others go before it, or all is in doubt."""
        beside = self._drawn(self._alone(rule), self._pack)
        if whole.sampled or beside.sampled:
            self._unsure.append(f"{rule.id}: too many possibilities to say that it never decides")
            return
        if self._space.incomplete:
            return
        holds = [leaf for leaf in beside.leaves if leaf.answers[0].outcome == _HOLDS]
        if not holds:
            yield Finding("RUL-04", rule.id, None)
            return
        deciders = dict.fromkeys(leaf.answers[1].by for leaf in holds)
        masks = tuple(by for by in deciders if by not in {"unknown", "otherwise"})
        code = "RUL-02" if masks else "RUL-01"
        yield Finding(code, rule.id, holds[0].witness, masks)

    def _unguarded(self, whole: Diagram) -> Iterator[Finding]:
        """Fields whose null alone leaves the answer unknown; else all of them together."""
        leaf = _unknown_leaf(whole)
        if leaf is None:
            return
        culprits = [
            {c: _nulls(group, group.cells[c]) for c in cells}
            for group, cells in zip(self._space.groups, self._allowed, strict=True)
        ]
        named = dict.fromkeys(f for cells in culprits for fields in cells.values() for f in fields)
        explained = False
        for field in named:
            allowed = tuple(
                tuple(c for c, fields in cells.items() if fields <= {field}) for cells in culprits
            )
            alone = (
                _unknown_leaf(self._drawn(self._pack, allowed=allowed)) if all(allowed) else None
            )
            if alone is not None:
                explained = True
                yield Finding("RUL-05", None, alone.witness, self._doubtful(alone), (field,))
        if not explained:
            yield Finding("RUL-05", None, leaf.witness, self._doubtful(leaf), tuple(named))

    def _doubtful(self, leaf: Leaf) -> tuple[str, ...]:
        whole = leaf.witness
        rules = self._pack.rules
        return tuple(r.id for r in rules if compile_formula(r.when)(whole, whole) == UNKNOWN)


def _unknown_leaf(found: Diagram) -> Leaf | None:
    leaves = (leaf for leaf in found.leaves if leaf.answer.code == "RUL-20")
    return next(leaves, None)


def _nulls(group: Group, cell: Cell) -> frozenset[str]:
    """The fields that are null in a cell and leave one of its atoms unknown."""
    unknown = [a for a, v in zip(group.atoms, cell.values, strict=True) if v == UNKNOWN]
    return frozenset(name for atom in unknown for name in _nulls_of(atom, cell))


def _nulls_of(atom: Atom, cell: Cell) -> Iterator[str]:
    if atom.kind != "q":
        yield from (p for p in _paths(atom) if cell.witness.get(p, "") is None)
        return
    items = cell.witness.get(atom.path)
    for inner in atoms_of(atom.where) if atom.where is not None else ():
        for item in items if isinstance(items, LISTS) else ():
            if item.get(inner.path, "") is None:
                yield f"{atom.path}.{inner.path}"
        yield from (p for p in _paths(inner)[1:] if cell.witness.get(p, "") is None)


def _paths(atom: Atom) -> tuple[str, ...]:
    paths = (atom.path, atom.other, atom.currency, atom.other_currency)
    return tuple(p for p in paths if p is not None)
