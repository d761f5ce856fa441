"""The diagram of some packs as plain values: leaves with counts and witnesses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Space
from tallystick.decide.diagram.draws import Fixed
from tallystick.decide.diagram.residues import Residues
from tallystick.decide.diagram.sampling import Path, sample
from tallystick.decide.diagram.spaces import cells
from tallystick.decide.diagram.subjects import assembled
from tallystick.decide.diagram.tree import Allowed, Answers, TooLarge, Tree, allowed_in, build
from tallystick.decide.diagram.walks import Walk, walk_of
from tallystick.decide.packs import Pack

NODES_MAX = 200_000
SAMPLE_SIZE = 20_000


@dataclass(frozen=True, slots=True)
class Leaf:
    """One answer, or pair of answers; how many vectors lead to it, and a subject that has it.

    `count` is of the sample when the diagram is sampled.
    """

    answers: Answers
    count: int
    witness: Mapping[str, Any]
    needs_absence: bool

    @property
    def answer(self) -> Answer:
        """The only answer, or the first."""
        return self.answers[0]


@dataclass(frozen=True, slots=True)
class Diagram:
    """All answers that there are; sampled ones may lack answers that are rare.

    `vectors` is how many vectors there are. `incomplete` says why a well-typed subject may lie
    outside.
    """

    leaves: tuple[Leaf, ...]
    nodes: int
    vectors: int
    sampled: bool
    space: Space
    allowed: Allowed
    tree: Tree | None
    paths: Mapping[Answers, tuple[Path, ...]]

    @property
    def incomplete(self) -> tuple[str, ...]:
        """Why this is not all there is; empty when it is."""
        return self.space.incomplete

    @property
    def complete(self) -> bool:
        """True when each well-typed subject has one of the answers."""
        return not self.sampled and self.space.complete

    def deciders(self) -> set[str]:
        """Rules that decide somewhere, and `otherwise` and `unknown` where they do."""
        found = [a for leaf in self.leaves for a in leaf.answers]
        return {a.by for a in found} | {h.by for a in found for h in a.held}


def diagram(
    pack: Pack, *, absent: bool, space: Space | None = None, nodes_max: int = NODES_MAX
) -> Diagram:
    """The diagram of one pack, in the world where all is fetched, or where fields may be absent.

    Beyond `nodes_max` nodes it is sampled, and says so.
    """
    known = cells(pack) if space is None else space
    residues = Residues(known)
    allowed = allowed_in(known, absent=absent)
    return drawn(known, [walk_of(pack, residues)], allowed, nodes_max)


def drawn(
    space: Space, walks: Sequence[Walk], allowed: Allowed, nodes_max: int = NODES_MAX
) -> Diagram:
    """The diagram of some walks, whole or sampled."""
    vectors = 1
    for numbers in allowed:
        vectors *= len(numbers)
    try:
        tree = build(space, walks, allowed, nodes_max)
    except TooLarge:
        return _sampled(space, walks, allowed, vectors)
    leaves = []
    for answers, number in tree.leaves.items():
        node = tree.nodes[number]
        path = tree.path(number)
        chosen = [path.get(g, numbers[0]) for g, numbers in enumerate(allowed)]
        leaves.append(_leaf(space, answers, node.ways, chosen))
    return Diagram(tuple(leaves), len(tree.nodes), vectors, False, space, allowed, tree, {})


def _sampled(space: Space, walks: Sequence[Walk], allowed: Allowed, vectors: int) -> Diagram:
    found = sample(walks, allowed, SAMPLE_SIZE, Fixed())
    leaves = [_leaf(space, a, len(p.paths) + p.more, p.paths[0]) for a, p in found.items()]
    paths = {answers: p.paths for answers, p in found.items()}
    return Diagram(tuple(leaves), 0, vectors, True, space, allowed, None, paths)


def _leaf(space: Space, answers: Answers, count: int, path: Sequence[int]) -> Leaf:
    chosen = [g.cells[n] for g, n in zip(space.groups, path, strict=True)]
    whole = assembled(space.base, [c.witness for c in chosen])
    return Leaf(answers, count, whole, any(c.needs_absence for c in chosen))
