"""What a code, a rule or a decision means, in words."""

import re
from typing import TYPE_CHECKING

from tallystick.app.results_records import ExplainView
from tallystick.errors import ConfigError
from tallystick.model.codes import CODES

if TYPE_CHECKING:
    from tallystick.app.workspace import Workspace

_CODE = re.compile(r"^[A-Z]{2,5}-\d{2}$")


def explain(ws: "Workspace | None", subject: str) -> ExplainView:
    """Explain a code (needs no project folder), a rule id, or a decision's number."""
    wanted = subject.strip()
    if _CODE.match(wanted.upper()):
        return _code(wanted.upper())
    if ws is None:
        raise ConfigError(
            f"{subject} is no code; to explain a rule or a decision, work in a project folder.",
            code="CFG-14",
            fix="Codes look like INV-01.",
        )
    if wanted.isdigit():
        return _decision(ws, int(wanted))
    return _rule(ws, wanted)


def _code(code: str) -> ExplainView:
    entry = CODES.get(code)
    if entry is None:
        raise ConfigError(f"There is no code {code}.", code="CFG-14", fix="Codes look like INV-01.")
    facts = {"severity": entry.severity, "cascade": entry.cascade}
    return ExplainView(
        code, entry.title, "code", entry.cause, facts, entry.fix, tuple(entry.see_also)
    )


def _decision(ws: "Workspace", number: int) -> ExplainView:
    from tallystick.app.records import decision_view  # noqa: PLC0415 - heavy, codes stay light

    row = ws.store.decisions.get(number)
    if row is None:
        raise ConfigError(f"There is no decision {number}.", code="CFG-14")
    view = decision_view(ws, row)
    facts = {"record": f"{row.type}:{row.external_id}", "rule": view.by, "place": view.place}
    return ExplainView(
        f"decision {number}",
        f"{view.decision}: {view.outcome}",
        "decision",
        view.because,
        facts,
        view.fix,
    )


def _rule(ws: "Workspace", rule_id: str) -> ExplainView:
    for pack in ws.rules.book().packs.values():
        for rule in pack.rules:
            if rule_id in {rule.id, f"{pack.decision}.{rule.id}"}:
                facts = {"decision": pack.decision, "place": f"{pack.file}:{rule.line}"}
                return ExplainView(rule_id, pack.title, "rule", rule.because, facts, rule.fix)
    raise ConfigError(
        f"{rule_id} is no rule in force.", code="CFG-14", fix="`tallystick rules list`"
    )
