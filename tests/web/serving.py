"""A served project folder for the tests: settled once, copied for each test, on a real socket."""

import copy
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import requests
import uvicorn
from support.fakes import World, log, small_world
from support.projects import fake_host, opened, set_up
from tallystick.app import sync
from tallystick.app.workspace import Surroundings, Workspace, open_workspace
from tallystick.testing.clock import FakeClock
from tallystick.web import create_app
from tallystick.web.desk import WebDesk

NAME = "main"
PAGES = (
    "/",
    f"/i/{NAME}",
    "/errors",
    "/errors?show=self",
    "/errors/1",
    "/rules",
    "/rules/qualification.yaml",
    "/nothing/here",
)


def troubled_world() -> World:
    """A client that could be two customers, with a project, tasks and time that wait for it."""
    world = small_world()
    client = {"contact_type": "client", "currency": "EUR", "phone": "", "status": "active"}
    customer = {**client, "contact_type": "customer"}
    world.put("portal", "contact", "c2", name="Borealis", email="pay@borealis.example", **client)
    world.put(
        "portal",
        "project",
        "p2",
        name="Borealis fit-out",
        description="",
        client_id="c2",
        status="active",
        billing_method="project_hours",
        rate="90",
        currency="EUR",
    )
    task = {"completed": False, "status": "open", "rate": None, "billable": True}
    for number, name in enumerate(("Site survey", "Lighting plan", "Handover")):
        world.put("portal", "task", f"t2{number}", project_id="p2", name=name, **task)
    for number in range(4):
        log(world, f"b{number}", project_id="p2", task_id=f"t2{number % 2}", minutes=90)
    log(world, "old", work_date=date(2026, 6, 3))
    log(world, "pending", approval="pending")
    log(world, "unpaid", billable=False)
    books = (
        ("CUS-88", "Borealis AB", "pay@borealis.example"),
        ("CUS-91", "Borealis", "office@borealis.example"),
    )
    for id, name, email in books:
        world.put("accounts", "contact", id, name=name, email=email, **customer)
    return world


@dataclass(slots=True)
class Gate:
    """Holds the first write back until it is opened."""

    reached: threading.Event = field(default_factory=threading.Event)
    open: threading.Event = field(default_factory=threading.Event)

    def __call__(self, _operation: Any, when: str) -> None:
        if when == "before":
            self.reached.set()
            assert self.open.wait(60)


@dataclass(slots=True)
class Site:
    """A running server with what stands behind it."""

    base: str
    home: Path
    world: World
    clock: FakeClock
    desk: WebDesk
    around: Surroundings

    def get(self, path: str, **headers: str) -> requests.Response:
        """Ask for a page."""
        return requests.get(self.base + path, headers=headers, timeout=30)

    def post(
        self, path: str, form: dict[str, Any], headers: dict[str, str] | None = None
    ) -> requests.Response:
        """Send a form; where the answer leads is not followed."""
        return requests.post(
            self.base + path, data=form, headers=headers, timeout=30, allow_redirects=False
        )

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The same project folder, seen from outside the server."""
        with open_workspace(self.home, self.around) as ws:
            yield ws

    def gate(self) -> Gate:
        """Hold the next write back, so that a run is going on."""
        gate = Gate()
        self.world.on_write = gate
        return gate


def settle(home: Path, world: World) -> None:
    """Set up and sync once."""
    with opened(home, world) as ws:
        set_up(ws)
        sync.run(ws, approve=lambda _plan: True)


@contextmanager
def served(home: Path, world: World, *, read_only: bool = False) -> Iterator[Site]:
    """Serve a project folder on a free port of the loopback."""
    clock = FakeClock()
    clock.advance(minutes=4)
    around = Surroundings(clock=clock, wait=lambda _seconds: None, host=fake_host(world))
    application = create_app(home, read_only=read_only, around=around)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(application, log_level="warning", access_log=False, ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    desk: WebDesk = application.state.desk
    try:
        yield Site(base, home, world, clock, desk, around)
    finally:
        if isinstance(world.on_write, Gate):
            world.on_write.open.set()
        desk.wait(60)
        server.should_exit = True
        thread.join(30)
        listening.close()


@dataclass(frozen=True, slots=True)
class Settled:
    """A settled folder and its world, to be copied."""

    home: Path
    world: World

    def copy(self, to: Path) -> tuple[Path, World]:
        """Both, for one test alone."""
        shutil.copytree(self.home, to)
        return to, copy.deepcopy(self.world)
