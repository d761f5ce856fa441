"""The live check of a text that is being edited; nothing is written."""

from tallystick.app.plain import fix_of
from tallystick.app.rule_drafts import restated
from tallystick.app.rules import points_of, types_of
from tallystick.app.workspace import Workspace
from tallystick.decide import RuleSource
from tallystick.errors import RuleFileError, TallystickError
from tallystick.workbench.assessing import assess
from tallystick.workbench.diagnostics import Diagnostic, diagnostic
from tallystick.workbench.testing import TestResult

_LOADING = frozenset({"RUL-00", "RUL-06", "RUL-07", "RUL-08", "RUL-11", "RUL-12", "RUL-13"})
"""Mistakes for which a file cannot be loaded: linting would only say them again."""


def examine(ws: Workspace, name: str, text: str) -> tuple[Diagnostic, ...]:
    """Mistakes of a text, else what can be improved in it; in the order of its lines."""
    text = text.replace("\r\n", "\n")
    try:
        source = RuleSource(name, restated(name, text, "draft"), "project")
    except RuleFileError as error:
        return (diagnostic(RuleSource(name, text, "project"), error),)
    except TallystickError as error:
        return (Diagnostic(error.code, name, None, None, error.message, fix_of(error)),)
    looked = assess(source, types_of(ws), points_of(ws))
    found = [*looked.check]
    if not any(d.kind == "mistake" and d.code in _LOADING for d in found):
        found += looked.lint
    return tuple(sorted(found, key=lambda d: (d.kind != "mistake", d.line or 0, d.column or 0)))


def tried(ws: Workspace, name: str, text: str) -> tuple[TestResult, ...]:
    """The tests of a text that can be loaded; none where it cannot."""
    try:
        text = restated(name, text.replace("\r\n", "\n"), "draft")
        return assess(RuleSource(name, text, "project"), types_of(ws), points_of(ws)).tests
    except TallystickError:
        return ()
