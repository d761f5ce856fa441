"""Work in progress: what unbilled minutes are worth, by currency."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from tallystick.app.workspace import Workspace
from tallystick.bill import RateBook, to_minor
from tallystick.model.money import Money
from tallystick.model.record import Row
from tallystick.store import IntegrationData


def work_in_progress(ws: Workspace, row: IntegrationData) -> tuple[Money, ...]:
    """The value of all unbilled work by currency, exact minutes times rates, rounded once each.

    Work without a rate, or on a project without a currency, has no value yet and is left out
    (RATE-01 says so when it is billed); rounding of entries and lines may move an invoice's total.
    """
    source = row.source_id
    projects = {r["external_id"]: r for r in ws.store.records.scan(source, "project")}
    tasks = {
        r["external_id"]: _decimal(r.get("rate")) for r in ws.store.records.scan(source, "task")
    }
    users = {
        (str(r["project_id"]), str(r["user_id"])): _decimal(r.get("rate"))
        for r in ws.store.records.scan(source, "user_rate")
    }
    exact: dict[str, Fraction] = {}
    books: dict[str, RateBook] = {}
    for project_id, task_id, user_id, minutes in ws.store.states.minutes_of_work(
        source, "unbilled"
    ):
        project = projects.get(project_id)
        if project is None or not project.get("currency"):
            continue
        book = books.get(project_id) or _rates(project, tasks, users)
        books[project_id] = book
        rate = book.rate(task_id=task_id, user_id=user_id)
        if rate is not None:
            value = Fraction(minutes, 60) * Fraction(rate)
            exact[project["currency"]] = exact.get(project["currency"], Fraction(0)) + value
    return tuple(to_minor(value, currency) for currency, value in sorted(exact.items()))


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
