"""Subjects from a diagram: one drawn at a time, or the one of a vector."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Space
from tallystick.decide.diagram.diagrams import Diagram
from tallystick.decide.diagram.draws import Draws, one_of
from tallystick.decide.diagram.sampling import Path, path_to
from tallystick.decide.diagram.subjects import assembled


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
