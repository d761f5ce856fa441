"""What actions answer: frozen values that the command line, the pages and the JSON envelope show.

Money is a `Money` value, instants are aware UTC, durations whole minutes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tallystick.app.results_billing import DoubtView, FunnelStep, WaitingWork
from tallystick.app.results_records import DecisionView, ErrorView
from tallystick.app.rulebook import RulesState
from tallystick.app.said import summary
from tallystick.model.money import Money


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """One connection. `container` is its portal or organization id, None until chosen."""

    id: str
    system: str
    title: str
    container: str | None
    name: str
    credential: str
    """How it logs in, without the secret: "oauth", "authtoken (ops@zylker.example)" or "none"."""


@dataclass(frozen=True, slots=True)
class IntegrationView:
    """One integration with its badge; `badge` is one of Not connected, Set up, Sync in progress,
    Interrupted, Active, Stalled, Disabled, Migrating.
    """

    name: str
    state: str
    badge: str
    source: ConnectionView
    target: ConnectionView
    portal_id: str | None
    portal_name: str | None
    zone: str
    modules: tuple[str, ...]
    cutoff_mode: str
    cutoff: date | None
    general_timesheets: bool
    on_duplicate: str
    consent_by: str | None
    setup_at: datetime | None
    approved_at: datetime | None
    last_run: "RunView | None" = None


@dataclass(frozen=True, slots=True)
class PortalView:
    """A portal or organization that a credential sees; `reason` says why it cannot be chosen."""

    id: str
    name: str
    role: str
    owned: bool
    zone: str
    reason: str | None
    code: str | None


@dataclass(frozen=True, slots=True)
class ModuleView:
    """What one run did in one module (R-037)."""

    module: str
    state: str
    read: int
    written: int
    skipped: int
    held: int
    failed: int
    message: str | None
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class RunView:
    """One run; an open one whose process has died is interrupted. `seconds` is its duration so
    far; `slow` is INT-03: older than two hours (R-036).
    """

    id: int
    kind: str
    state: str
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float
    slow: bool
    message: str | None
    plan_digest: str | None
    modules: tuple[ModuleView, ...] = ()
    alive: bool = False
    """True while the process that works on an open run lives; else the next run takes it over."""

    @property
    def interrupted(self) -> bool:
        """True for an open run whose process has died."""
        return self.finished_at is None and not self.alive

    @property
    def changed(self) -> int:
        """Records written in the other system."""
        return sum(m.written for m in self.modules)

    @property
    def failed(self) -> int:
        """Records in error."""
        return sum(m.failed for m in self.modules)


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One numbered operation of a plan, for people. `sign` is + create, = link, ~ update, - off."""

    number: int
    sign: str
    verb: str
    target: str
    title: str
    rule: str
    place: str
    because: str
    reference: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """Records of one module that wait for one reason."""

    module: str
    code: str
    count: int
    reason: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanView:
    """A plan: counts, estimate, and the first lines of it.

    `counts` maps create, link, update, deactivate to numbers; `calls` is the remote calls that
    applying needs, `days` how many days that takes at the organization's quota; `wip` is the
    value of unbilled work by currency; `duplicates` counts contacts that need an answer.
    """

    digest: str
    integration: str
    kind: str
    made_at: datetime
    rules_hash: str
    counts: Mapping[str, int]
    by_module: Mapping[str, Mapping[str, int]]
    held: tuple[HeldLine, ...]
    duplicates: int
    calls: int
    days: int
    quota_per_day: int
    wip: tuple[Money, ...]
    lines: tuple[PlanLine, ...]
    total_lines: int
    approved_at: datetime | None
    applied_at: datetime | None = None

    @property
    def empty(self) -> bool:
        """True when applying it would change nothing."""
        return self.total_lines == 0

    @property
    def effort(self) -> str:
        """What applying it takes of the other system's quota, in words."""
        if not self.calls:
            return "no remote call"
        calls = f"{self.calls:,} remote {'call' if self.calls == 1 else 'calls'}"
        if self.days <= 1:
            return f"{calls} of the {self.quota_per_day:,} that one day allows"
        return f"{calls}: {self.days} days, for one day allows {self.quota_per_day:,}"


@dataclass(frozen=True, slots=True)
class ApplyView:
    """What came of applying a plan; `failed` are its operations, the run's modules count the
    records too that planning refused.
    """

    digest: str
    run: RunView | None
    done: int
    linked: int
    failed: int
    parked: int
    held: int
    already: int
    messages: tuple[str, ...] = ()

    @property
    def summary(self) -> str:
        """What came of it in one line, which the run's message says too."""
        recorded = self.run.failed if self.run is not None else 0
        failed = max(self.failed + self.parked, recorded)
        return summary(self.done, self.linked, failed, self.parked)


@dataclass(frozen=True, slots=True)
class RetryView(ApplyView):
    """What a sync made of errors that were tried again: those that are gone, and those that stay,
    with their reason now. A record that fails for another reason than before stays too.
    """

    gone: tuple[ErrorView, ...] = ()
    stays: tuple[ErrorView, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusView:
    """One screen: badge, freshness, errors, unbilled work, next step."""

    integration: IntegrationView
    run: RunView | None
    open_run: RunView | None
    to_bill: tuple[Money, ...]
    to_bill_entries: int
    to_bill_minutes: int
    to_bill_waiting: tuple[WaitingWork, ...]
    """Unbilled work that no bill would take now, by the code of what it waits for."""
    roots: int
    waiting: int
    in_doubt: tuple[DoubtView, ...]
    """Bills of unknown outcome, which hold work until somebody knows more."""
    claims: int
    doubles: int
    funnel: tuple[FunnelStep, ...]
    modules: tuple[ModuleView, ...]
    in_target: Mapping[str, int]
    """Records in the other system, by module."""
    feed: tuple[DecisionView, ...]
    rules_problem: str | None
    next_step: str
    rules: RulesState | None = None


@dataclass(frozen=True, slots=True)
class ConnectorView:
    """One installed connector, or a plugin that has none; `problems` are sentences with codes.

    `brings` are record types, questions, derived values and rule files of the plugin.
    """

    name: str
    title: str
    version: str
    distribution: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    problems: tuple[str, ...]
    brings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the doctor: level is ok, fixed, warn or fail."""

    level: str
    what: str
    message: str
    code: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class DemoStep:
    """One step of the demo's story."""

    name: str
    text: str
    ok: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class DemoView:
    """How the demo ended: its proof, and the folder it left (None: everything was removed)."""

    proof: str
    home: Path | None
