"""Planning of time entries: which state each stands in, and what is written (R-099…R-128)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tallystick.model.decision import Decision
from tallystick.model.operation import Because
from tallystick.model.record import RecordKey, Row
from tallystick.plan.context import Context, Decider, EntryState, Issue, offered
from tallystick.plan.entry_facts import Known, comparable, entry_title
from tallystick.plan.entry_writes import EntryWriter, Opened

CLAIMED_STATES = ("claimed", "in_doubt", "invoiced")
_ALIKE = "It equals an entry that was invoiced or deleted after it was invoiced."
_SAY = "Say whether it is new work or the same."
_GONE = "Its entry was deleted in the accounts."
_RESTORE = "Restore it there, or delete it where it was logged and log it again."
_NO_ERROR = frozenset({"TS-03"})
"""Reasons that are a fact about the entry, not something to mend."""


@dataclass(slots=True)
class EntryPlanner:
    """Plans the time entries of one run; `status` makes the decider of a judged cutoff."""

    context: Context
    status: Mapping[tuple[str, Any], Decider]
    writer: EntryWriter

    def plan(self, row: Row, known: Known) -> None:
        """Plan one entry."""
        key = RecordKey(self.context.setting.source.connection_id, "time_entry", row["external_id"])
        if row.get("deleted_at") is not None:
            self._tombstone(row, known)
            return
        shown = offered(row)
        record = self._record(shown, known)
        push_subject = {"record": record, "parents": [p.fact for p in self.writer.parents(row)]}
        push = self.context.decide("record.push", key, push_subject, row)
        subject = {"record": record}
        fetch = self.context.decide("record.fetch", key, subject, row)
        waits = push.outcome != "push"
        codes: list[str] = []
        if waits:
            codes.append(self._waits(key, row, push, push_subject))
        if fetch.outcome != "accept":
            codes += self._left_out(key, row, fetch, subject, known)
        told = fetch.outcome == "accept" and self._alike(key, row, known)
        if told and known.answer == "same":
            self._issue(key, row, "TS-09", "held", _ALIKE, _SAY)
            codes.append("TS-09")
        if known.claim_state in CLAIMED_STATES:
            self._drift(key, row, known)
            self._state(row, known.claim_state, (), known)
        elif codes:
            bare = not waits and not _NO_ERROR.isdisjoint(codes)
            if known.lookalike and "TS-09" not in codes:
                # kept with the other reasons, so that it is not forgotten when those are mended
                codes.append("TS-09")
            if not bare:
                codes += self._further(key, row, known, shown, codes)
            self._state(row, "non_billable" if bare else "held", tuple(codes), known)
            reason = (push, push_subject) if waits else (fetch, subject)
            self.writer.withdraw(key, row, known, self.context.because(*reason))
        else:
            self._judge_status(key, row, known, (fetch, subject), shown, told=told)

    def _judge_status(
        self,
        key: RecordKey,
        row: Row,
        known: Known,
        fetched: tuple[Decision, Mapping[str, Any]],
        shown: Row,
        *,
        told: bool = False,
    ) -> None:
        mode, cutoff = self._cutoff(known)
        decider, subject = self.status[mode, cutoff], self._as_judged(known, shown)
        status = self.context.decide("time_entry.status", key, subject, row, decider)
        if status.code and status.outcome != "hold" and known.answer != "accept":
            words = decider.explain(status, subject, advice=False)
            self._warn(key, row, status.code, words.because, words.fix)
        if status.outcome == "hold":
            words = decider.explain(status, subject, advice=False)
            self._issue(key, row, status.code or "DATA-02", "held", words.because, words.fix)
            self._state(row, "held", (status.code or "DATA-02",), known)
            why = Because(status.decision, status.by, words.place, words.because)
            self.writer.withdraw(key, row, known, why)
            return
        if known.target_gone:
            self._gone(key, row, known)
            return
        opening = status.outcome == "invoiced"
        state = "opening_invoiced" if opening else "unbilled"
        codes = (status.code, "TS-09" if told else None)
        # a look-alike that was warned of is looked at again, until a person says that it is new
        self._state(row, state, tuple(c for c in codes if c), known)
        opened = Opened(cutoff) if opening else None
        self.writer.write(key, row, known, self.context.because(*fetched), opened=opened)

    def _as_judged(self, known: Known, shown: Row) -> Mapping[str, Any]:
        """An entry as the rules for its state see it."""
        flagged = known.prior is not None and "TS-12" in known.prior.codes
        first_sync = self.context.setting.first_sync_at
        late = flagged or (known.prior is None and first_sync is not None)
        told = {"state": _remembered(known), "late": late, "reopened": known.answer == "reopen"}
        return {"time_entry": {**shown, **told}}

    def _further(
        self, key: RecordKey, row: Row, known: Known, shown: Row, codes: Sequence[str]
    ) -> list[str]:
        """What would hold a held entry once its other reasons are mended (R-100)."""
        found: list[str] = []
        decider, subject = self.status[self._cutoff(known)], self._as_judged(known, shown)
        status = decider(subject)
        if status.outcome == "hold":
            words = decider.explain(status, subject, advice=False)
            found.append(status.code or "DATA-02")
            self._issue(key, row, found[-1], "held", words.because, words.fix)
        elif known.target_gone:
            found.append("TS-13")
            self._issue(key, row, "TS-13", "held", _GONE, _RESTORE)
        return [code for code in found if code not in codes]

    def _alike(self, key: RecordKey, row: Row, known: Known) -> bool:
        """Warn of work that looks like some that was invoiced, where the rules let it pass so
        (R-119, P-19).
        """
        if not known.lookalike or known.claim_state in CLAIMED_STATES:
            return False
        params = self.context.deciders["record.fetch"].full({"record": row})["params"]
        if params.get("reentry") != "warn":
            return False
        if known.answer != "same":
            self._warn(key, row, "TS-09", _ALIKE, _SAY)
        return True

    def _cutoff(self, known: Known) -> tuple[str, Any]:
        """The cutoff an entry was first judged under; the current one if it is new (R-128)."""
        if known.prior is not None and known.prior.judged_mode is not None:
            return known.prior.judged_mode, known.prior.judged_cutoff
        cutoff = self.context.setting.cutoff
        return str(cutoff.mode), cutoff.date

    def _record(self, row: Row, known: Known) -> dict[str, Any]:
        return {
            **row,
            "type": "time_entry",
            "module": "timesheets",
            "general": row["kind"] == "general" if row.get("kind") else None,
            "lookalike": known.lookalike,
        }

    def _gone(self, key: RecordKey, row: Row, known: Known) -> None:
        """Somebody deleted the entry in the accounts: it is not written again unasked."""
        self._issue(key, row, "TS-13", "held", _GONE, _RESTORE)
        self._state(row, "held", ("TS-13",), known)

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
            self.writer.withdraw(key, row, known, gone)

    def _waits(self, key: RecordKey, row: Row, push: Decision, subject: Mapping[str, Any]) -> str:
        words = self.context.explain(push, subject)
        root = push.bound or {}
        code = push.code or "TS-01"
        cause = (str(root["type"]), str(root["id"])) if root else None
        self._issue(key, row, code, "cascade", words.because, words.fix, cause)
        return code

    def _left_out(
        self, key: RecordKey, row: Row, fetch: Decision, subject: Mapping[str, Any], known: Known
    ) -> list[str]:
        """Every reason why it is not brought over, each with what to do about it (R-100)."""
        if fetch.code is None or fetch.code in _NO_ERROR:
            return [fetch.code or "module-off"]
        reasons = self.context.deciders["record.fetch"].reasons(fetch, subject)
        codes = [code for reason in reasons if (code := reason.code)]
        plain = not _NO_ERROR.isdisjoint(codes)
        for reason in reasons:
            settled = reason.code == "TS-09" and known.answer == "same"
            if reason.code and not plain and not settled:
                words = self.context.explain(reason, subject)
                self._issue(key, row, reason.code, "held", words.because, words.fix)
        return codes

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
        if state in {"held", "non_billable"}:
            settled = codes == ("TS-09",) and known.answer == "same"
            quiet = state == "non_billable" or settled or codes == ("module-off",)
            self.context.sink.count("timesheets", "skipped" if quiet else "held")
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
