"""A rule file for reading: as sentences or as a table."""

from tallystick.decide import Pack
from tallystick.decide.model import Formula
from tallystick.decide.wording import sentence


def render(pack: Pack, view: str) -> str:
    """A pack as `sentence` or `table`."""
    return _table(pack) if view == "table" else _sentences(pack)


def words(formula: Formula) -> str:
    """A formula in words."""
    if formula.op == "lit":
        if formula.atom is None:
            return ""
        text = f"{formula.atom.path} {sentence(formula.atom)}"
        return text if formula.sign else f"not ({text})"
    joint = " and " if formula.op == "and" else " or "
    text = joint.join(words(p) for p in formula.parts)
    return f"({text})" if formula.op == "or" else text or "always"


def _sentences(pack: Pack) -> str:
    lines = [f"{pack.title}  [{pack.decision}, {pack.strategy}, {pack.state}]"]
    for number, rule in enumerate(pack.rules, start=1):
        code = f" ({rule.code})" if isinstance(rule.code, str) else ""
        lines.append(
            f"{number:>3}  {rule.id}: if {words(rule.when)}, then {rule.then.outcome}{code}"
        )
        lines.append(f"     because: {rule.because}")
    lines.append(f"     otherwise {pack.otherwise}")
    return "\n".join(lines)


def _table(pack: Pack) -> str:
    rows = [("#", "rule", "then", "code", "when")]
    rows += [
        (str(n), r.id, r.then.outcome, r.code if isinstance(r.code, str) else "", words(r.when))
        for n, r in enumerate(pack.rules, start=1)
    ]
    rows.append(("", "otherwise", pack.otherwise, "", ""))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join(
        "  ".join(
            [*(cell.ljust(w) for cell, w in zip(row[:4], widths, strict=True)), row[4]]
        ).rstrip()
        for row in rows
    )
