"""Planning of time entries: which state each stands in, and what is written (R-099…R-128)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tallystick.model.decision import Decision
from tallystick.model.operation import Because
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Decider, EntryState, Issue, Standing
from tallystick.plan.entry_facts import Known, comparable, entry_title
from tallystick.plan.upsert import Wanted, link, place, update
from tallystick.plan.work import bug_task, general_task, parent_of

CLAIMED_STATES = ("claimed", "in_doubt", "invoiced")
_NO_ERROR = frozenset({"TS-03"})
"""Reasons that are a fact about the entry, not something to mend."""
_FOLLOW = ("minutes", "work_date", "notes", "billable", "project_id", "task_id")


@dataclass(slots=True)
class EntryPlanner:
    """Plans the time entries of one run; `status` makes the decider of a judged cutoff."""

    context: Context
    status: Mapping[tuple[str, Any], Decider]
    bugs: Mapping[str, Row]

    def plan(self, row: Row, known: Known) -> None:
        """Plan one entry."""
        key = RecordKey(self.context.setting.source.connection_id, "time_entry", row["external_id"])
        if row.get("deleted_at") is not None:
            self._tombstone(row, known)
            return
        parents = self._parents(row)
        record = self._record(row, known)
        push_subject = {"record": record, "parents": [p.fact for p in parents]}
        push = self.context.decide("record.push", key, push_subject, row)
        subject = {"record": record}
        fetch = self.context.decide("record.fetch", key, subject, row)
        codes: list[str] = []
        if push.outcome != "push":
            codes.append(self._waits(key, row, push, push_subject))
        if fetch.outcome != "accept":
            codes.append(self._left_out(key, row, fetch, subject))
        if known.claim_state in CLAIMED_STATES:
            self._drift(key, row, known)
            self._state(row, known.claim_state, (), known)
        elif codes:
            bare = codes == ["TS-03"]
            if known.lookalike and "TS-09" not in codes:
                # kept with the other reasons, so that it is not forgotten when those are mended
                codes.append("TS-09")
            self._state(row, "non_billable" if bare else "held", tuple(codes), known)
            waits = push.outcome != "push"
            reason = (push, push_subject) if waits else (fetch, subject)
            self._withdraw(key, row, known, self.context.because(*reason))
        else:
            self._judge_status(key, row, known, (fetch, subject))

    def _judge_status(
        self, key: RecordKey, row: Row, known: Known, fetched: tuple[Decision, Mapping[str, Any]]
    ) -> None:
        mode, cutoff = self._cutoff(known)
        prior = _remembered(known)
        flagged = known.prior is not None and "TS-12" in known.prior.codes
        first_sync = self.context.setting.first_sync_at
        late = flagged or (known.prior is None and first_sync is not None)
        entry = {**row, "state": prior, "late": late}
        subject = {"time_entry": entry}
        decider = self.status[mode, cutoff]
        status = self.context.decide("time_entry.status", key, subject, row, decider)
        if status.code and status.outcome != "hold":
            words = decider.explain(status, subject, advice=False)
            self._warn(key, row, status.code, words.because, words.fix)
        if status.outcome == "hold":
            words = decider.explain(status, subject, advice=False)
            self._issue(key, row, status.code or "DATA-02", "held", words.because, words.fix)
            self._state(row, "held", (status.code or "DATA-02",), known)
            why = Because(status.decision, status.by, words.place, words.because)
            self._withdraw(key, row, known, why)
            return
        if known.target_gone:
            self._gone(key, row, known)
            return
        opening = status.outcome == "invoiced"
        state = "opening_invoiced" if opening else "unbilled"
        self._state(row, state, (status.code,) if status.code else (), known)
        fetch, fetch_subject = fetched
        self._write(key, row, known, self.context.because(fetch, fetch_subject), opening=opening)

    def _cutoff(self, known: Known) -> tuple[str, Any]:
        """The cutoff an entry was first judged under; the current one if it is new (R-128)."""
        if known.prior is not None and known.prior.judged_mode is not None:
            return known.prior.judged_mode, known.prior.judged_cutoff
        cutoff = self.context.setting.cutoff
        return str(cutoff.mode), cutoff.date

    def _parents(self, row: Row) -> list[Standing]:
        project = parent_of(self.context, "project", row.get("project_id"))
        found = [project]
        kind = row.get("kind")
        if project.state == "ok" and kind in {"task", "bug"}:
            found.append(parent_of(self.context, str(kind), row.get(f"{kind}_id")))
        if "timesheets" in self.context.setting.modules:
            found.append(parent_of(self.context, "user", row.get("user_id")))
        return found

    def _record(self, row: Row, known: Known) -> dict[str, Any]:
        return {
            **row,
            "type": "time_entry",
            "module": "timesheets",
            "general": row["kind"] == "general" if row.get("kind") else None,
            "lookalike": known.lookalike,
        }

    def _write(
        self, key: RecordKey, row: Row, known: Known, because: Because, *, opening: bool
    ) -> None:
        project = parent_of(self.context, "project", row.get("project_id"))
        task = self._task(row, project, because)
        user = parent_of(self.context, "user", row.get("user_id"))
        notes = str(row.get("notes") or row.get("label") or "")
        if opening:
            notes = f"{notes} (invoiced before {self._cutoff(known)[1]})".strip()
        wanted = Wanted(
            key,
            entry_title(row),
            "time_entry",
            "timesheets",
            entry_title(row),
            {
                "work_date": row.get("work_date"),
                "minutes": row.get("minutes"),
                "billable": not opening,
                "notes": notes[:450],
            },
            _FOLLOW,
            fills={"project_id": project, "task_id": task, "user_id": user},
            version=row.get("content_hash", ""),
        )
        if known.linked_id is None and known.adopted is None:
            place(self.context, wanted, because)
        elif known.linked_id is None:
            link(self.context, wanted, str(known.adopted), because)
        elif known.target is not None:
            update(self.context, wanted, known.linked_id, because, comparable(known.target))

    def _task(self, row: Row, project: Standing, because: Because) -> Standing:
        if row.get("kind") == "task":
            return parent_of(self.context, "task", row.get("task_id"))
        kind = "bug" if row.get("kind") == "bug" else "general"
        owner = str(row.get("bug_id")) if kind == "bug" else project.external_id
        made = self.context.standing.get((f"{kind}_task", owner))
        if made is None:
            if kind == "bug":
                made = bug_task(self.context, self.bugs[owner], project, because)
            else:
                made = general_task(self.context, project, because)
            self.context.standing[f"{kind}_task", owner] = made
        return made

    def _gone(self, key: RecordKey, row: Row, known: Known) -> None:
        """Somebody deleted the entry in the accounts: it is not written again unasked."""
        why = "Its entry was deleted in the accounts."
        fix = "Restore it there, or delete it where it was logged and log it again."
        self._issue(key, row, "TS-13", "held", why, fix)
        self._state(row, "held", ("TS-13",), known)

    def _withdraw(self, key: RecordKey, row: Row, known: Known, because: Because) -> None:
        """What no longer qualifies must not look like work to bill in the accounts (R-116)."""
        if known.linked_id is None or known.target is None:
            return
        wanted = Wanted(
            key,
            entry_title(row),
            "time_entry",
            "timesheets",
            entry_title(row),
            {"billable": False},
            ("billable",),
            version=row.get("content_hash", ""),
        )
        update(self.context, wanted, known.linked_id, because, known.target)

    def _drift(self, key: RecordKey, row: Row, known: Known) -> None:
        """Report an entry that changed after it was invoiced (R-117); nothing is written."""
        if known.target is None or known.claim_state != "invoiced":
            return
        target = comparable(known.target)
        changed = [n for n in ("minutes", "work_date") if row.get(n) != target.get(n)]
        if changed:
            facts = ", ".join(f"{n} {target.get(n)} -> {row.get(n)}" for n in changed)
            self._warn(
                key,
                row,
                "TS-08",
                f"Changed after it was invoiced: {facts}.",
                "Make a credit note, or accept the difference.",
            )

    def _tombstone(self, row: Row, known: Known) -> None:
        former = _remembered(known)
        if known.prior is not None and known.prior.state == "tombstone":
            former = known.prior.former_state
        if known.claim_state in CLAIMED_STATES:
            former = known.claim_state
        self._state(row, "tombstone", (), known, former=former)
        if known.claim_state not in CLAIMED_STATES:
            key = RecordKey(
                self.context.setting.source.connection_id, "time_entry", row["external_id"]
            )
            gone = Because(
                "time_entry.status", "deleted", "", "It was deleted where it was logged."
            )
            self._withdraw(key, row, known, gone)

    def _waits(self, key: RecordKey, row: Row, push: Decision, subject: Mapping[str, Any]) -> str:
        words = self.context.explain(push, subject)
        root = push.bound or {}
        code = push.code or "TS-01"
        cause = (str(root["type"]), str(root["id"])) if root else None
        self._issue(key, row, code, "cascade", words.because, words.fix, cause)
        return code

    def _left_out(
        self, key: RecordKey, row: Row, fetch: Decision, subject: Mapping[str, Any]
    ) -> str:
        code = fetch.code or "DATA-02"
        if code in _NO_ERROR or fetch.code is None:
            self.context.sink.count("timesheets", "skipped")
            return code if fetch.code else "module-off"
        words = self.context.explain(fetch, subject)
        self._issue(key, row, code, "held", words.because, words.fix)
        return code

    def _issue(
        self,
        key: RecordKey,
        row: Row,
        code: str,
        kind: str,
        reason: str,
        fix: str | None,
        cause: tuple[str, str] | None = None,
    ) -> None:
        minutes = int(row.get("minutes") or 0)
        self.context.sink.issue(
            Issue("timesheets", key, entry_title(row), code, kind, reason, fix, cause, minutes)
        )
        self.context.sink.count("timesheets", "held")

    def _warn(self, key: RecordKey, row: Row, code: str, reason: str, fix: str | None) -> None:
        self.context.sink.issue(
            Issue("timesheets", key, entry_title(row), code, "warn", reason, fix)
        )

    def _state(
        self,
        row: Row,
        state: str,
        codes: tuple[str, ...],
        known: Known,
        *,
        former: str | None = None,
    ) -> None:
        judged = state in {"unbilled", "opening_invoiced"}
        if not judged and former is None and _remembered(known) == "opening_invoiced":
            former = "opening_invoiced"
        mode, cutoff = self._cutoff(known) if judged else (None, None)
        if not judged and known.prior is not None:
            mode, cutoff = known.prior.judged_mode, known.prior.judged_cutoff
        self.context.sink.entry(
            EntryState(
                row["external_id"],
                row.get("project_id"),
                int(row.get("minutes") or 0),
                state,
                codes,
                mode,
                cutoff,
                str(row.get("content_hash", "")),
                former,
            )
        )


def _remembered(known: Known) -> str | None:
    """The state an entry is judged by: once opening, it stays so through being held (R-127)."""
    if known.prior is None:
        return None
    if known.prior.former_state == "opening_invoiced":
        return "opening_invoiced"
    return known.prior.state
