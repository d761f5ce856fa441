"""What a pack answers in a leaf, and which answers agree when a rule is in doubt."""

from dataclasses import dataclass

from tallystick.decide.diagram.cells import Bind
from tallystick.decide.diagram.counting import NOBODY, SEVERAL
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.packs import Pack
from tallystick.decide.strategies import sequence


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pack says: outcome and deciding rule, or otherwise or unknown with its code.

    `item` numbers the bound item, where two packs are compared. `held` has the answers of all
    rules of `collect`, in order.
    """

    outcome: str
    by: str
    code: str | None = None
    fields: str | None = None
    item: int | None = None
    held: tuple["Answer", ...] = ()

    def __str__(self) -> str:
        return f"{self.outcome} by {self.by}"

    def same(self, other: "Answer", *, by: bool) -> bool:
        """True when both say the same, with `by` for the same reason too."""
        mine = (self.outcome, self.fields, self.item, len(self.held), by and self.by)
        if mine != (other.outcome, other.fields, other.item, len(other.held), by and other.by):
            return False
        return all(a.same(b, by=by) for a, b in zip(self.held, other.held, strict=True))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule would answer: the kind of answer, and the number of the item it is bound to.

    Kind 0 is the safe outcome. `item` is None without a bound item, or while it is not known.
    """

    kind: int
    item: int | None = None

    def meets(self, other: "Claim") -> "Claim | None":
        """What both answer, or None when they differ; nobody's item is as good as any."""
        if self.kind != other.kind or SEVERAL in {self.item, other.item}:
            return None
        if self.item == other.item or other.item in {None, NOBODY}:
            return self
        return other if self.item in {None, NOBODY} else None


SAFE = Claim(0)


class Answers:
    """The rules of one pack as claims and answers; rule numbers are places in its sequence."""

    def __init__(self, pack: Pack, residues: Residues, *, targets: bool) -> None:
        self.pack = pack
        self.residues = residues
        self.rules = [pack.rules[n] for n in sequence(pack)]
        self._targets = targets
        self._binds: dict[Bind, tuple[int, int]] = {
            b: (g, n)
            for g, group in enumerate(residues.space.groups)
            for n, b in enumerate(group.binds)
        }
        kinds: dict[tuple[str, str | None, bool], int] = {}
        self.claims: list[Claim] = []
        for rule in self.rules:
            then = rule.then
            kind = kinds.setdefault(
                (then.outcome, then.fields, then.bind is not None), len(kinds) + 1
            )
            self.claims.append(SAFE if then.outcome == pack.point.safe else Claim(kind))
        free = pack.otherwise != pack.point.safe
        last = kinds.setdefault((pack.otherwise, None, False), len(kinds) + 1)
        self.otherwise = Claim(last) if free else SAFE
        self._items = [self._bind_of(n) for n in range(len(self.rules))]

    def _bind_of(self, number: int) -> tuple[int, int] | None:
        rule = self.rules[number]
        if rule.then.bind is None:
            return None
        return self._binds.get(Bind(rule.binds[rule.then.bind], self.claims[number] == SAFE))

    def item(self, number: int, known: int | None, group: int, cell: int) -> int | None:
        """The bound item of a rule, once the cell of its list's group is known."""
        place = self._items[number]
        if known is not None or place is None or place[0] != group:
            return known
        return self.residues.space.groups[group].cells[cell].bound[place[1]]

    def answer(self, number: int, item: int | None, held: tuple[Answer, ...] = ()) -> Answer:
        """The answer of a rule that decides."""
        if item == SEVERAL and self.claims[number] != SAFE:
            return self.unknown()
        rule = self.rules[number]
        seen = item if self._targets else None
        return Answer(rule.then.outcome, rule.id, None, rule.then.fields, seen, held)

    def nothing(self) -> Answer:
        """The answer when no rule holds."""
        return Answer(self.pack.otherwise, "otherwise")

    def unknown(self, code: str = "RUL-20") -> Answer:
        """The safe answer, because the answer is not sure."""
        return Answer(self.pack.point.safe, "unknown", code)
