"""Rule files made to hurt are refused within a second, with file, line and reason (S05, S07)."""

import ast
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import tallystick.decide
from rules.hostile import HOSTILE, whole
from rules.shipped import TYPES, sources
from tallystick.decide import RuleSource, parse_source
from tallystick.decide.model import ALWAYS, Rule, Then
from tallystick.decide.points import POINTS
from tallystick.decide.wording import fill
from tallystick.errors import RuleFileError
from tallystick.testing.purity import no_io

SECONDS_MAX = 1.0
"""Of the processor, so that a busy machine changes nothing; none of them waits for anything."""
FUZZED = 1500
"""Mutated files in a run of the tests; the same seeds give the same files."""


def parse(text: str) -> None:
    parse_source(RuleSource("hostile.yaml", text, "project"), TYPES, POINTS)


def test_a_file_that_is_right_but_for_what_is_put_in_is_taken() -> None:
    parse(whole())


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_within_a_second_with_place_and_reason(name: str) -> None:
    text, code, place = HOSTILE[name]
    started = time.process_time()
    with no_io(), pytest.raises(RuleFileError) as caught:
        parse(text)
    assert time.process_time() - started < SECONDS_MAX
    error = caught.value
    assert (error.code, str(error.where)) == (code, f"hostile.yaml:{place}"), error.message
    assert 5 < len(error.message) < 500


def test_there_are_at_least_thirty_of_them() -> None:
    assert len(HOSTILE) >= 30


def mutants(count: int) -> Iterator[str]:
    """Shipped files with pieces cut, doubled, moved or replaced."""
    chance = random.Random(20261125)
    texts = [s.text for s in sources()]
    spice = ["{", "}", "[", "]", ": ", "- ", "\n", "'", '"', "!", "&a", "*a", "null", "9" * 40]
    spice += ["params.", "!absent ", "{any: []}", "1e9", "\t", "#", "|", ">", "\u2028", "---\n"]
    for _ in range(count):
        text = chance.choice(texts)
        start = chance.randrange(len(text))
        text = text[max(0, start - 1500) : start + 1500] if chance.random() < 0.5 else text[:4000]
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(len(text) + 1)
            end = min(len(text), at + chance.randrange(30))
            piece = chance.choice([*spice, text[at:end], text[at:end] * 3, ""])
            text = text[:at] + piece + text[end:]
        yield text


def test_a_mutated_file_is_taken_or_refused_by_name_and_nothing_else_happens() -> None:
    """S05: no other error, no file, no socket, and none that takes long."""
    slowest = 0.0
    refused = unplaced = 0
    texts = list(mutants(FUZZED))
    with no_io():
        for text in texts:
            started = time.process_time()
            try:
                parse(text)
            except RuleFileError as error:
                refused += error.where is not None
                unplaced += error.where is None
            slowest = max(slowest, time.process_time() - started)
    assert FUZZED > refused > FUZZED // 2
    assert unplaced == 0
    assert slowest < SECONDS_MAX


def modules() -> list[Path]:
    return sorted(Path(tallystick.decide.__file__).parent.rglob("*.py"))


FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "open", "globals", "input"}
GENERATED = {"writing.py"}
"""Writes functions out of numbers and paths that were checked; see its own tests."""


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.name)
def test_no_module_that_reads_rules_can_run_text_or_open_anything(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    called = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }
    allowed = {"exec", "compile"} if path.name in GENERATED else set()
    assert not (called & FORBIDDEN_CALLS) - allowed
    imported = {
        (n.module or "").split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)
    } | {a.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert not imported & {
        "os",
        "sys",
        "io",
        "pathlib",
        "socket",
        "importlib",
        "subprocess",
        "ctypes",
    }


def test_a_sentence_puts_in_values_and_never_attributes() -> None:
    rule = Rule("a", ALWAYS, Then("skip"), "", 1)
    subject = {"record": {"name": "{record.secret} {0.__class__}", "secret": "s3cret"}}
    assert fill("{record.name}", rule, subject, None) == "{record.secret} {0.__class__}"
    assert fill("{record.__class__}", rule, subject, None) == "nothing"
