"""Portals, users, client companies and contacts of v3."""

from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world_parts import Person

from tallystick_zoho_projects.simulator import shapes
from tallystick_zoho_projects.simulator.errors import Refusal, absent, wrong
from tallystick_zoho_projects.simulator.paging import listed, ranged
from tallystick_zoho_projects.simulator.scene import Json, Scene
from tallystick_zoho_projects.simulator.work_shapes import project

ADMINS = {"owner", "admin"}


def listed_users(scene: Scene, request: Request, portal_key: str) -> list[Person]:
    """Users of a portal that user_type leaves; only an administrator sees them."""
    records = scene.records
    if not scene.switch("admin_token") or records.portals[portal_key].role not in ADMINS:
        raise Refusal(401, 6401, "Unauthorized request")
    rows, kind = records.people_of(portal_key), request.param("user_type") or "all"
    if kind in {"active", "inactive"}:
        return [p for p in rows if records.active(p) == (kind == "active")]
    if kind != "all":
        raise wrong("user_type")
    return rows


class People:
    """Handlers of everything about people and companies."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def portals(self, request: Request) -> Response:
        """GET /portals: whole, a bare array unless wrapped."""
        del request
        rows = [shapes.portal(self._scene, p) for p in self._scene.records.world.portals]
        body = {"portals": rows} if self._scene.switch("wrap_lists") else rows
        return json_response(200, body)

    def portal(self, request: Request, portal_key: str) -> Response:
        """GET /portal/{id}."""
        del request
        record = self._scene.records.portals[portal_key]
        return self._scene.item("portals", shapes.portal(self._scene, record))

    def users(self, request: Request, portal_key: str) -> Response:
        """GET /users; user_type active or inactive selects."""
        rows = listed_users(self._scene, request, portal_key)
        return listed(
            self._scene, request, "users", rows, lambda p: shapes.user(self._scene, p, portal_key)
        )

    def user(self, request: Request, portal_key: str, user_id: str) -> Response:
        """GET /users/{id}, by either id."""
        del request
        records = self._scene.records
        for person in records.people_of(portal_key):
            if user_id in {records.ids["person"][person.key], records.accounts[person.key]}:
                return self._scene.item("users", shapes.user(self._scene, person, portal_key))
        raise absent("User")

    def project_users(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET /projects/{id}/users, with their rates."""
        del portal_key
        rows = self._scene.records.members(project_key)
        return listed(
            self._scene,
            request,
            "users",
            rows,
            lambda p: shapes.member(self._scene, p, project_key),
        )

    def clients(self, request: Request, portal_key: str) -> Response:
        """GET /clients."""
        rows = self._scene.records.clients_of(portal_key)
        return listed(
            self._scene,
            request,
            "clients",
            rows,
            lambda c: shapes.client(self._scene, c, portal_key),
        )

    def client(self, request: Request, portal_key: str, client_id: str) -> Response:
        """GET /clients/{id}."""
        del request
        record = self._scene.records.clients[self._client(portal_key, client_id)]
        return self._scene.item("clients", shapes.client(self._scene, record, portal_key))

    def client_projects(self, request: Request, portal_key: str, client_id: str) -> Response:
        """GET /clients/{id}/projects."""
        key, records = self._client(portal_key, client_id), self._scene.records
        rows = [p for p in records.projects_of(portal_key) if key in records.project_clients(p.key)]
        return listed(self._scene, request, "projects", rows, lambda p: project(self._scene, p))

    def project_clients(self, request: Request, portal_key: str, project_key: str) -> Response:
        """GET /projects/{id}/clients; only the primary one counts (R-047)."""
        records = self._scene.records
        primary = records.primary_client(project_key)

        def shape(key: str) -> Json:
            company = shapes.client(self._scene, records.clients[key], portal_key)
            return {**company, "is_primary": key == primary}

        return listed(self._scene, request, "clients", records.project_clients(project_key), shape)

    def contacts(self, request: Request, portal_key: str, client_id: str) -> Response:
        """GET /client/{id}/contacts, by index and range."""
        key = self._client(portal_key, client_id)
        sought = (request.param("search_string") or "").casefold()
        rows = [
            shapes.contact(self._scene, c)
            for c in self._scene.records.contacts.values()
            if c.client_key == key
        ]
        rows = [r for r in rows if sought in f"{r['name']} {r['email']}".casefold()]
        return ranged(self._scene, request, "contacts", rows)

    def _client(self, portal_key: str, client_id: str) -> str:
        key = self._scene.records.keys["client"].get(client_id)
        if key is None or not self._scene.records.clients_of(portal_key):
            raise absent("Client")
        return key
