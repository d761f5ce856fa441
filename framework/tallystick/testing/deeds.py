"""What people do in an office by hand, and what happens to it, by the name of the step."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tallystick.resources import default_rules
from tallystick.testing.steps import Step

if TYPE_CHECKING:
    from tallystick.testing.office import Office

PROJECTS_APPROVAL = {"approved": "Approved", "pending": "Pending", "rejected": "Rejected"}
"""The portal's words for how a log was judged."""


def by_hand(office: "Office", step: Step) -> None:
    """Carry out a step that is not the framework's. Raises `KeyError` for a name of none."""
    _DEEDS[step.name](office, step)


def invoice_of(office: "Office", step: Step, status: str) -> str | None:
    """The invoice that a step names by number, among those of that status; None if none is."""
    found = sorted(i["invoice_id"] for i in office.people.invoices() if i["status"] == status)
    number = int(step.words.get("invoice", 0))
    return str(found[number]) if number < len(found) else None


def _log_of(office: "Office", step: Step) -> str | None:
    """The log that a step names by number; None if there is none, or none any more."""
    number = int(step.words.get("log", 0))
    found = office.logs[number] if number < len(office.logs) else None
    return found if found in office.worked else None


def _log(office: "Office", step: Step) -> None:
    words = step.words
    made = office.people.log_time(
        date.fromisoformat(str(words["day"])),
        int(words["minutes"]),
        billable=bool(words.get("billable", True)),
        status=PROJECTS_APPROVAL[str(words.get("approval", "approved"))],
    )
    office.logs.append(made)
    office.worked[made] = int(words["minutes"])


def _change_log(office: "Office", step: Step) -> None:
    log = _log_of(office, step)
    if log is None:
        return
    changes = {k: v for k, v in step.words.items() if k != "log"}
    if "day" in changes:
        changes["work_date"] = changes.pop("day")
    if "approval" in changes:
        changes["approval"] = PROJECTS_APPROVAL[str(changes["approval"])]
    office.people.change_log(log, **changes)
    office.worked[log] = int(changes.get("minutes", office.worked[log]))


def _delete_log(office: "Office", step: Step) -> None:
    log = _log_of(office, step)
    if log is not None:
        office.people.delete_log(log)
        del office.worked[log]


def _rename(office: "Office", step: Step) -> None:
    side, kind = str(step.words.get("side", "portal")), str(step.words.get("kind", "project"))
    paired = next((ids for ids in office.pairs().items() if ids[0][0] == kind), None)
    if paired is not None:
        (_, there), here = paired
        name = str(step.words.get("to", "Renamed"))
        office.people.rename(side, kind, there if side == "portal" else here, name)


def _remove_client(office: "Office", _step: Step) -> None:
    office.people.primary_client(office.project, None)


def _restore_client(office: "Office", _step: Step) -> None:
    office.people.primary_client(office.project, office.client)


def _clock(office: "Office", step: Step) -> None:
    office.pair.clock.advance(days=int(step.words.get("days", 1)), hours=1)


def _bill(office: "Office", _step: Step) -> None:
    made = office.people.bill_by_hand()
    if made is not None:
        office.by_hand.add(made)


def _void(office: "Office", step: Step) -> None:
    found = invoice_of(office, step, "draft")
    if found is not None:
        office.people.set_status(found, "void")


def _delete(office: "Office", step: Step) -> None:
    found = invoice_of(office, step, "draft")
    if found is not None:
        office.people.delete_invoice(found)


def _revive(office: "Office", step: Step) -> None:
    found = invoice_of(office, step, "void")
    if found is not None:
        office.people.set_status(found, "draft")
        office.revived.add(found)


def _change_rules(office: "Office", step: Step) -> None:
    change_default(office.pair.home / "rules", step.words)


_DEEDS: Mapping[str, Callable[["Office", Step], None]] = {
    "log": _log,
    "change log": _change_log,
    "delete log": _delete_log,
    "rename": _rename,
    "remove client": _remove_client,
    "restore client": _restore_client,
    "clock": _clock,
    "bill by hand": _bill,
    "void by hand": _void,
    "delete by hand": _delete,
    "revive by hand": _revive,
    "change rules": _change_rules,
}


def change_default(rules: Path, words: Any) -> None:
    """Give a param of a shipped file another default, in a copy that the project has."""
    file = rules / f"{words['file']}.yaml"
    text = (file if file.exists() else default_rules() / file.name).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if line.lstrip().startswith(f"{words['param']}: {{") and "default: " in line:
            head, _, rest = line.partition("default: ")
            end = min(i for i in (rest.find(","), rest.find("}")) if i >= 0)
            lines[number] = f"{head}default: {words['value']}{rest[end:]}"
    file.write_text("".join(lines), encoding="utf-8")
