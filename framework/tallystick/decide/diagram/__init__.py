"""All that rules can tell apart, and what they answer: cells, diagrams and what rests on them.

Pure functions over packs. Nothing is claimed to be complete where `incomplete` or `sampled` says
otherwise.
"""

from tallystick.decide.diagram.answers import Answer
from tallystick.decide.diagram.cells import Bind, Cell, Group, Space
from tallystick.decide.diagram.coverage import Coverage, Finder, coverage
from tallystick.decide.diagram.diagrams import Diagram, Leaf, diagram
from tallystick.decide.diagram.drawing import Drawn, draw, subject_at
from tallystick.decide.diagram.draws import Draws, Fixed
from tallystick.decide.diagram.findings import Finding, Findings, findings, overlaps
from tallystick.decide.diagram.product import Comparison, Region, compare, equal
from tallystick.decide.diagram.spaces import cells

__all__ = [
    "Answer",
    "Bind",
    "Cell",
    "Comparison",
    "Coverage",
    "Diagram",
    "Drawn",
    "Draws",
    "Finder",
    "Finding",
    "Findings",
    "Fixed",
    "Group",
    "Leaf",
    "Region",
    "Space",
    "cells",
    "compare",
    "coverage",
    "diagram",
    "draw",
    "equal",
    "findings",
    "overlaps",
    "subject_at",
]
