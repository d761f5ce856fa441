"""A local Zoho Projects: state, virtual clock, faults, journal; see the plugin's README."""

from collections.abc import Mapping
from typing import Any

from tallystick_zoho_projects.simulator.accounts import (
    AUTHTOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    REFRESH_TOKEN,
)
from tallystick_zoho_projects.simulator.service import ProjectsSimulator

__all__ = ["ProjectsSimulator", "describe"]


def describe(simulator: ProjectsSimulator, base_url: str) -> Mapping[str, Any]:
    """How to reach a served simulator: addresses, ids, credentials it accepts, switches."""
    portals = simulator.records.world.portals
    owned = next(p for p in portals if p.role == "owner")
    return {
        "connector": "zoho_projects",
        "accounts_url": base_url,
        "base_url": base_url,
        "portal_id": simulator.records.ids["portal"][owned.key],
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "refresh_token": REFRESH_TOKEN,
        "authtoken": AUTHTOKEN,
        "switches": dict(simulator.switches),
    }
