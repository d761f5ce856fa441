"""What lists can look like to the rules: how many items match, and which one is bound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tallystick.decide.counting import count_test
from tallystick.decide.diagram.cells import Bind
from tallystick.decide.model import FALSE, TRUE, UNKNOWN, Atom, Formula

STATES_MAX = 20_000
NOBODY, SEVERAL = -2, -1
"""The bound item of an atom when no item could be it, and when more than one could."""
Results = tuple[int, ...]
Count = tuple[int, int]
"""How many items surely match, and how many may; no more of either than can matter."""
Bound = tuple[int, bool]
State = tuple[tuple[int, ...], tuple[Bound, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """How a list looks: the values of its atoms, and the number of each bind's item.

    Items are numbered by the first bind that speaks of them, so equal numbers are one item.
    """

    values: tuple[int, ...]
    bound: tuple[int, ...]


class Counting:
    """The tests of some packs on one list."""

    def __init__(self, atoms: Sequence[Atom], binds: Sequence[Bind]) -> None:
        self.atoms = tuple(atoms)
        counted = (*atoms, *(b.atom for b in binds))
        wheres = dict.fromkeys(a.where for a in counted if a.where is not None)
        self.wheres: tuple[Formula, ...] = tuple(wheres)
        places = {w: n for n, w in enumerate(self.wheres)}
        bound = [(b.atom.where, b.certain) for b in binds]
        self._bound = [(places[where], certain) for where, certain in bound if where is not None]
        self._machines = [
            _Machine([a for a in self.atoms if a.where == where]) for where in self.wheres
        ]
        tested = [(places[a.where], a) for a in atoms if a.where is not None]
        self._counted = [(where, self._machines[where].values[a]) for where, a in tested]
        self._looks: dict[frozenset[Results], tuple[dict[Look, tuple[Results, ...]], bool]] = {}

    def unread(self) -> Look:
        """How a list looks that was not fetched."""
        return Look((UNKNOWN,) * len(self.atoms), (NOBODY,) * len(self._bound))

    def looks(
        self, types: Mapping[Results, object]
    ) -> tuple[Mapping[Look, tuple[Results, ...]], bool]:
        """Every look that lists of these types of items have, each with a shortest list.

        The types are what the `where` formulas make of an item. False when there are too many.
        """
        key = frozenset(types)
        if key not in self._looks:
            self._looks[key] = self._reach(list(types))
        return self._looks[key]

    def _reach(self, types: Sequence[Results]) -> tuple[dict[Look, tuple[Results, ...]], bool]:
        start: State = ((0,) * len(self.wheres), ((NOBODY, False),) * len(self._bound))
        # the list that led to a state is kept as its last item and the state before
        came: dict[State, tuple[State, Results] | None] = {start: None}
        looks: dict[Look, State] = {self._look(start): start}
        frontier = [start]
        while frontier:
            after: list[State] = []
            for state in frontier:
                for results in types:
                    found = self._with(state, results)
                    if found in came:
                        continue
                    if len(came) >= STATES_MAX:
                        return _lists(looks, came), False
                    came[found] = (state, results)
                    looks.setdefault(self._look(found), found)
                    after.append(found)
            frontier = after
        return _lists(looks, came), True

    def _with(self, state: State, results: Results) -> State:
        """The state with one more item."""
        counts, binds = state
        counted = tuple(
            [m.after[c][r] for m, c, r in zip(self._machines, counts, results, strict=True)]
        )
        if not binds or not any(results[where] for where, _ in self._bound):
            return counted, binds
        new = 1 + max(NOBODY, *(number for number, _ in binds))
        bound = [
            _bind(bind, results[where], max(new, 0), certain=certain)
            for bind, (where, certain) in zip(binds, self._bound, strict=True)
        ]
        return counted, _numbered(bound)

    def _look(self, state: State) -> Look:
        counts, binds = state
        values = tuple([row[counts[where]] for where, row in self._counted])
        return Look(values, tuple([number for number, _ in binds]))


class _Machine:
    """The numbers of items that match one formula, as states that the tests on it tell apart.

    State 0 is the empty list; `after` has the state with one more item, by what the formula
    makes of it; `values` what each test gives in each state.
    """

    def __init__(self, atoms: Sequence[Atom]) -> None:
        cap = max((_cap(a) for a in atoms), default=0)
        counts = [(sure, maybe) for sure in range(cap + 1) for maybe in range(cap - sure + 1)]
        steps = {c: [_more(c, result, cap) for result in (FALSE, TRUE, UNKNOWN)] for c in counts}
        tests = [count_test(a) for a in atoms]
        tested = {c: tuple(test(*c) for test in tests) for c in counts}
        blocks = _numbers([tested[c] for c in counts])
        number = 0
        # states are told apart until none leads to states that are told apart
        while len(set(blocks)) > number:
            number = len(set(blocks))
            place = dict(zip(counts, blocks, strict=True))
            blocks = _numbers([(place[c], *(place[s] for s in steps[c])) for c in counts])
        place = dict(zip(counts, blocks, strict=True))
        first = {place[c]: c for c in reversed(counts)}
        self.after = [[place[s] for s in steps[first[n]]] for n in range(number)]
        self.values = {a: [tested[first[n]][k] for n in range(number)] for k, a in enumerate(atoms)}


def _numbers(keys: Sequence[object]) -> list[int]:
    """Each key's number, by first appearance."""
    known: dict[object, int] = {}
    return [known.setdefault(key, len(known)) for key in keys]


def _lists(
    looks: Mapping[Look, State], came: Mapping[State, tuple[State, Results] | None]
) -> dict[Look, tuple[Results, ...]]:
    found = {}
    for look, state in looks.items():
        items: list[Results] = []
        step = came[state]
        while step is not None:
            items.append(step[1])
            step = came[step[0]]
        found[look] = tuple(reversed(items))
    return found


def _cap(atom: Atom) -> int:
    """From which number on a test gives the same for all."""
    operator, number = atom.test or ("ge", 1)
    return number if operator in {"ge", "lt"} else number + 1


def _more(count: Count, result: int, cap: int) -> Count:
    sure = min(count[0] + (result == TRUE), cap)
    return sure, min(count[1] + (result == UNKNOWN), cap - sure)


def _bind(bind: Bound, result: int, new: int, *, certain: bool) -> Bound:
    """A bound item once the list has one more: several that could be it never become one."""
    number, sure = bind
    if sure or result == FALSE or number == SEVERAL or (certain and result == UNKNOWN):
        return bind
    if number != NOBODY:
        return SEVERAL, True
    return new, result == TRUE


def _numbered(binds: Sequence[Bound]) -> tuple[Bound, ...]:
    names: dict[int, int] = {NOBODY: NOBODY, SEVERAL: SEVERAL}
    for number, _ in binds:
        names.setdefault(number, len(names) - 2)
    return tuple((names[number], sure) for number, sure in binds)
