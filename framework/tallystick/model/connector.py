"""The connector contract: what the host asks of a connector, typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from tallystick.model.connection import Health, Portal
from tallystick.model.operation import Action, Lookup, Mode, Operation, Receipt
from tallystick.model.record import Cursor, Page, Row


@dataclass(frozen=True, slots=True)
class ReadSpec:
    """How one record type is read.

    `per` names the parent type when the list exists per parent only (the host then sets
    `Cursor.parent` and works through the parents it has stored); `since` says that the service
    can filter by time of change, so a later run need not read all.
    """

    type: str
    per: str | None = None
    since: bool = False
    page_size: int = 200


@dataclass(frozen=True, slots=True)
class WriteSpec:
    """How one record type is written: which actions, and what protects against doubling."""

    type: str
    actions: frozenset[Action]
    mode: Mode
    calls: int = 1
    """Remote calls one operation takes, for the estimate shown with a plan."""

    def mode_of(self, action: Action) -> Mode:
        """How an unknown outcome is handled: `mode` for creating, all else can be repeated."""
        return self.mode if action is Action.CREATE else Mode.IDEMPOTENT


class Connector(Protocol):
    """A connector, built by the host as `Connector(session, settings)`.

    `session` is a `tallystick.toolbox.Session` that carries the credential; no method takes
    one. `settings` are the plain settings of the connection (hosts, ids, limits).
    """

    name: ClassVar[str]
    title: ClassVar[str]
    container: ClassVar[str]
    """What `portals()` lists in this system's words: "portal" or "organization"."""
    container_setting: ClassVar[str]
    """The settings key that holds the chosen container's id."""
    reads: ClassVar[Mapping[str, ReadSpec]]
    writes: ClassVar[Mapping[str, WriteSpec]]

    def __init__(self, session: Any, settings: Mapping[str, Any]) -> None: ...

    def check(self) -> Health:
        """Try the credential and the settings with one read."""
        ...

    def portals(self) -> list[Portal]:
        """Containers this credential can see; `owned` marks those it may connect."""
        ...

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page. Pure paging: stores nothing, ends by `next=None`."""
        ...

    def fetch(
        self, type: str, ids: Sequence[str], *, parent: str | None = None
    ) -> Mapping[str, Row]:
        """Fresh rows of these records; an id left out is confirmed to be gone (404)."""
        ...

    def write(self, operation: Operation) -> Receipt:
        """Send once, never repeat.

        Raises `Unreachable` (nothing was sent), `Rejected`, `AlreadyThere`, `Throttled`,
        `CredentialRefused`, `Fatal`, or `OutcomeUnknown`.
        """
        ...

    def find(self, operation: Operation) -> Lookup:
        """Search completely for what an earlier send of this operation may have made."""
        ...
