"""The simulated Zoho Books: credentials, scopes, limits, control reads."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from tallystick.simulator.app import Simulator
from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.world import World

from tallystick_zoho_books.simulator.accounts import Accounts
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.context import Context, organization_of
from tallystick_zoho_books.simulator.envelope import Refusal
from tallystick_zoho_books.simulator.limits import MINUTE_TEXT, Quota, throttled
from tallystick_zoho_books.simulator.money import as_text
from tallystick_zoho_books.simulator.reports import double_billed
from tallystick_zoho_books.simulator.routes import routed
from tallystick_zoho_books.simulator.seed import seeded
from tallystick_zoho_books.simulator.switches import SWITCHES

BASES = ("/books/v3", "/api/v3")
_SCOPES = {
    "contacts": "contacts",
    "projects": "projects",
    "invoices": "invoices",
    "invoice": "invoices",
    "creditnotes": "creditnotes",
    "expenses": "expenses",
}
_ACTIONS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}
_MALFORMED = "The request could not be authenticated as the authentication value you entered is"


class BooksSimulator(Simulator):
    """Zoho Books v3 with its accounts server, on one world."""

    name = "zoho_books"
    SWITCHES = SWITCHES

    def __init__(self, world: World, seed: int = 1) -> None:
        super().__init__(seed=seed, start=world.now)
        self.organizations: dict[str, Books] = seeded(world)
        self.accounts = Accounts(seed)
        self._quotas: dict[str, Quota] = {}
        context = Context(
            self.organizations, self.clock.now, self.switches.__getitem__, self._effect
        )
        self._router, self._states = routed(context, self.organizations)

    def _effect(self, effect_id: str) -> None:
        self.effect_id = effect_id

    def dispatch(self, request: Request) -> Response:
        """The service's own answer."""
        path = request.path.rstrip("/")
        if path.endswith(("/oauth/v2/token", "/oauth/v2/token/revoke")):
            return self.accounts.answer(request, self.clock.now(), self.switches)
        base = next((b for b in BASES if path.startswith(b + "/")), None)
        if base is None:
            return _refused(404, 5, "Invalid URL Passed")
        inner = replace(request, path=path.removeprefix(base))
        response = self._refusal(inner) or self._routed(inner)
        quota = self._quota(inner)
        if quota is None:
            return response
        limits = quota.headers(self.clock.now(), int(self.switches["limit_per_day"]))
        return replace(response, headers={**response.headers, **limits})

    def _routed(self, request: Request) -> Response:
        try:
            response = self._router.dispatch(request)
        except Refusal as refusal:
            return refusal.response
        if response is None:
            known = self._router.knows(request.path)
            return _refused(405 if known else 404, 5, "Invalid URL Passed")
        if self.switches["money_as_text"]:
            return replace(response, body=orjson.dumps(as_text(orjson.loads(response.body))))
        return response

    def _refusal(self, request: Request) -> Response | None:
        """Refuse a bad credential, a missing scope, or a call beyond a limit."""
        state = self.accounts.judge(request, self.clock.now(), self.switches)
        if state == "malformed":
            return _refused(401, 14, f"{_MALFORMED} invalid.")
        if state == "dead" or not self._in_scope(request):
            return _refused(401, 57, "You are not authorized to perform this operation")
        quota = self._quota(request)
        if quota is None:
            return None
        return quota.take(
            self.clock.now(),
            per_minute=int(self.switches["limit_per_minute"]),
            per_day=int(self.switches["limit_per_day"]),
            in_process=(self.in_process, int(self.switches["limit_concurrent"])),
        )

    def _in_scope(self, request: Request) -> bool:
        """True when the token's scopes cover a call; an empty switch is every scope."""
        scopes = {s.strip() for s in str(self.switches["scopes"]).split(",") if s.strip()}
        group = _SCOPES.get(request.path.strip("/").split("/")[0], "settings")
        action = _ACTIONS.get(request.method, "READ")
        wanted = {f"ZohoBooks.{group}.{action}", f"ZohoBooks.{group}.ALL"}
        return not scopes or bool(scopes & (wanted | {"ZohoBooks.fullaccess.all"}))

    def _quota(self, request: Request) -> Quota | None:
        """The calls of the organization a request names; without one, of the first."""
        wanted = organization_of(request) or next(iter(self.organizations))
        books = self.organizations.get(wanted)
        if books is None:
            return None
        return self._quotas.setdefault(wanted, Quota(books.zone))

    def throttle_response(self, request: Request) -> Response:
        """HTTP 429 with code 44, without Retry-After."""
        del request
        return throttled(44, MINUTE_TEXT)

    def expire_tokens(self) -> None:
        """Let every access token end now."""
        self.accounts.expire()

    def state(self) -> Any:
        """Everything that a snapshot keeps."""
        return self.organizations, self.accounts, self._quotas

    def set_state(self, state: Any) -> None:
        """Take a kept state back."""
        kept, self.accounts, self._quotas = state
        self.organizations.clear()
        self.organizations.update(kept)

    def world_facts(self) -> Mapping[str, Any]:
        """Organization ids with names, and every switch with its meaning."""
        return {
            "organizations": [
                {"organization_id": i, "name": b.organization["name"]}
                for i, b in self.organizations.items()
            ],
            "switches": {
                n: {"now": self.switches[n], "means": s.meaning} for n, s in SWITCHES.items()
            },
        }

    def control(self, request: Request, path: str) -> Response | None:
        """`double-billed` reports what must never be; `pay/{invoice}` notes a payment."""
        if request.method == "GET" and path == "double-billed":
            return json_response(200, double_billed(self.organizations.values()))
        if request.method == "POST" and path.startswith("pay/"):
            named = organization_of(request)
            first = (("organization_id", next(iter(self.organizations))),)
            asked = request if named else replace(request, query=(*request.query, *first))
            try:
                return self._states.pay(asked, path.removeprefix("pay/"))
            except Refusal as refusal:
                return refusal.response
        return None


def _refused(status: int, code: int, message: str) -> Response:
    return json_response(status, {"code": code, "message": message})
