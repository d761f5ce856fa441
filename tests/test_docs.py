"""The documentation of the hooks says what the code says."""

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tallystick import hookspecs
from tallystick.model.connector import Connector

ROOT = Path(__file__).parents[1]
HOOKS = ROOT / "docs" / "hooks.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)


def _signature(function: ast.FunctionDef) -> str:
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{function.name}({ast.unparse(function.args)}){returns}"


def _functions(text: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            yield node


def _documented() -> set[str]:
    blocks = _BLOCK.findall(HOOKS.read_text(encoding="utf-8"))
    return {_signature(f) for block in blocks for f in _functions(block)}


def _hooks() -> dict[str, str]:
    source = inspect.getsource(hookspecs)
    return {f.name: _signature(f) for f in _functions(source)}


def _methods() -> dict[str, str]:
    source = inspect.getsource(Connector)
    return {f.name: _signature(f) for f in _functions(source)}


@pytest.mark.parametrize("name", sorted(_hooks()))
def test_each_hook_is_documented_with_its_signature(name: str) -> None:
    assert _hooks()[name] in _documented()


@pytest.mark.parametrize("name", sorted(_methods()))
def test_each_method_of_a_connector_is_documented_with_its_signature(name: str) -> None:
    assert _methods()[name] in _documented()


def test_no_hook_is_documented_that_nobody_calls() -> None:
    told = {s.split("(")[0] for s in _documented() if s.startswith("tallystick_")}
    assert told == set(_hooks())


@pytest.mark.parametrize("name", sorted(_hooks()))
def test_each_hook_has_a_section_of_its_own(name: str) -> None:
    assert f"### `{name}`" in HOOKS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(_hooks()))
def test_each_hook_says_when_it_is_called(name: str) -> None:
    words = inspect.getdoc(getattr(hookspecs, name)) or ""
    assert re.search(r"Called|committed", words), words


def test_the_example_of_a_plugin_compiles_and_marks_its_hooks() -> None:
    example = next(b for b in _BLOCK.findall(HOOKS.read_text(encoding="utf-8")) if "@hookimpl" in b)
    marked = [
        f
        for f in _functions(example)
        if any(isinstance(d, ast.Name) and d.id == "hookimpl" for d in f.decorator_list)
    ]
    assert {f.name for f in marked} <= set(_hooks())
    assert marked
