"""Every hook a plugin can implement, typed: who calls it, when, what to return.

A plugin is a distribution with an entry point in the group `tallystick`; its module holds
functions marked with `tallystick.hookspecs.hookimpl` under these names. An implementation may
take fewer arguments than the specification. What it raises, and what it does not answer within
ten seconds, is listed as a problem of that plugin; everything else goes on.
"""

from collections.abc import Sequence
from importlib.resources.abc import Traversable

import pluggy

from tallystick.model.catalogue import Projection
from tallystick.model.connector import Connector
from tallystick.model.decision import DecisionPoint
from tallystick.model.event import Event
from tallystick.model.ports import Simulated
from tallystick.records.base import Record

PROJECT = "tallystick"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def tallystick_connectors() -> Sequence[type[Connector]]:  # type: ignore[empty-body] # a specification
    """Offer the connectors of this plugin. Called once, when the host starts."""


@hookspec
def tallystick_record_types() -> Sequence[type[Record]]:  # type: ignore[empty-body] # a specification
    """Offer record types of this plugin, named "connector/type". Called once, at start.

    What its connectors read of them is stored and listed; rules can speak of them.
    """


@hookspec
def tallystick_decision_points() -> Sequence[DecisionPoint]:  # type: ignore[empty-body] # a specification
    """Offer questions for rules to answer, named "connector.question". Called once, at start.

    The host asks one of every record of the type that it names, in each sync; a default rule file
    of the plugin answers until the project has its own.
    """


@hookspec
def tallystick_projections() -> Sequence[Projection]:  # type: ignore[empty-body] # a specification
    """Offer named values, derived from records or subjects, for rules to speak of. Called once,
    at start; their functions are called where a rule names them.
    """


@hookspec
def tallystick_rule_files() -> Sequence[Traversable]:  # type: ignore[empty-body] # a specification
    """Offer default rule files. Called when rules are loaded; a project file of the same
    decision wins over them, and they win over nothing but the absence of the decision.
    """


@hookspec(firstresult=True)
def tallystick_simulator(name: str, seed: int, size: str) -> Simulated | None:
    """Make the simulator of connector `name`, or return None if it is another plugin's.

    `size` is "tiny", "demo", "medium" or a number of time entries. Called by
    `connector simulate`, the demo, tests and benchmarks; without a time limit.
    """


@hookspec
def tallystick_event(event: Event) -> None:
    """Hear of something that happened, after it was committed. A failure is logged, never fatal."""
