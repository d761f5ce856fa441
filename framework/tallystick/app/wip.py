"""Work in progress: what unbilled minutes are worth, by currency."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from tallystick.app.workspace import Workspace
from tallystick.bill import RateBook, to_minor
from tallystick.model.money import Money
from tallystick.model.record import Row
from tallystick.store import IntegrationData


class Worth:
    """What work of one integration is worth: exact minutes times rates, nothing rounded."""

    def __init__(self, ws: Workspace, source: str) -> None:
        scan = ws.store.records.scan
        self.projects = {r["external_id"]: r for r in scan(source, "project")}
        self._tasks = {r["external_id"]: _decimal(r.get("rate")) for r in scan(source, "task")}
        self._users = {
            (str(r["project_id"]), str(r["user_id"])): _decimal(r.get("rate"))
            for r in scan(source, "user_rate")
        }
        self._books: dict[str, RateBook] = {}

    def of(
        self, project_id: str, task_id: str | None, user_id: str | None, minutes: int
    ) -> tuple[str, Fraction] | None:
        """Currency and exact value; None without a rate, or on a project without a currency."""
        project = self.projects.get(project_id)
        rate = self.rate(project_id, task_id, user_id)
        if project is None or not project.get("currency") or rate is None:
            return None
        return str(project["currency"]), Fraction(minutes, 60) * Fraction(rate)

    def rate(self, project_id: str, task_id: str | None, user_id: str | None) -> Decimal | None:
        """The rate per hour by the project's billing method; None when there is none."""
        book = self._books.get(project_id)
        if book is None:
            project = self.projects.get(project_id)
            if project is None:
                return None
            book = self._books[project_id] = _rates(project, self._tasks, self._users)
        return book.rate(task_id=task_id, user_id=user_id)


def summed(values: Iterable[tuple[str, Fraction]]) -> tuple[Money, ...]:
    """Exact values by currency, rounded once each."""
    exact: dict[str, Fraction] = {}
    for currency, value in values:
        exact[currency] = exact.get(currency, Fraction(0)) + value
    return tuple(to_minor(value, currency) for currency, value in sorted(exact.items()))


def work_in_progress(ws: Workspace, row: IntegrationData) -> tuple[Money, ...]:
    """The value of all unbilled work by currency, exact minutes times rates, rounded once each.

    Work without a rate, or on a project without a currency, has no value yet and is left out
    (RATE-01 says so when it is billed); rounding of entries and lines may move an invoice's total.
    """
    worth = Worth(ws, row.source_id)
    found = (
        worth.of(w.project_id, w.task_id, w.user_id, w.minutes)
        for w in ws.store.states.work(row.source_id, "unbilled")
    )
    return summed(value for value in found if value is not None)


def _rates(
    project: Row,
    tasks: Mapping[str, Decimal | None],
    users: Mapping[tuple[str, str], Decimal | None],
) -> RateBook:
    project_id = str(project["external_id"])
    return RateBook(
        method=str(project.get("billing_method") or ""),
        project=_decimal(project.get("rate")),
        tasks=tasks,
        users={user: rate for (owner, user), rate in users.items() if owner == project_id},
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
