"""The policies as people look at them: each key with its number, its value and what it may be."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tallystick.app.rules import policies_source
from tallystick.app.workspace import Workspace
from tallystick.decide.policies import PARAM_POLICIES, POLICIES, Policy

NAMES = frozenset({"policies", "policies.yaml", "rules/policies.yaml"})
"""What the file of policies is called."""


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy. `allowed` is what is obeyed, `later` what is known and refused still.

    `file` is where its value stands; `origin` is project, shipped, set-up (each integration
    answered it) or default (no file says it).
    """

    key: str
    id: str
    value: str
    allowed: str
    later: str
    file: str
    origin: str


def policies(ws: Workspace) -> tuple[PolicyLine, ...]:
    """Every policy: those of rules/policies.yaml, then those that are params of decision files."""
    return (*_of_file(ws), *_of_params(ws))


def _of_file(ws: Workspace) -> Iterator[PolicyLine]:
    source = policies_source(ws)
    said = ws.rules.policies()
    for key, policy in POLICIES.items():
        origin = source.origin if key in said.values else "default"
        yield _line(key, policy, _word(said.get(key)), (source.name, origin))


def _of_params(ws: Workspace) -> Iterator[PolicyLine]:
    packs = ws.rules.book().packs
    for (decision, name), policy in PARAM_POLICIES.items():
        pack = packs.get(decision)
        param = pack.params.get(name) if pack is not None else None
        key = f"{decision} params.{name}"
        if pack is None or param is None:
            yield _line(key, policy, _word(policy.default), ("", "default"))
        elif param.source == "integration":
            yield _line(key, policy, "as answered", (pack.file, "set-up"))
        else:
            yield _line(key, policy, _word(param.default), (pack.file, pack.origin))


def _line(key: str, policy: Policy, value: str, place: tuple[str, str]) -> PolicyLine:
    allowed = f"{policy.default}" if policy.fixed else policy.expected()
    later = "other numbers" if policy.fixed else ", ".join(map(_word, policy.later))
    return PolicyLine(key, policy.id, value, allowed, later, *place)


def _word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def policies_text(ws: Workspace, view: str) -> str:
    """The policies as a table in text; as `yaml` the file itself."""
    source = policies_source(ws)
    if view == "yaml":
        return source.text
    lines = policies(ws)
    own = [p for p in lines if p.key in POLICIES]
    rest = [p for p in lines if p.key not in POLICIES]
    rows = [
        f"Policies of {source.name}  [{source.origin}]",
        *_columns(own),
        "",
        "Policies that decision files read as params: change them there",
        *_columns(rest),
    ]
    return "\n".join(rows)


def _columns(lines: list[PolicyLine]) -> Iterator[str]:
    rows = [("no.", "key", "in force", "may be", "refused still", "from")]
    for p in lines:
        source = " ".join(part for part in (p.file, f"({p.origin})") if part)
        rows.append((p.id, p.key, p.value, p.allowed, p.later or "-", source))
    widths = [max(len(row[n]) for row in rows) for n in range(6)]
    for row in rows:
        yield "  " + "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip()
