"""The house budgets: files of one noun, short functions, no machine's paths."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILE_LINES_MAX = 300
FUNCTION_LINES_MAX = 50
POSITIONAL_MAX = 7


def _sources() -> list[Path]:
    found: list[Path] = []
    for folder in ("framework", "plugins", "tests", "bench"):
        found += sorted((ROOT / folder).rglob("*.py"))
    return [f for f in found if ".venv" not in f.parts]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("path", _sources(), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_file_and_its_functions_stay_within_the_house_budget(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= FILE_LINES_MAX, "split the file: one noun each"
    for function in _functions(ast.parse(text)):
        length = (function.end_lineno or function.lineno) - function.lineno + 1
        assert length <= FUNCTION_LINES_MAX, f"{function.name} has {length} lines"


def _tracked() -> list[Path]:
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return [p for p in _sources() if p.is_file()]
    return [ROOT / name for name in listed.stdout.split("\0") if name]


def test_no_tracked_file_names_a_machine_or_a_registry_host() -> None:
    wrong = re.compile(r"(?<![\w.:~-])/(work|farm|root|home)/|pypi\.org/simple|files\.pythonhosted")
    hits = []
    for path in _tracked():
        if path.suffix in {".png", ".gz", ".ico", ".js"} or not path.is_file():
            continue
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if wrong.search(line):
                hits.append(f"{path.relative_to(ROOT)}:{number}")
    assert hits == []
