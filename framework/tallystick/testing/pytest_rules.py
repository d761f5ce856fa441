"""A pytest plugin: the tests and invariants inside rule files are collected as items.

A YAML file whose first key is `tallystick: rules/1` becomes items such as
`rules/cutoff.yaml::on the day` and `rules/cutoff.yaml::invariant[never-...]`. A counterexample that
`rules fuzz` kept (`tallystick: found/1`) is one item, which replays it. Tests in Python get the
fixtures `office`, `simulators`, `store` and `decide`.
"""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tallystick.store import Store
    from tallystick.testing.office import Office
    from tallystick.workbench import TestResult

_HEAD = "tallystick: rules/"
_FOUND = "tallystick: found/"


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect rule files, and no other YAML file."""
    if file_path.suffix != ".yaml":
        return None
    try:
        start = file_path.read_text(encoding="utf-8")[:2000]
    except (OSError, UnicodeDecodeError):
        return None
    lines = start.splitlines()
    collector: pytest.File
    if any(line.startswith(_FOUND) for line in lines):
        collector = FoundFile.from_parent(parent, path=file_path)
        return collector
    if not any(line.startswith(_HEAD) for line in lines):
        return None
    collector = RuleFile.from_parent(parent, path=file_path)
    return collector


class RuleFile(pytest.File):
    """One rule file; its items are made from its own tests and invariants."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for each test and invariant."""
        # imported here, so that a pytest run without rule files pays nothing
        from tallystick.app.rules import points_of, types_of  # noqa: PLC0415
        from tallystick.errors import RuleFileError  # noqa: PLC0415
        from tallystick.workbench import run_file  # noqa: PLC0415

        text = self.path.read_text(encoding="utf-8")
        try:
            results = run_file(self.path.name, text, types_of(None), points_of(None))
        except RuleFileError as error:
            raise self.CollectError(f"{error.where}: {error.code} {error.message}") from None
        for result in results:
            yield RuleItem.from_parent(self, name=result.name, result=result)


class FoundFile(pytest.File):
    """A counterexample; replayed on the project folder above it, else on the shipped rules."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item."""
        # imported here, so that a pytest run without rule files pays nothing
        from tallystick.errors import RuleFileError  # noqa: PLC0415
        from tallystick.workbench.counterexamples import found_in, replayed  # noqa: PLC0415

        home = next((p for p in self.path.parents if (p / "tallystick.toml").is_file()), None)
        rules = (
            [home / "rules"] if home is not None and any((home / "rules").glob("*.yaml")) else []
        )
        try:
            results = replayed(None, found_in([self.path]), rules)
        except RuleFileError as error:
            raise self.CollectError(f"{error.where}: {error.code} {error.message}") from None
        for result in results:
            yield RuleItem.from_parent(self, name=result.name, result=result)


class RuleItem(pytest.Item):
    """One test or invariant of a rule file, or a counterexample."""

    def __init__(self, *, result: "TestResult", **options: Any) -> None:
        super().__init__(**options)
        self._result = result

    def runtest(self) -> None:
        """Fail with what was expected and what came."""
        if not self._result.passed:
            raise RuleFailed(self._result.message)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str:
        """The place and the difference, without a stack trace."""
        if isinstance(excinfo.value, RuleFailed):
            text = f"{self.path.name}:{self._result.line}: {excinfo.value}"
            return f"{text}\n{self._result.fix}" if self._result.fix else text
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where the item stands."""
        return self.path, self._result.line - 1, self.name


class RuleFailed(AssertionError):
    """A test or invariant of a rule file does not hold."""


@pytest.fixture
def office() -> Iterator["Office"]:
    """A small firm on the simulators, set up and synced once; `office.do(Step("sync"))`."""
    from tallystick.testing.office import opened_office  # noqa: PLC0415

    with opened_office() as opened:
        yield opened


@pytest.fixture
def simulators(office: "Office") -> dict[str, Any]:
    """The simulators of the office, by connector."""
    return office.pair.simulators


@pytest.fixture
def store(office: "Office") -> "Store":
    """The store of the office."""
    return office.ws.store


@pytest.fixture
def decide(office: "Office") -> Callable[..., Any]:
    """`decide("time_entry.status", {...})`: the decision of the rules in force."""

    def decided(decision: str, subject: Mapping[str, Any], **params: Any) -> Any:
        return office.ws.rules.decider(decision, params=params)(subject)

    return decided
