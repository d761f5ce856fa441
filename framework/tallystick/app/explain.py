"""What a code, a rule or a decision means, in words."""

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tallystick.app.results_records import CodeLine, ExplainView
from tallystick.errors import ConfigError
from tallystick.model.codes import CODES

if TYPE_CHECKING:
    from tallystick.app.workspace import Workspace

_CODE = re.compile(r"^[A-Z]{2,5}-\d{2}$")
_NEAR_MAX = 3
_ALL = "`tallystick explain` lists all codes."


def listing() -> tuple[CodeLine, ...]:
    """Every code of the catalogue; needs no project folder."""
    return tuple(CodeLine(e.code, e.severity, e.title, e.cause, e.fix) for e in CODES.values())


def explain(ws: "Workspace | None", subject: str) -> ExplainView:
    """Explain a code (needs no project folder), a rule id, or a decision's number."""
    wanted = subject.strip()
    if _CODE.match(wanted.upper()):
        return _code(wanted.upper())
    if ws is None:
        raise ConfigError(
            f"{subject} is no code; to explain a rule or a decision, work in a project folder.",
            code="CFG-14",
            fix=_near(wanted.upper()),
        )
    if wanted.isdigit():
        return _decision(ws, int(wanted))
    return _rule(ws, wanted)


def _near(wanted: str) -> str:
    """Codes like the one that is not known, its family first, and where all are listed."""
    family = wanted.partition("-")[0]
    kin = [n for n in CODES if n.partition("-")[0] == family] or list(CODES)
    near = get_close_matches(wanted, kin, n=_NEAR_MAX, cutoff=0.5)
    words = [f"{n} ({CODES[n].title})" for n in near]
    return f"Did you mean {', '.join(words)}? {_ALL}" if words else _ALL


def _code(code: str) -> ExplainView:
    entry = CODES.get(code)
    if entry is None:
        raise ConfigError(f"There is no code {code}.", code="CFG-14", fix=_near(code))
    facts = {"severity": entry.severity, "cascade": entry.cascade}
    return ExplainView(
        code, entry.title, "code", entry.cause, facts, entry.fix, tuple(entry.see_also)
    )


def _decision(ws: "Workspace", number: int) -> ExplainView:
    from tallystick.app.records import decision_view  # noqa: PLC0415 - heavy, codes stay light

    row = ws.store.decisions.get(number)
    if row is None:
        raise ConfigError(
            f"There is no decision {number}.",
            code="CFG-14",
            fix="`tallystick records why TYPE:ID` names the decisions about a record.",
        )
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
    known = [r.id for pack in ws.rules.book().packs.values() for r in pack.rules]
    near = get_close_matches(rule_id, known, n=_NEAR_MAX)
    raise ConfigError(
        f"{rule_id} is no rule in force, and no code.",
        code="CFG-14",
        fix=f"Did you mean {', '.join(near)}? `tallystick rules list` names the files."
        if near
        else f"`tallystick rules list` names the files of rules. {_near(rule_id.upper())}",
    )
