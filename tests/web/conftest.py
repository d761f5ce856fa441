"""Served project folders and a browser."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from tallystick.app import project
from web.browsing import Tab, browsing
from web.serving import Settled, Site, served, settle, troubled_world

ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Settled:
    """A project folder that was synced once and has one open cause."""
    home = tmp_path_factory.mktemp("settled")
    world = troubled_world()
    settle(home, world)
    return Settled(home, world)


@pytest.fixture
def site(settled: Settled, tmp_path: Path) -> Iterator[Site]:
    """A server of a copy of the settled folder."""
    with served(*settled.copy(tmp_path / "home")) as running:
        yield running


@pytest.fixture
def watching(settled: Settled, tmp_path: Path) -> Iterator[Site]:
    """The same, started to show only."""
    home, world = settled.copy(tmp_path / "home")
    with served(home, world, read_only=True) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Site]:
    """A server of a folder that nothing was done in yet."""
    home = tmp_path / "home"
    project.init(home, connectors=("fake_portal", "fake_accounts"))
    with served(home, troubled_world()) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser of this machine, else the test is skipped."""
    names = (os.environ.get("CHROMIUM", ""), "chromium", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no browser: install chromium, or name one in CHROMIUM")
    return found


class Browse(Protocol):
    """Opens a browser on a site."""

    def __call__(
        self, site: Site, *, script: bool = True, width: int = 1280, dark: bool = False
    ) -> Tab:
        """A tab of a fresh browser."""


@pytest.fixture
def browse(chromium: str, tmp_path: Path) -> Iterator[Browse]:
    """Browsers for one test; they are closed after it."""
    with ExitStack() as leave:

        def opened(
            site: Site, *, script: bool = True, width: int = 1280, dark: bool = False
        ) -> Tab:
            made = browsing(
                chromium,
                tmp_path / "profile",
                site.base,
                ARGUMENTS,
                script=script,
                width=width,
                dark=dark,
            )
            return leave.enter_context(made)

        yield opened
