"""Planted defects: each can be switched on for a while, and `rules fuzz` must find it.

Those in rule files are another text of one file; those in code replace one function.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from tallystick.app import flows, sync
from tallystick.apply.sender import Sender
from tallystick.errors import Rejected
from tallystick.model.connection import WRITABLE, Status
from tallystick.model.operation import Lookup
from tallystick.plan import parties, upsert, work
from tallystick.resources import default_rules
from tallystick.store.billing_states import StateStore
from tallystick.store.error_rows import ErrorStore
from tallystick.store.records import RecordStore


@dataclass(frozen=True, slots=True)
class RuleDefect:
    """A rule file with one mistake: `wrong` stands once where `right` should."""

    name: str
    file: str
    right: str
    wrong: str
    breaks: str

    def planted(self, folder: Path) -> Path:
        """The rule file alone, with the mistake."""
        text = (default_rules() / self.file).read_text(encoding="utf-8")
        assert self.right in text, f"{self.name}: {self.file} says it in other words now"
        file = folder / self.file
        file.write_text(text.replace(self.right, self.wrong, 1), encoding="utf-8")
        return file


RULE_DEFECTS = (
    RuleDefect(
        "a cutoff that is off by one day",
        "cutoff.yaml",
        "id: before-cutoff\n    when: [{params.mode: date}, {time_entry.work_date: {before:",
        "id: before-cutoff\n    when: [{params.mode: date}, {time_entry.work_date: {on_or_before:",
        "never-invoiced-from-the-cutoff-on",
    ),
    RuleDefect(
        "a cascade that forgets parents that were left out",
        "cascade.yaml",
        "where: [{state: {ne: ok}}]}}]\n    then: push",
        "where: [{state: error}]}}]\n    then: push",
        "nothing-goes-before-its-parents",
    ),
    RuleDefect(
        "work that nobody approved",
        "qualification.yaml",
        "{record.approval: [pending, rejected]}]\n    then: skip",
        "{record.approval: [pending, rejected]}]\n    then: accept",
        "only-approved-billable-work",
    ),
    RuleDefect(
        "transactions of another customer that move",
        "migration.yaml",
        "[{transaction.customer: {differs_from: project.primary_client}}]\n    then: leave",
        "[{transaction.customer: {differs_from: project.primary_client}}]\n    then: migrate",
        "nothing-foreign-moves",
    ),
    RuleDefect(
        "a customer linked by the e-mail address alone",
        "contacts.yaml",
        "            - name: {same_as: incoming.name, fold: name}\n",
        "",
        "a-link-has-one-name-or-was-chosen",
    ),
)


@contextmanager
def _claim_released_too_early() -> Iterator[None]:
    """No answer is taken for a refusal, so the claims go though the bill may have been made."""

    def refused(self: Any, _o: Any, row: Any, message: str, number: int | None = None) -> Any:
        return self._answered_no(row, number or row.attempts, Rejected(message, code="INV-03"))

    with mock.patch.object(Sender, "_unknown", refused):
        yield


@contextmanager
def _sent_again_without_looking() -> Iterator[None]:
    """What has no answer is sent once more, whether it arrived or not."""
    with (
        mock.patch.object(Sender, "_look_up", return_value=Lookup((), ())),
        mock.patch.object(Sender, "_may_resend", return_value=True),
    ):
        yield


@contextmanager
def _page_counted_twice() -> Iterator[None]:
    """Minutes of a row are added again when a list shows it on a second page."""
    seen: set[tuple[Any, ...]] = set()
    again: dict[str, dict[str, int]] = {}
    save, minutes = RecordStore.save_page, RecordStore.minutes_by_project

    def saved(self: Any, connection_id: str, type: str, page: Any, **options: Any) -> Any:
        for row in page.rows if type == "time_entry" else ():
            # by the place of the store, since a crash does not make such minutes go away
            place = str(self._database.url)
            key = (place, options["run_id"], connection_id, row["external_id"])
            if key in seen:
                project = row["project_id"]
                extra = again.setdefault(place, {})
                extra[project] = extra.get(project, 0) + row["minutes"]
            seen.add(key)
        return save(self, connection_id, type, page, **options)

    def counted(self: Any, connection_id: str) -> dict[str | None, int]:
        found = minutes(self, connection_id)
        extra = again.get(str(self._database.url), {})
        return {p: m + extra.get(str(p), 0) for p, m in found.items()}

    with (
        mock.patch.object(RecordStore, "save_page", saved),
        mock.patch.object(RecordStore, "minutes_by_project", counted),
    ):
        yield


@contextmanager
def _writing_while_off() -> Iterator[None]:
    """A sync does not ask whether the integration is on."""
    able = (*sync._CAN_SYNC, Status.DISABLED)
    with (
        mock.patch.object(sync, "_CAN_SYNC", able),
        mock.patch.object(flows, "WRITABLE", WRITABLE | {Status.DISABLED}),
    ):
        yield


@contextmanager
def _everything_differs() -> Iterator[None]:
    """A record that is as it should be is written again in each run."""

    def all_of(payload: Any, _row: Any, follow: Any, **_how: Any) -> dict[str, Any]:
        return {name: payload[name] for name in follow if name in payload}

    with mock.patch.object(upsert, "differing", all_of):
        yield


@contextmanager
def paired_by_name() -> Iterator[None]:
    """The id map counts only while the target still has the name."""
    linked = upsert.linked_to

    def by_name(context: Any, wanted: Any) -> tuple[str, str] | None:
        pair = linked(context, wanted)
        row = context.targets.get(pair[0], {}).get(pair[1]) if pair else None
        return pair if row is None or row["name"] == wanted.payload["name"] else None

    with (
        mock.patch.object(upsert, "linked_to", by_name),
        mock.patch.object(parties, "linked_to", by_name),
        mock.patch.object(work, "linked_to", by_name),
    ):
        yield


@contextmanager
def _roots_lost() -> Iterator[None]:
    """What waits for something else is stored without what it waits for."""
    with mock.patch.object(ErrorStore, "_roots", return_value=None):
        yield


@contextmanager
def _state_lost(of: str) -> Iterator[None]:
    """Entries of one billing state are not stored, so their minutes are nowhere."""
    put = StateStore.put_many

    def kept(self: Any, connection_id: str, states: Any, **options: Any) -> int:
        return put(self, connection_id, [s for s in states if s.state != of], **options)

    with mock.patch.object(StateStore, "put_many", kept):
        yield


@contextmanager
def _reasons_lost() -> Iterator[None]:
    """Why an entry is held is not stored."""
    put = StateStore.put_many

    def bare(self: Any, connection_id: str, states: Any, **options: Any) -> int:
        return put(self, connection_id, [s._replace(codes=()) for s in states], **options)

    with mock.patch.object(StateStore, "put_many", bare):
        yield


CODE_DEFECTS = {
    "a claim released too early": (_claim_released_too_early, {"our-lines-are-claimed"}),
    "a write sent again without looking": (
        _sent_again_without_looking,
        {"no-log-is-copied-twice", "one-line-in-force"},
    ),
    "a duplicate page counted twice": (_page_counted_twice, {"minutes-add-up"}),
    "writing while the integration is off": (_writing_while_off, {"nothing-is-written-while-off"}),
    "a repeated run that writes": (_everything_differs, {"a-repeated-run-writes-nothing"}),
    "minutes of non-billable work lost": (lambda: _state_lost("non_billable"), {"minutes-add-up"}),
    "waiting for nobody knows what": (_roots_lost, {"what-waits-has-one-root"}),
    "work held without a reason": (_reasons_lost, {"what-is-held-has-a-reason"}),
}
