"""Zoho Projects for Tallystick: the hook implementations, nothing else."""

from collections.abc import Sequence
from functools import partial

from tallystick.hookspecs import hookimpl
from tallystick.model.connector import Connector
from tallystick.model.ports import Simulated

from tallystick_zoho_projects.connector import ZohoProjects


@hookimpl
def tallystick_connectors() -> Sequence[type[Connector]]:
    """One connector: zoho_projects."""
    return [ZohoProjects]


@hookimpl
def tallystick_simulator(name: str, seed: int, size: str) -> Simulated | None:
    """The local Zoho Projects, for its own name only."""
    if name != ZohoProjects.name:
        return None
    # the simulator is not needed to connect to the real service
    from tallystick.simulator.world import generate  # noqa: PLC0415

    from tallystick_zoho_projects.simulator import ProjectsSimulator, describe  # noqa: PLC0415

    made = ProjectsSimulator(generate(seed, int(size) if size.isdigit() else size), seed)
    return Simulated(made, partial(describe, made))
