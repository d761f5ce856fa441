"""What planning works with: the two sides, the settings, and what it hands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from tallystick.model.connection import Cutoff
from tallystick.model.decision import Decision, Explanation
from tallystick.model.operation import Because, Operation
from tallystick.model.record import RecordKey, Row, SourceKey


@dataclass(frozen=True, slots=True)
class Side:
    """One connection as planning sees it."""

    connection_id: str
    system: str
    container_id: str

    def source_key(self, type: str, external_id: str) -> SourceKey:
        """The record's identity everywhere (R-170)."""
        return SourceKey(self.system, self.container_id, type, external_id)


@dataclass(frozen=True, slots=True)
class Setting:
    """The integration's answers that planning reads."""

    integration: str
    source: Side
    target: Side
    modules: frozenset[str]
    general_timesheets: bool
    on_duplicate: str
    cutoff: Cutoff
    first_sync_at: datetime | None = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """The `integration` input of decisions."""
        return {
            "modules": sorted(self.modules),
            "general_timesheets": self.general_timesheets,
        }


@dataclass(frozen=True, slots=True)
class Issue:
    """A record that is not carried over, or is worth a warning, with its reason.

    `kind` is root, cascade, held or warn; `cause` is the (type, id) a cascade row waits for.
    """

    module: str
    key: RecordKey
    title: str
    code: str
    kind: str
    reason: str
    fix: str | None = None
    cause: tuple[str, str] | None = None
    minutes: int = 0


class Taken(NamedTuple):
    """A decision with what is needed to explain and store it; there are some for each entry."""

    key: RecordKey
    decision: Decision
    subject: Mapping[str, Any]
    decider: "Decider"
    version: str
    """Content hash of the record."""


class EntryState(NamedTuple):
    """Where one time entry stands after planning (domain states)."""

    external_id: str
    project_id: str | None
    minutes: int
    state: str
    codes: tuple[str, ...]
    judged_mode: str | None
    judged_cutoff: date | None
    content_hash: str
    former_state: str | None = None


class Sink(Protocol):
    """Where planning hands its results, one by one."""

    def operation(self, operation: Operation) -> None:
        """The next operation of the plan."""

    def written(self, sample: Operation, reference: str, body: str) -> None:
        """The next operation, like the sample, as `digest.body_of` writes it."""

    def issue(self, issue: Issue) -> None:
        """A record with a reason."""

    def taken(self, taken: Taken) -> None:
        """A decision."""

    def entry(self, state: EntryState) -> None:
        """The billing state of one time entry."""

    def count(self, module: str, what: str, number: int = 1) -> None:
        """Counts of a module: read, skipped, held, failed."""


def offered(row: Row) -> Row:
    """A row without the columns that its system did not offer: to a rule those are unknown."""
    absent = (row.get("extra") or {}).get("_absent")
    return {n: v for n, v in row.items() if n not in absent} if absent else row


class Decider(Protocol):
    """One decision point, ready to decide (see `decide`)."""

    def __call__(self, subject: Mapping[str, Any]) -> Decision:
        """Decide one subject."""
        ...

    def reasons(self, decision: Decision, subject: Mapping[str, Any]) -> Sequence[Decision]:
        """The decision, and what the rules behind it say alike (R-100)."""
        ...

    def explain(
        self, decision: Decision, subject: Mapping[str, Any], *, advice: bool = True
    ) -> Explanation:
        """The decision in words; `advice` is the nearest other outcome."""
        ...

    def because(self, decision: Decision, subject: Mapping[str, Any]) -> str:
        """The sentence of the explanation alone."""
        ...

    def place(self, decision: Decision) -> str:
        """File and line of the deciding rule."""
        ...

    def full(self, subject: Mapping[str, Any]) -> Mapping[str, Any]:
        """The subject with the parameters it was decided under."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What planning knows of a source record that others hang on.

    `state` is ok, error or skipped. A record that is ok has the remote id it is linked to, or
    the reference of the operation that will make it.
    """

    type: str
    external_id: str
    name: str
    state: str
    code: str | None = None
    target_id: str | None = None
    reference: str | None = None
    fact: Mapping[str, Any] = field(init=False, repr=False, compare=False)
    """The record as an item of `parents` in record.push; many records hang on the same one."""

    def __post_init__(self) -> None:
        """Make the fact once."""
        fact = {
            "id": self.external_id,
            "type": self.type,
            "name": self.name,
            "state": self.state,
            "code": self.code,
        }
        object.__setattr__(self, "fact", fact)


@dataclass(slots=True)
class Context:
    """Everything the module planners share; `standing` grows as modules are planned."""

    setting: Setting
    deciders: Mapping[str, Decider]
    sink: Sink
    links: dict[tuple[str, str], tuple[str, str]]
    """Source (type, id) -> target (type, id) of the id map, for all but time entries."""
    targets: Mapping[str, Mapping[str, Row]]
    """Target rows by type and id: contact, project, task, user."""
    markers: Mapping[str, tuple[str, str]]
    """Our marker -> target (type, id), for records that carry one (not time entries)."""
    changes: Mapping[tuple[str, str], int]
    """How many changes of a source record were carried over already."""
    billed_projects: frozenset[str] = frozenset()
    """Source projects of whose time something is on an invoice in force."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """A person's answer by contact id: clone, overwrite or skip."""
    adds_users: bool = True
    """False: nobody is added to the accounts; who is not there holds their entries (P-38)."""
    names_taken: set[str] = field(default_factory=set)
    """Folded display names of all contacts of the target, and of those this plan makes."""
    standing: dict[tuple[str, str], Standing] = field(default_factory=dict)

    def decide(
        self,
        point: str,
        key: RecordKey,
        subject: Mapping[str, Any],
        row: Row,
        decider: Decider | None = None,
    ) -> Decision:
        """Decide, and hand the decision on; explaining it is left to who stores it."""
        chosen = decider or self.deciders[point]
        decision = chosen(subject)
        version = str(row.get("content_hash", ""))
        self.sink.taken(Taken(key, decision, subject, chosen, version))
        return decision

    def matcher(self, contact_id: str) -> Decider:
        """The decider of contact.match, under a person's answer for this contact if any."""
        answer = self.answers.get(contact_id)
        return self.deciders.get(f"contact.match:{answer}") or self.deciders["contact.match"]

    def explain(self, decision: Decision, subject: Mapping[str, Any]) -> Explanation:
        """The decision in words."""
        return self.deciders[decision.decision].explain(decision, subject, advice=False)

    def because(self, decision: Decision, subject: Mapping[str, Any]) -> Because:
        """The rule that allowed an operation."""
        decider = self.deciders[decision.decision]
        sentence = decider.because(decision, subject)
        return Because(decision.decision, decision.by, decider.place(decision), sentence)
