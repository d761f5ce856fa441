"""The demo world: six projects whose entries show every outcome a first sync can have.

With the cutoff 2026-07-01 and general entries off, the 128 logs fall into 67 to bill, 24 invoiced
before the cutoff, 4 that wait for a person (client Borealis, R-073, R-079) and 33 left out.
"""

from datetime import date
from decimal import Decimal

from tallystick.simulator.world_demo_logs import demo_logs
from tallystick.simulator.world_demo_work import PROJECTS, bugs, rates, task_lists, tasks
from tallystick.simulator.world_parts import (
    BooksCustomer,
    Client,
    Contact,
    Expense,
    Person,
    World,
)
from tallystick.simulator.world_tiny import (
    CUTOFF,
    NOW,
    ORGANIZATIONS,
    OWNER,
    PORTALS,
    books_users,
)

CLIENTS = (
    Client(
        "acme",
        "ACME  Ltd",
        "Billing@Acme.example",
        "+49 30 5550100",
        "EUR",
        "https://acme.example",
        "Hafenstrasse 12",
        "Hamburg",
        "Germany",
    ),
    Client("nordlicht", "Nordlicht GmbH", "rechnung@nordlicht.example", "+49 40 5550101", "EUR"),
    Client("borealis", "Borealis", "finance@borealis.example", "", "EUR"),
    Client("smith", "Smith & Co", "accounts@smithco.example", "+1 212 555 0102", "USD"),
    Client("kestrel", "Kestrel Logistics", "ap@kestrel.example", "", "EUR"),
    Client("oldmill", "Old Mill Trading", "office@oldmill.example", "", "EUR"),
)
CONTACTS = (
    Contact("acme-1", "acme", "Ada", "Marsh", "ada.marsh@acme.example", "+49 30 5550110"),
    Contact("acme-2", "acme", "Bruno", "Keller", "bruno.keller@acme.example"),
    Contact("nordlicht-1", "nordlicht", "Swantje", "Petersen", "s.petersen@nordlicht.example"),
    Contact("borealis-1", "borealis", "Aino", "Virtanen", "aino@borealis.example"),
    Contact("smith-1", "smith", "Joan", "Smith", "joan@smithco.example"),
    Contact("kestrel-1", "kestrel", "Marc", "Dubois", ""),
)
PEOPLE = (
    OWNER,
    Person("mara", "Mara Lind", "m.lind@zylker.example", "manager", True, True, Decimal(120)),
    Person("jun", "Jun Ito", "j.ito@zylker.example", "employee", True, True, Decimal(95)),
    Person("priya", "Priya Raman", "P.Raman@zylker.example", "employee", True, True, Decimal(110)),
    Person("tomas", "Tomas Berg", "t.berg@zylker.example", "employee", True, True, Decimal(100)),
    Person("elena", "Elena Rossi", "e.rossi@zylker.example", "admin", True, True, Decimal(130)),
    Person("sam", "Sam Okafor", "sam@okafor.example", "contractor", True, False, Decimal(90)),
    Person("lena", "Lena Vogt", "l.vogt@zylker.example", "employee", False, False, Decimal(85)),
    Person("guest", "Workshop Guest", None, "contractor", True, False, None),
)
BOOKS_CUSTOMERS = (
    BooksCustomer("bc-acme", "Acme Ltd", "billing@acme.example", "EUR", phone="+49 30 5550199"),
    BooksCustomer("bc-borealis", "Borealis", "hello@borealis-group.example", "EUR"),
    BooksCustomer("bc-borealis-ab", "Borealis AB", "finance@borealis.example", "EUR"),
    BooksCustomer("bc-smith", "Smith and Co", "office@smith-partners.example", "USD"),
    BooksCustomer("bc-kestrel", "Kestrel Logistics", "", "EUR", contact_type="vendor"),
    BooksCustomer(
        "bc-oldmill", "Old Mill Trading", "office@oldmill.example", "EUR", status="inactive"
    ),
    BooksCustomer("bc-juniper", "Juniper Foods", "ap@juniper.example", "EUR"),
)


def _expense(key: str, place: tuple[str | None, str], day: date, amount: str, text: str) -> Expense:
    """An expense of (project or None, client or finance contact), in that party's currency."""
    project, party = place
    return Expense(
        key=key,
        project_key=project,
        client_key=party,
        date=day,
        amount=Decimal(amount),
        currency="USD" if party == "smith" else "EUR",
        description=text,
        made_in="projects" if project else "books",
        billable=not text.startswith("Own"),
    )


def _expenses() -> tuple[Expense, ...]:
    """Expenses of several projects and customers, one dated before the cutoff (R-130)."""
    july = date(2026, 7, 8)
    return (
        _expense("px-1", ("atlas", "acme"), july, "84.50", "Train to Hamburg"),
        _expense("px-2", ("harbor", "nordlicht"), july, "312.00", "Hotel, two nights"),
        _expense("px-3", ("smith", "smith"), date(2026, 7, 3), "49.99", "Test devices"),
        _expense("bx-1", (None, "bc-acme"), date(2026, 6, 24), "120.00", "Site visit in June"),
        _expense("bx-2", (None, "bc-acme"), july, "35.20", "Courier"),
        _expense("bx-3", (None, "bc-acme"), july, "18.00", "Own lunch"),
        _expense("bx-4", (None, "bc-juniper"), july, "640.00", "Scanner rental"),
    )


def demo_world(seed: int) -> World:
    """The whole cast; the seed moves log dates, people and minutes outside the told story."""
    work = tasks()
    issues = bugs()
    return World(
        seed=seed,
        size="demo",
        now=NOW,
        cutoff=CUTOFF,
        organizations=ORGANIZATIONS,
        portals=PORTALS,
        clients=CLIENTS,
        contacts=CONTACTS,
        people=PEOPLE,
        projects=PROJECTS,
        task_lists=task_lists(),
        tasks=work,
        bugs=issues,
        logs=demo_logs(seed, work, issues),
        rates=rates(PEOPLE),
        expenses=_expenses(),
        books_customers=BOOKS_CUSTOMERS,
        books_users=books_users(PEOPLE),
    )
