"""The decision diagram: what is left to ask after each group, equal nodes made once."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Space
from tallystick.decide.diagram.walks import State, Walk

Answers = tuple[Answer, ...]
States = tuple[State | Answer, ...]
Allowed = tuple[tuple[int, ...], ...]
"""For each group the cells that can occur in the world that is looked at."""


class TooLarge(Exception):
    """The diagram has more nodes than it may have."""


@dataclass(slots=True)
class Node:
    """A node: the group it asks for, or a leaf's answers; and how one gets there.

    `ways` counts the vectors of the groups before it that lead here. `edges` are the nodes
    before it, each with the cells that lead on. `nearest` is the edge on the path with the
    fewest absent fields, `cost` their number.
    """

    level: int
    answers: Answers | None = None
    ways: int = 0
    edges: list[tuple[int, tuple[int, ...]]] = field(default_factory=list)
    nearest: tuple[int, int] | None = None
    cost: int = 0


@dataclass(slots=True)
class Tree:
    """Nodes in the order of their groups; node 0 is the first one asked."""

    space: Space
    allowed: Allowed
    nodes: list[Node]
    leaves: dict[Answers, int]

    def skipped(self, above: int, below: int) -> int:
        """How many vectors the groups have that a path passes over between two levels."""
        number = 1
        for cells in self.allowed[above + 1 : below]:
            number *= len(cells)
        return number

    def path(self, leaf: int) -> dict[int, int]:
        """The cell of each group that was asked, on the nearest path to a leaf."""
        found: dict[int, int] = {}
        edge = self.nodes[leaf].nearest
        while edge is not None:
            before, cell = edge
            found[self.nodes[before].level] = cell
            edge = self.nodes[before].nearest
        return found


def allowed_in(space: Space, *, absent: bool) -> Allowed:
    """All cells, or those that need no absence."""
    return tuple(
        tuple(n for n, c in enumerate(g.cells) if absent or not c.needs_absence)
        for g in space.groups
    )


def build(space: Space, walks: Sequence[Walk], allowed: Allowed, nodes_max: int) -> Tree:
    """The diagram of one pack, or of several side by side. Raises `TooLarge`."""
    builder = _Builder(space, walks, allowed, nodes_max)
    return builder.tree


class _Builder:
    """Makes the nodes, group by group."""

    def __init__(
        self, space: Space, walks: Sequence[Walk], allowed: Allowed, nodes_max: int
    ) -> None:
        self._walks = walks
        self._nodes_max = nodes_max
        self.tree = Tree(space, allowed, [], {})
        self._waiting: list[dict[States, int]] = [{} for _ in space.groups]
        start = tuple(w.start() for w in walks)
        first = self._node(start)
        node = self.tree.nodes[first]
        node.ways = self.tree.skipped(-1, node.level)
        # every edge leads to a later group, so each level is complete when its turn comes
        for level in range(len(space.groups)):
            for states, number in self._waiting[level].items():
                self._grow(level, states, number)
            self._waiting[level].clear()

    def _grow(self, level: int, states: States, number: int) -> None:
        children: dict[States, list[int]] = {}
        for cell in self.tree.allowed[level]:
            after = tuple(
                s if isinstance(s, Answer) else w.known(s, level, cell)
                for w, s in zip(self._walks, states, strict=True)
            )
            children.setdefault(after, []).append(cell)
        for after, cells in children.items():
            self._edge(number, self._node(after), cells)

    def _edge(self, above: int, below: int, cells: list[int]) -> None:
        tree = self.tree
        before, node = tree.nodes[above], tree.nodes[below]
        node.ways += before.ways * len(cells) * tree.skipped(before.level, node.level)
        node.edges.append((above, tuple(cells)))
        group = tree.space.groups[before.level]
        best = min(cells, key=lambda c: group.cells[c].needs_absence)
        cost = before.cost + group.cells[best].needs_absence
        if node.nearest is None or cost < node.cost:
            node.nearest, node.cost = (above, best), cost

    def _node(self, states: States) -> int:
        level = self._level(states)
        if level is None:
            answers = tuple(s for s in states if isinstance(s, Answer))
            found = self.tree.leaves.get(answers)
            if found is None:
                leaf = Node(len(self.tree.allowed), answers)
                found = self.tree.leaves[answers] = self._add(leaf)
            return found
        known = self._waiting[level]
        if states not in known:
            known[states] = self._add(Node(level))
        return known[states]

    def _add(self, node: Node) -> int:
        if len(self.tree.nodes) >= self._nodes_max:
            raise TooLarge
        self.tree.nodes.append(node)
        return len(self.tree.nodes) - 1

    def _level(self, states: States) -> int | None:
        """The first group that any state mentions."""
        mask = 0
        for walk, state in zip(self._walks, states, strict=True):
            if not isinstance(state, Answer):
                mask |= walk.groups(state)
        return (mask & -mask).bit_length() - 1 if mask else None
