"""What bills of every project would take now, and what keeps the rest of the unbilled work."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tallystick.app.assembly import setting_of
from tallystick.app.billable_entries import entry_subject, task_claim
from tallystick.app.billable_policies import pricing_of
from tallystick.app.billable_projects import currency_of, obstacle
from tallystick.app.billable_values import BILLED, LEFT_OUT
from tallystick.app.results_billing import ToBillView, WaitingWork
from tallystick.app.wip import Worth
from tallystick.app.workspace import Workspace
from tallystick.bill import Entry, Group, build_lines, group_of, price
from tallystick.decide.named import Named
from tallystick.errors import RuleFileError
from tallystick.model.codes import CODES
from tallystick.model.money import Money
from tallystick.plan.context import Setting
from tallystick.store import ClaimData, IntegrationData, Work

_DECISION = "invoice_line.add"
_GROUPING = "by_task"
_BATCH = 2000


def to_bill(ws: Workspace, row: IntegrationData) -> ToBillView:
    """What `billing invoice --all` would take, with the reasons for the rest by code.

    Entries that are priced alike are judged together, by one of them; each by itself where a rule
    looks at the entry. Amounts are sums of lines by task and of work set apart, each rounded once,
    as bills print them.
    """
    try:
        found = _Found(ws, row)
    except RuleFileError as error:
        entries, minutes = ws.store.states.totals(row.source_id).get("unbilled", (0, 0))
        waiting = (_waits(error.code, entries, minutes),) if entries else ()
        return ToBillView((), 0, 0, waiting)
    return found.view()


def _waits(code: str, entries: int, minutes: int) -> WaitingWork:
    return WaitingWork(code, CODES[code].title if code in CODES else code, entries, minutes)


class _Found:
    """Unbilled work of one integration, judged and priced."""

    def __init__(self, ws: Workspace, row: IntegrationData) -> None:
        self._ws = ws
        self._setting: Setting = setting_of(ws, row)
        self._worth = Worth(ws, row.source_id)
        self._decider = ws.rules.decider(_DECISION)
        packs = [p for p in ws.rules.book().packs.values() if p.decision == _DECISION]
        self._alone = "time_entry" in Named(*packs).of({"time_entry": {}})
        self._pricing = pricing_of(ws.rules.policies())
        rounding = self._pricing.rounding
        self._each = (
            rounding.mode != "none" and rounding.step > 1
        ) or self._pricing.grain == "entry"
        self._currencies: dict[str, str] = {}
        self._minor: dict[str, int] = {}
        self._waiting: dict[str, tuple[int, int]] = {}
        self._lines: dict[tuple[str, Group], list[tuple[int, Decimal]]] = {}
        self._apart: dict[str, str] = {}
        self._minutes: dict[str, tuple[int, int]] = {}

    def view(self) -> ToBillView:
        """Everything, judged."""
        source = self._setting.source.connection_id
        work = self._ws.store.states.work(
            source, "unbilled", alone=self._alone, by_minutes=self._each
        )
        self._judge(work)
        for (project, _), parts in self._lines.items():
            self._add(price(parts, self._currencies[project], self._pricing.money_mode))
        most = max(self._minutes, key=lambda p: self._minutes[p][1], default=None)
        waiting = sorted(self._waiting.items(), key=lambda w: (-w[1][0], w[0]))
        return ToBillView(
            tuple(Money(minor, currency) for currency, minor in sorted(self._minor.items())),
            sum(entries for entries, _ in self._minutes.values()),
            sum(minutes for _, minutes in self._minutes.values()),
            tuple(_waits(code, *counts) for code, counts in waiting),
            None if most is None else str(self._worth.projects[most].get("name") or most),
        )

    def _judge(self, work: Sequence[Work]) -> None:
        blocked = self._blocked({w.project_id for w in work})
        open_work = [w for w in work if w.project_id not in blocked]
        refused = dict(self._refused(open_work))
        for one in work:
            code = blocked.get(one.project_id) or refused.get(one.example) or self._price(one)
            counts = self._minutes if code is None else self._waiting
            entries, minutes = counts.get(code or one.project_id, (0, 0))
            counts[code or one.project_id] = (entries + one.entries, minutes + one.minutes)

    def _price(self, one: Work) -> str | None:
        """Add work to the line it would stand on; the code of what keeps it from being priced."""
        if not one.linked:
            return "TS-13"
        rate = self._worth.rate(one.project_id, one.task_id, one.user_id)
        currency = self._currencies[one.project_id]
        times = one.entries if self._each else 1
        like = Entry(
            source_id=one.example,
            work_date=date.min,
            minutes=one.minutes // times,
            task_id=one.task_id or one.bug_id or "general",
            task_name="",
            user_id=str(one.user_id),
            user_name="",
            rate=rate,
            apart=self._apart.get(one.example, ""),
        )
        made, dropped = build_lines(
            [like], grouping=_GROUPING, currency=currency, pricing=self._pricing
        )
        if dropped or rate is None:
            return dropped[0].code
        if self._pricing.grain == "entry":
            self._add(Money(made[0].amount.minor * times, currency))
        else:
            line = (one.project_id, group_of(like, _GROUPING))
            self._lines.setdefault(line, []).append((made[0].billed_minutes * times, rate))
        return None

    def _add(self, amount: Money) -> None:
        self._minor[amount.currency] = self._minor.get(amount.currency, 0) + amount.minor

    def _blocked(self, projects: Iterable[str]) -> dict[str, str]:
        """Codes of projects that no bill can be made for."""
        store, source = self._ws.store, self._setting.source.connection_id
        target = self._setting.target.connection_id
        links = store.links.by_source(source, "project")
        books = {r["external_id"]: r for r in store.records.scan(target, "project")}
        customers = {r["external_id"]: r for r in store.records.scan(target, "contact")}
        held = store.errors.holding(self._setting.integration, "project")
        found: dict[str, str] = {}
        for project_id in projects:
            project = self._worth.projects.get(project_id, {"external_id": project_id})
            pair = books.get(links[project_id][1], {}) if project_id in links else None
            customer = customers.get(str((pair or {}).get("client_id")))
            stop = obstacle(project, pair, customer, held.get(project_id))
            if stop is not None:
                found[project_id] = stop[0]
            self._currencies[project_id] = currency_of(project, pair, customer) or ""
        return found

    def _refused(self, work: Sequence[Work]) -> Iterator[tuple[str, str]]:
        """Examples that a rule leaves out, with its code; notes those that a rule sets apart."""
        store, source = self._ws.store, self._setting.source.connection_id
        tasks = {r["external_id"]: r for r in store.records.scan(source, "task")}
        claims = self._task_claims(work)
        for start in range(0, len(work), _BATCH):
            batch = work[start : start + _BATCH]
            rows = store.records.many(source, "time_entry", [w.example for w in batch])
            for one in batch:
                row = rows.get(one.example)
                if row is None:
                    continue  # it went while we looked
                subject = entry_subject(row, tasks, claims.get(str(one.task_id), ()))
                decision = self._decider(subject)
                if decision.outcome not in BILLED:
                    yield one.example, decision.code or LEFT_OUT
                elif decision.outcome == "apart":
                    self._apart[one.example] = decision.by

    def _task_claims(self, work: Sequence[Work]) -> dict[str, list[dict[str, Any]]]:
        """The claim that an invoiced entry of a task is for the task (domain: derived)."""
        side = self._setting.source
        tasks, projects = {w.task_id for w in work}, {w.project_id for w in work}
        done = self._ws.store.states.work(side.connection_id, "invoiced", projects=projects)
        examples = {w.example: str(w.task_id) for w in done if w.task_id and w.task_id in tasks}
        held: dict[str, ClaimData] = self._ws.store.outbox.claims_of(
            side.system, side.container_id, "time_entry", list(examples)
        )
        return {examples[i]: [task_claim(claim)] for i, claim in held.items()}
