"""Vectors drawn from a diagram: paths to an answer, and samples where it has too many nodes."""

from collections.abc import Sequence
from dataclasses import dataclass

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.draws import Draws, one_of, weighted
from tallystick.decide.diagram.tree import Allowed, Answers, Tree
from tallystick.decide.diagram.walks import Walk

KEPT_MAX = 16
Path = tuple[int, ...]
"""A cell of each group, by number."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """Some paths to one answer, and how many more were met."""

    paths: tuple[Path, ...]
    more: int


def answers_at(walks: Sequence[Walk], path: Sequence[int]) -> Answers:
    """What each walk answers on a vector."""
    found = []
    for walk in walks:
        state = walk.start()
        while not isinstance(state, Answer):
            mask = walk.groups(state)
            group = (mask & -mask).bit_length() - 1
            state = walk.known(state, group, path[group])
        found.append(state)
    return tuple(found)


def sample(
    walks: Sequence[Walk], allowed: Allowed, size: int, draws: Draws
) -> dict[Answers, Sampled]:
    """The answers on drawn vectors; every cell of every group is drawn at least once."""
    turns = max((len(cells) for cells in allowed), default=1)
    met: dict[Answers, dict[Path, None]] = {}
    more: dict[Answers, int] = {}
    for turn in range(max(size, turns)):
        # the first turns take the cells in order, so that none is left out
        path = tuple(
            cells[turn] if turn < len(cells) else one_of(draws, cells) for cells in allowed
        )
        answers = answers_at(walks, path)
        paths = met.setdefault(answers, {})
        if len(paths) < KEPT_MAX:
            more[answers] = more.get(answers, 0) + (path in paths)
            paths[path] = None
        else:
            more[answers] += 1
    return {a: Sampled(tuple(paths), more[a]) for a, paths in met.items()}


def path_to(tree: Tree, leaf: int, draws: Draws) -> Path:
    """A path to a leaf, each of its vectors as likely."""
    found = [one_of(draws, cells) for cells in tree.allowed]
    at = leaf
    while tree.nodes[at].edges:
        node = tree.nodes[at]
        weights = [
            tree.nodes[above].ways * len(cells) * tree.skipped(tree.nodes[above].level, node.level)
            for above, cells in node.edges
        ]
        above, cells = node.edges[weighted(draws, weights)]
        found[tree.nodes[above].level] = one_of(draws, cells)
        at = above
    return tuple(found)
