"""`given_world`: a test in Python that is run on many histories of the whole system."""

import inspect
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import update_wrapper
from pathlib import Path
from typing import Any

from hypothesis.errors import UnsatisfiedAssumption

from tallystick.app.rules import write_text
from tallystick.decide.model import Invariant
from tallystick.testing.faulty import faults_named
from tallystick.testing.hunting import Ground, again, hunt
from tallystick.testing.machine import Broken
from tallystick.testing.observing import Violation
from tallystick.testing.office import Office
from tallystick.testing.steps import NO_STEP_FAILS, Found, Step, to_text, told
from tallystick.workbench.counterexamples import found_in, home_of
from tallystick.workbench.fuzzing import FOLDER

Test = Callable[..., None]
_SEEDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Trial:
    """How many histories a test is run on, drawn from which seed, and where one is kept."""

    examples: int = 20
    seed: int | None = None
    save: Path = FOLDER


def given_world(
    *,
    rules: str | Path | None = None,
    faults: str | Iterable[str] = "all",
    max_steps: int = 40,
    trial: Trial | None = None,
) -> Callable[[Test], Test]:
    """Run a test that takes `world`, an `Office`, after each of many random histories.

    `rules` is a folder of rule files (else the shipped ones), `faults` "all" or names. A history
    after which the test fails is shrunk, told with the failure and kept as a file. Those kept
    for the test are tried first. Other arguments of the test are fixtures.
    """
    folder = None if rules is None else Path(rules)
    if folder is not None and not folder.is_dir():
        raise ValueError(f"{rules} is no folder of rule files.")
    ground = Ground(folder, faults_named(faults), max_steps, opened=False)

    def decorate(test: Test) -> Test:
        signature = inspect.signature(test)
        if "world" not in signature.parameters:
            raise TypeError(f"{test.__name__} takes no argument `world`.")

        def run(*args: Any, **fixtures: Any) -> None:
            _Given(test, ground, trial or Trial(), (args, fixtures)).run()

        update_wrapper(run, test)
        # pytest reads from the signature which fixtures to give, and `world` is none
        del run.__wrapped__  # type: ignore[attr-defined]
        others = [p for p in signature.parameters.values() if p.name != "world"]
        run.__signature__ = signature.replace(parameters=others)  # type: ignore[attr-defined]
        return run

    return decorate


@dataclass(frozen=True, slots=True)
class _Given:
    """One test with its fixtures, on its ground."""

    test: Test
    ground: Ground
    trial: Trial
    arguments: tuple[tuple[Any, ...], Mapping[str, Any]]

    def run(self) -> None:
        """Try what was kept, then many histories; fail with the shortest that was found."""
        for steps in self._kept():
            broken = again(steps, self._wrong, self.ground.rules)
            if broken is not None:
                raise self._failure(broken, "It was kept from an earlier run.")
        seed = self.trial.seed
        seed = secrets.randbelow(_SEEDS) if seed is None else seed
        going = self._going
        result = hunt((), going=going, seed=seed, ground=self.ground, also=self._wrong)
        if result.broken is not None:
            file = self._save(result.broken, seed)
            help_ = f"  = help: tallystick rules test {file}"
            raise self._failure(result.broken, f"seed {seed}; saved as {file}\n{help_}")

    def _going(self, done: int) -> bool:
        return done < self.trial.examples

    def _wrong(self, office: Office) -> Violation | None:
        """What the test says of an office."""
        args, fixtures = self.arguments
        try:
            self.test(*args, **fixtures, world=office)
        except UnsatisfiedAssumption:
            return None
        except Broken as broken:
            return replace(broken.violation, error=broken)
        except Exception as error:  # noqa: BLE001 - however a test fails, its history is wanted
            said = f"{type(error).__name__}: {error}"
            named = Invariant(self.test.__name__, 0, scope="history", for_each="world")
            return Violation(named, {"world": {"error": said}}, error)
        return None

    def _kept(self) -> Iterator[tuple[Step, ...]]:
        folder = self.trial.save
        kept = found_in([folder]) if folder.is_dir() else []
        return (f.steps for f in kept if f.test == self.test.__name__ and f.steps)

    def _save(self, broken: Broken, seed: int) -> Path:
        name = broken.violation.invariant.id
        rules = self.ground.rules
        file, decision = home_of(name, [] if rules is None else [rules])
        if name == NO_STEP_FAILS:
            # whichever file's; it is wrong by no rule
            file, decision = home_of("one-line-in-force")
        test = self.test.__name__
        found = Found(name, file, decision, str(broken), broken.steps, seed=seed, test=test)
        place = self.trial.save / f"{found.name}.yaml"
        write_text(place, to_text(found))
        return place

    def _failure(self, broken: Broken, where: str) -> Exception:
        """What the test raised, with the history."""
        error = broken.violation.error or broken
        error.add_note("\n".join(["These steps lead to it:", *told(broken.steps), where]))
        return error
