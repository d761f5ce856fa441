"""What rule authors use: check, test, show."""

from tallystick.workbench.checking import check
from tallystick.workbench.diagnostics import Diagnostic
from tallystick.workbench.rendering import render
from tallystick.workbench.testing import TestResult, run_file, run_tests

__all__ = ["Diagnostic", "TestResult", "check", "render", "run_file", "run_tests"]
