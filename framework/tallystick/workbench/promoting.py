"""What `rules promote` and `rules draft` call: draft, shadow, enforce, each step through gates."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tallystick.app.rule_drafts import (
    Draft,
    begin,
    discard,
    own,
    packs_of,
    put_in_force,
    put_shadow,
    substance,
)
from tallystick.app.rules import read_text
from tallystick.app.workspace import Workspace
from tallystick.decide.yamlnodes import Loader
from tallystick.errors import ConfigError, Refused
from tallystick.workbench.gates import FAIL, STATES, WAIVABLE, WAIVED, Gate, Gates, asked_by
from tallystick.workbench.versions import STORED, version_of


@dataclass(frozen=True, slots=True)
class Promotion:
    """One file's way to a state: its gates, and where it stands when it has passed them.

    `asked_by` are the commands that show what it does there.
    """

    file: str
    state: str
    to: str
    hash: str
    gates: tuple[Gate, ...]
    done: bool
    asked_by: tuple[str, ...] = ()

    @property
    def open(self) -> tuple[Gate, ...]:
        """Gates that stop it."""
        return tuple(g for g in self.gates if g.state == FAIL)


def promotion(
    ws: Workspace, subject: str, to: str | None = None, *, waive: Sequence[str] = ()
) -> Promotion:
    """How far a file is on its way; changes nothing. Without `to`, its next state."""
    path, text = own(ws, subject)
    file, state = f"rules/{path.name}", state_of(path.name, text)
    wanted = to or ("shadow" if state == "draft" else "enforce")
    if wanted not in STATES:
        raise ConfigError(
            f"There is no state {wanted} to promote to.",
            code="CFG-06",
            fix="Promote to shadow or enforce.",
        )
    if state == "enforce" or (state, wanted) == ("shadow", "shadow"):
        words = "in force" if state == "enforce" else "a shadow"
        raise Refused(
            f"{file} is {words} already.",
            code="RUL-22",
            fix=f"To change it: tallystick rules draft {path.name}",
        )
    unknown = sorted(set(waive) - set(WAIVABLE))
    if unknown:
        raise ConfigError(
            f"{unknown[0]} is no gate that can be waived.",
            code="CFG-06",
            fix=f"Gates that can: {', '.join(WAIVABLE)}. Give --waive once for each.",
        )
    version = version_of(ws, file, STORED)
    return Promotion(
        file, state, wanted, version.hash, Gates(ws, version, wanted).all(waive), False
    )


def promote(
    ws: Workspace, subject: str, *, to: str | None = None, waive: Sequence[str] = ()
) -> Promotion:
    """Let a file be asked beside the rules in force, or put it into force.

    Raises `Refused` RUL-22 with the first gate that stops it. The rules are used from the next
    decision on; what was replaced is kept.
    """
    found = promotion(ws, subject, to, waive=waive)
    if found.open:
        first, more = found.open[0], len(found.open) - 1
        raise Refused(
            f"{found.file} is not ready to be {found.to}: {first.name}: {first.message}"
            + (f" {more} more {'gate is' if more == 1 else 'gates are'} shut." if more else ""),
            code="RUL-22",
            fix=first.fix,
        )
    path, text = own(ws, subject)
    if substance(ws, path.name, text) != found.hash:
        raise Refused(f"{found.file} changed meanwhile.", code="RUL-22", fix="Try again.")
    decisions = [p.decision for p in packs_of(ws, path.name, text)]
    placed = (put_in_force if found.to == "enforce" else put_shadow)(ws, path, text)
    ws.emit(
        "rules.promoted",
        file=f"rules/{placed.name}",
        to=found.to,
        hash=found.hash,
        decisions=decisions,
        waived=[g.name for g in found.gates if g.state == WAIVED],
    )
    ws.rules.book()
    return Promotion(
        f"rules/{placed.name}",
        found.to,
        found.to,
        found.hash,
        found.gates,
        done=True,
        asked_by=asked_by(decisions, found.to),
    )


def state_of(name: str, text: str) -> str:
    """The state of a file's documents; the least far one counts."""
    found = []
    for root in Loader(name, text).documents():
        node = root.value.get("state") if isinstance(root.value, dict) else None
        found.append("enforce" if node is None else str(node.value))
    order = ("draft", "shadow", "enforce")
    return min(found, key=lambda s: order.index(s) if s in order else 0, default="enforce")


def draft(
    ws: Workspace, subject: str, *, source: Path | None = None, text: str | None = None
) -> Draft:
    """Begin a draft of a rule file, or give it another text."""
    return begin(ws, subject, read_text(source) if source is not None else text)


def drop(ws: Workspace, subject: str) -> str:
    """Discard the draft of a rule file; a copy is kept."""
    return f"rules/{discard(ws, subject).name}"
