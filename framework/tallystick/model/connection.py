"""Connections, portals and the standing integration between two of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date as calendar_date
from enum import StrEnum


class Status(StrEnum):
    """States of an integration."""

    NONE = "none"
    AUTHORIZED = "authorized"
    CONFIGURED = "configured"
    SYNCING = "syncing"
    ACTIVE = "active"
    STALLED = "stalled"
    DISABLED = "disabled"
    MIGRATING = "migrating"


WRITABLE = frozenset({Status.SYNCING, Status.ACTIVE})
"""States in which anything may be written to a remote system (I-08)."""


class CutoffMode(StrEnum):
    """The answer to the cutoff question (P-01); there is no silent default (R-012)."""

    UNANSWERED = "unanswered"
    DATE = "date"
    ALL_UNBILLED = "all_unbilled"


@dataclass(frozen=True, slots=True)
class Cutoff:
    """The cutoff choice; `date` is set in mode DATE only."""

    mode: CutoffMode = CutoffMode.UNANSWERED
    date: calendar_date | None = None


MODULES = ("projects", "users", "tasks", "bugs", "timesheets", "user_rates")
"""Modules in the order a full run works through them (R-025)."""

CHOOSABLE = ("projects", "timesheets")
"""Modules a person chooses; the others come along with these (R-010, R-011)."""


@dataclass(frozen=True, slots=True)
class Portal:
    """A container one credential can see: a portal or an organization."""

    id: str
    name: str
    role: str = ""
    owned: bool = False
    zone: str = "UTC"
    owner_email: str = ""
    currency: str = ""
    plan: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Credential:
    """What a connection logs in with. `kind` is "oauth" or "authtoken"; values are secret.

    oauth: client_id, client_secret, refresh_token. authtoken (legacy): email, key (ZSC key).
    """

    kind: str
    values: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """What a connector found out about its credential and settings, without writing."""

    ok: bool
    message: str
    code: str | None = None
    fix: str | None = None
    skew_seconds: float | None = None
