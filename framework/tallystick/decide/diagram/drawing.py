"""Subjects from a diagram: one drawn at a time for fuzzing, or all of them for a self-check."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Space
from tallystick.decide.diagram.diagrams import Diagram, diagram
from tallystick.decide.diagram.draws import Draws, Fixed, one_of
from tallystick.decide.diagram.sampling import Path, path_to
from tallystick.decide.diagram.spaces import cells
from tallystick.decide.diagram.subjects import assembled
from tallystick.decide.packs import Pack

VECTORS_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Drawn:
    """A subject, the vector it has, and the answer that it gets."""

    answer: Answer
    path: Path
    subject: Mapping[str, Any]


def draw(found: Diagram, draws: Draws) -> Drawn:
    """A leaf, each as likely; then a path to it; then values in each of its cells."""
    leaf = one_of(draws, found.leaves)
    if found.tree is None:
        path = one_of(draws, found.paths[leaf.answers])
    else:
        path = path_to(found.tree, found.tree.leaves[leaf.answers], draws)
    return Drawn(leaf.answer, path, subject_at(found.space, path, draws))


def subject_at(space: Space, path: Sequence[int], draws: Draws | None = None) -> dict[str, Any]:
    """A subject with a vector: of each cell the witness, or one of its examples."""
    chosen = [g.cells[n] for g, n in zip(space.groups, path, strict=True)]
    if draws is None:
        return assembled(space.base, [c.witness for c in chosen])
    return assembled(space.base, [one_of(draws, (c.witness, *c.others)) for c in chosen])


def vectors(pack: Pack, at_most: int = VECTORS_MAX) -> Iterator[dict[str, Any]]:
    """A subject for every vector; where there are more, as many as that, some for each leaf."""
    space = cells(pack)
    if space.vectors(absent=True) <= at_most:
        for path in product(*(range(len(g.cells)) for g in space.groups)):
            yield subject_at(space, path)
        return
    found = diagram(pack, absent=True, space=space)
    draws = Fixed()
    for number in range(at_most):
        leaf = found.leaves[number % len(found.leaves)]
        if found.tree is None:
            path = one_of(draws, found.paths[leaf.answers])
        else:
            path = path_to(found.tree, found.tree.leaves[leaf.answers], draws)
        yield subject_at(space, path)
