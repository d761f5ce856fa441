"""Pages of canonical rows from Zoho Projects lists."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import cached_property
from typing import Any

from tallystick.errors import Rejected
from tallystick.model.record import Cursor, Malformed, Page, Row

from tallystick_zoho_projects import mapping
from tallystick_zoho_projects.client import PAGE, ProjectsClient, listed, more, single
from tallystick_zoho_projects.values import FieldError, ident, zone_named

_PROJECT = "/portal/{portal}/projects/{project}"
_CLIENTS = ("clients", "customers")
_PAGE_OF_PROJECTS = 50
"""Each project costs a call for its clients, so a page of them is kept short."""


@dataclass(frozen=True, slots=True)
class Listing:
    """One list of the service. `then` is the filter for what its default leaves out."""

    path: str
    keys: tuple[str, ...]
    parent: str | None = None
    then: Mapping[str, str] | None = None
    size: int = PAGE
    item: tuple[str, tuple[str, ...]] | None = None


LISTS: Mapping[str, Listing] = {
    "contact": Listing(
        "/portal/{portal}/clients",
        _CLIENTS,
        item=("/portal/{portal}/clients/{id}", ("client", "customer", *_CLIENTS)),
    ),
    "user": Listing(
        "/portal/{portal}/users",
        ("users",),
        then={"user_type": "inactive"},
        item=("/portal/{portal}/users/{id}", ("user", "users")),
    ),
    "project": Listing(
        "/portal/{portal}/projects",
        ("projects",),
        then={"status": "archived"},
        size=_PAGE_OF_PROJECTS,
        item=("/portal/{portal}/projects/{id}", ("project", "projects")),
    ),
    "task_list": Listing(f"{_PROJECT}/tasklists", ("tasklists", "task_lists"), "project"),
    "task": Listing(
        f"{_PROJECT}/tasks",
        ("tasks",),
        "project",
        item=(f"{_PROJECT}/tasks/{{id}}", ("task", "tasks")),
    ),
    "bug": Listing(f"{_PROJECT}/issues", ("issues", "bugs"), "project"),
    "user_rate": Listing(f"{_PROJECT}/users", ("users",), "project"),
    "contact_person": Listing("/portal/{portal}/client/{client}/contacts", ("contacts",), "client"),
}


class ProjectsReader:
    """Reading lists and single records, all but time logs."""

    def __init__(self, client: ProjectsClient, zone: str | None) -> None:
        self._client = client
        self._zone_setting = zone

    @cached_property
    def _zone(self) -> tzinfo | None:
        if self._zone_setting:
            return zone_named(self._zone_setting)
        raws = [r for r in self.portals()[0] if ident(r) == self._client.portal_id]
        return zone_named(mapping.zone_of(raws[0])) if raws else None

    def zone(self) -> tzinfo:
        """The portal's time zone, asked for once. Raises ValueError when it is not known."""
        if self._zone is None:
            msg = "the portal's time zone is not known"
            raise ValueError(msg)
        return self._zone

    def portals(self) -> tuple[list[Mapping[str, Any]], str | None]:
        """Every portal as sent, and the id of who logged in where that is said."""
        body = self._client.get("/portals")
        return listed(body, ("portals",)), ident(body, "login_id")

    def read(self, type: str, cursor: Cursor) -> Page:
        """One page of one type."""
        if type == "organization":
            raws = [r for r in self.portals()[0] if ident(r) == self._client.portal_id]
            rows, bad = mapped(raws, mapping.organization)
            return Page(rows, None, bad)
        if type == "contact_person":
            return self._indexed(LISTS[type], cursor)
        return self._numbered(type, LISTS[type], cursor)

    def _numbered(self, type: str, listing: Listing, cursor: Cursor) -> Page:
        part, number = (int(p) for p in (cursor.position or "0:1").split(":"))
        extra = (listing.then or {}) if part else {}
        asked = {**extra, "page": number, "per_page": listing.size}
        ids = {listing.parent: str(cursor.parent)} if listing.parent else {}
        try:
            body = self._client.get(listing.path, asked, ids)
        except Rejected:
            if part == 0:
                raise
            # the filter is not documented for v3; a portal that has none gave all it has
            return Page([], None)
        raws = listed(body, listing.keys)
        if part and number == 1 and raws and self._is_first_page(listing, raws, ids):
            return Page([], None)
        rows, bad = mapped(raws, self._mapper(type, str(cursor.parent)))
        position = None
        if more(body, len(raws), listing.size):
            position = f"{part}:{number + 1}"
        elif listing.then and part == 0:
            position = "1:1"
        return Page(rows, Cursor(position, cursor.parent) if position else None, bad)

    def _is_first_page(self, listing: Listing, raws: Sequence[Any], ids: Mapping[str, str]) -> bool:
        """True when the service took no notice of the filter and began its list anew."""
        asked = {"page": 1, "per_page": listing.size}
        begun = listed(self._client.get(listing.path, asked, ids), listing.keys)
        return [ident(r) for r in begun] == [ident(r) for r in raws]

    def _indexed(self, listing: Listing, cursor: Cursor) -> Page:
        """A list whose pages are named by the position of their first record."""
        position = int(cursor.position or 1)
        client_id = str(cursor.parent)
        asked = {"index": position, "range": PAGE}
        body = self._client.get(listing.path, asked, {"client": client_id})
        raws = listed(body, listing.keys)
        rows, bad = mapped(raws, lambda r: mapping.contact_person(r, client_id))
        following = str(position + len(raws)) if more(body, len(raws), PAGE) else None
        return Page(rows, Cursor(following, client_id) if following else None, bad)

    def _mapper(self, type: str, parent: str) -> "Mapper":
        mappers: Mapping[str, Mapper] = {
            "contact": lambda r: mapping.contact(r, self.zone),
            "user": mapping.user,
            "project": lambda r: mapping.project(r, self._clients(r), self.zone),
            "task_list": lambda r: mapping.task_list(r, parent),
            "task": lambda r: mapping.task(r, parent, self.zone),
            "bug": lambda r: mapping.bug(r, parent, self.zone),
            "user_rate": lambda r: mapping.user_rate(r, parent),
        }
        return mappers[type]

    def _clients(self, raw: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
        """The client companies of a project; None when the service does not give them."""
        project_id = ident(raw)
        if project_id is None:
            return None
        try:
            return list(
                self._client.every(f"{_PROJECT}/clients", _CLIENTS, ids={"project": project_id})
            )
        except Rejected:
            return None

    def fetch(self, type: str, ids: Sequence[str], parent: str | None) -> Mapping[str, Row]:
        """Fresh rows; what is left out does not exist."""
        listing = LISTS[type]
        named = {listing.parent: str(parent)} if listing.parent else {}
        mapper = self._mapper(type, str(parent))
        if listing.item is None:
            raws = self._client.every(listing.path, listing.keys, ids=named)
            rows, _ = mapped(raws, mapper)
            return {r["external_id"]: r for r in rows if r["external_id"] in set(ids)}
        path, keys = listing.item
        found: dict[str, Row] = {}
        for external_id in ids:
            body = self._client.find(path, ids={**named, "id": external_id})
            if body is not None:
                found[external_id] = mapper(single(body, keys))
        return found


Mapper = Callable[[Mapping[str, Any]], dict[str, Any]]


def mapped(
    raws: Iterable[Any], mapper: Mapper
) -> tuple[list[dict[str, Any]], tuple[Malformed, ...]]:
    """Rows of those that can be mapped; the others are quarantined, with the field at fault."""
    rows: list[dict[str, Any]] = []
    bad: list[Malformed] = []
    for raw in raws:
        try:
            if type(raw) is not dict and not isinstance(raw, Mapping):
                raise FieldError("id", "the record is no object")
            rows.append(mapper(raw))
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            bad.append(Malformed(_name(raw), str(error), getattr(error, "field", None)))
    return rows, tuple(bad)


def _name(raw: Any) -> str:
    try:
        return ident(raw, "id_string", "id", "zpuid") or "?"
    except ValueError:
        return "?"
