"""One imaginary firm, described once for every simulator.

`generate(seed, size)` is pure: no clock, no files, no shared state. Sizes:

* ``"tiny"``: one project, one contact, one task, one time entry;
* ``"demo"``: the cast of `tallystick demo`, 6 projects and 128 time logs;
* ``"medium"``: about 2,000 logs in 22 projects of three portals, with odd values the demo leaves
  out;
* an integer from 1 to 1,000,000: that many logs, computed one by one when asked for.
"""

from tallystick.errors import ConfigError
from tallystick.simulator.world_demo import demo_world
from tallystick.simulator.world_large import MAX_LOGS, benchmark_world
from tallystick.simulator.world_medium import medium_world
from tallystick.simulator.world_parts import (
    Approval,
    BillingMethod,
    BooksCustomer,
    BooksUser,
    Bug,
    Client,
    Contact,
    Expense,
    Log,
    LogKind,
    Organization,
    Person,
    Portal,
    PortalRole,
    Project,
    Task,
    TaskList,
    UserRate,
    World,
)
from tallystick.simulator.world_tiny import tiny_world

__all__ = [
    "Approval",
    "BillingMethod",
    "BooksCustomer",
    "BooksUser",
    "Bug",
    "Client",
    "Contact",
    "Expense",
    "Log",
    "LogKind",
    "Organization",
    "Person",
    "Portal",
    "PortalRole",
    "Project",
    "Task",
    "TaskList",
    "UserRate",
    "World",
    "generate",
]


def generate(seed: int = 1, size: str | int = "demo") -> World:
    """The world of a seed and a size; ConfigError for a size that does not exist."""
    if isinstance(size, int) and 1 <= size <= MAX_LOGS:
        return benchmark_world(seed, size)
    makers = {"tiny": tiny_world, "demo": demo_world, "medium": medium_world}
    if isinstance(size, int) or size not in makers:
        raise ConfigError(
            f"There is no simulated world of size {size!r}.",
            fix=f"Use tiny, demo, medium or a number of time logs from 1 to {MAX_LOGS:,}.",
        )
    return makers[size](seed)
