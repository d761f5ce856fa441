"""The simulated Zoho Books: routes, credentials, limits, control reads."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from tallystick.simulator.app import Simulator
from tallystick.simulator.http import Request, Response, json_response
from tallystick.simulator.router import Router
from tallystick.simulator.world import World

from tallystick_zoho_books.simulator.accounts import Accounts
from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contacts import Contacts
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Refusal
from tallystick_zoho_books.simulator.invoices import Invoices
from tallystick_zoho_books.simulator.masters import Expenses, Masters, Users
from tallystick_zoho_books.simulator.projects import Projects, Tasks
from tallystick_zoho_books.simulator.reports import double_billed
from tallystick_zoho_books.simulator.seed import seeded
from tallystick_zoho_books.simulator.switches import SWITCHES
from tallystick_zoho_books.simulator.time_entries import TimeEntries

BASES = ("/books/v3", "/api/v3")
_MINUTE_TEXT = (
    "For security reasons your organization has been blocked as it have exceeded the maximum "
    "number of requests per minute that can be sent from one organization."
)


class BooksSimulator(Simulator):
    """Zoho Books v3 with its accounts server, on one world."""

    name = "zoho_books"
    SWITCHES = SWITCHES

    def __init__(self, world: World, seed: int = 1) -> None:
        super().__init__(seed=seed, start=world.now)
        self.organizations: dict[str, Books] = seeded(world)
        self.accounts = Accounts()
        self._calls: dict[str, list[datetime]] = {}
        self._context = Context(
            lambda: self.organizations, self.clock.now, self.switches.__getitem__, self._effect
        )
        self._router = Router()
        self._routes()

    def _effect(self, effect_id: str) -> None:
        self.effect_id = effect_id

    def _routes(self) -> None:
        masters = Masters(self._context, self.organizations)
        add = self._router.add
        add("GET", "/organizations", masters.organizations)
        add("GET", "/organizations/{organization_id}", masters.organization)
        add("GET", "/settings/currencies", masters.currencies)
        add("GET", "/settings/taxes", masters.taxes)
        add("GET", "/items", masters.items)
        add("GET", "/creditnotes", masters.credit_notes)
        self._people(add)
        self._work(add)
        self._trade(add)

    def _people(self, add: Callable[..., None]) -> None:
        users, contacts = Users(self._context), Contacts(self._context)
        add("GET", "/users", users.listing)
        add("POST", "/users", users.create)
        add("GET", "/users/me", users.me)
        add("GET", "/users/{user_id}", users.one)
        add("POST", "/users/{user_id}/active", users.active)
        add("POST", "/users/{user_id}/inactive", users.inactive)
        add("POST", "/users/{user_id}/invite", users.invite)
        add("GET", "/contacts", contacts.listing)
        add("POST", "/contacts", contacts.create)
        add("POST", "/contacts/contactpersons", contacts.add_person)
        add("GET", "/contacts/{contact_id}", contacts.one)
        add("PUT", "/contacts/{contact_id}", contacts.update)
        add("DELETE", "/contacts/{contact_id}", contacts.delete)
        add("POST", "/contacts/{contact_id}/active", contacts.active)
        add("POST", "/contacts/{contact_id}/inactive", contacts.inactive)
        add("GET", "/contacts/{contact_id}/contactpersons", contacts.people)

    def _work(self, add: Callable[..., None]) -> None:
        entries = TimeEntries(self._context)
        projects, tasks = Projects(self._context), Tasks(self._context)
        add("GET", "/projects/timeentries", entries.listing)
        add("POST", "/projects/timeentries", entries.create)
        add("DELETE", "/projects/timeentries", entries.delete_many)
        add("GET", "/projects/timeentries/{entry_id}", entries.one)
        add("PUT", "/projects/timeentries/{entry_id}", entries.update)
        add("DELETE", "/projects/timeentries/{entry_id}", entries.delete)
        add("GET", "/projects", projects.listing)
        add("POST", "/projects", projects.create)
        add("GET", "/projects/{project_id}", projects.one)
        add("PUT", "/projects/{project_id}", projects.update)
        add("DELETE", "/projects/{project_id}", projects.delete)
        add("POST", "/projects/{project_id}/active", projects.active)
        add("POST", "/projects/{project_id}/inactive", projects.inactive)
        add("GET", "/projects/{project_id}/invoices", projects.invoices)
        add("GET", "/projects/{project_id}/users", projects.users)
        add("POST", "/projects/{project_id}/users", projects.add_users)
        add("GET", "/projects/{project_id}/tasks", tasks.listing)
        add("POST", "/projects/{project_id}/tasks", tasks.create)
        add("GET", "/projects/{project_id}/tasks/{task_id}", tasks.one)
        add("PUT", "/projects/{project_id}/tasks/{task_id}", tasks.update)
        add("DELETE", "/projects/{project_id}/tasks/{task_id}", tasks.delete)

    def _trade(self, add: Callable[..., None]) -> None:
        invoices, expenses = Invoices(self._context), Expenses(self._context)
        add("GET", "/invoices", invoices.listing)
        add("POST", "/invoices", invoices.create)
        add("PUT", "/invoices", invoices.upsert)
        add("GET", "/invoices/{invoice_id}", invoices.one)
        add("PUT", "/invoices/{invoice_id}", invoices.update)
        add("DELETE", "/invoices/{invoice_id}", invoices.delete)
        add("POST", "/invoices/{invoice_id}/status/sent", invoices.sent)
        add("POST", "/invoices/{invoice_id}/status/void", invoices.void)
        add("POST", "/invoices/{invoice_id}/status/draft", invoices.draft)
        add("GET", "/expenses", expenses.listing)
        add("POST", "/expenses", expenses.create)
        add("GET", "/expenses/{expense_id}", expenses.one)
        self._pay = invoices.pay

    def dispatch(self, request: Request) -> Response:
        """The service's own answer."""
        if request.path.rstrip("/").endswith("/oauth/v2/token"):
            return self.accounts.token(
                request,
                self.clock.now(),
                limited=bool(self.switches["refresh_limit"]),
                denied_status=int(self.switches["denied_status"]),
                domain="https://www.zohoapis.com",
            )
        base = next((b for b in BASES if request.path.startswith(b + "/")), None)
        if base is None:
            return json_response(404, {"code": 5, "message": "Invalid URL Passed"})
        inner = Request(
            request.method,
            request.path.removeprefix(base),
            request.query,
            request.headers,
            request.body,
        )
        refused = self._refused(inner)
        if refused is not None:
            return refused
        try:
            response = self._router.dispatch(inner)
        except Refusal as refusal:
            return refusal.response
        if response is None:
            status = 405 if self._router.knows(inner.path) else 404
            return json_response(status, {"code": 5, "message": "Invalid URL Passed"})
        return self._counted(inner, response)

    def _refused(self, request: Request) -> Response | None:
        """Refuse a bad credential, or a call beyond a limit."""
        state = self.accounts.judge(
            request,
            self.clock.now(),
            bearer=bool(self.switches["accept_bearer"]),
            legacy=bool(self.switches["accept_authtoken"]),
        )
        if state == "malformed":
            return json_response(
                401,
                {
                    "code": 14,
                    "message": "The request could not be "
                    "authenticated as the authentication value you entered is "
                    "invalid.",
                },
            )
        if state == "dead":
            return json_response(
                401, {"code": 57, "message": "You are not authorized to perform this operation"}
            )
        return self._limited(request)

    def _limited(self, request: Request) -> Response | None:
        organization = request.param("organization_id") or ""
        now = self.clock.now()
        calls = [t for t in self._calls.get(organization, []) if now - t < timedelta(days=1)]
        minute, day = int(self.switches["limit_per_minute"]), int(self.switches["limit_per_day"])
        recent = sum(now - t < timedelta(minutes=1) for t in calls)
        if minute and recent >= minute:
            return self.throttle_response(request)
        if day and len(calls) >= day:
            return json_response(
                429,
                {
                    "code": 45,
                    "message": "The API call for this organization "
                    f"has exceeded the maximum call rate limit of {day}.",
                },
            )
        self._calls[organization] = [*calls, now] if minute or day else []
        return None

    def _counted(self, request: Request, response: Response) -> Response:
        day = int(self.switches["limit_per_day"])
        if not day:
            return response
        used = len(self._calls.get(request.param("organization_id") or "", []))
        headers = {
            "X-Rate-Limit-Limit": str(day),
            "X-Rate-Limit-Remaining": str(max(day - used, 0)),
            "X-Rate-Limit-Reset": "27445",
        }
        return Response(response.status, response.body, {**response.headers, **headers})

    def throttle_response(self, request: Request) -> Response:
        """HTTP 429 with code 44, without Retry-After."""
        del request
        return json_response(429, {"code": 44, "message": _MINUTE_TEXT})

    def expire_tokens(self) -> None:
        """Let every access token end now."""
        self.accounts.expire(self.clock.now())

    def state(self) -> Any:
        """Everything that a snapshot keeps."""
        return self.organizations, self.accounts, self._calls

    def set_state(self, state: Any) -> None:
        """Take a kept state back."""
        kept, self.accounts, self._calls = state
        self.organizations.clear()
        self.organizations.update(kept)

    def world_facts(self) -> Mapping[str, Any]:
        """Organization ids with names."""
        return {
            "organizations": [
                {"organization_id": i, "name": b.organization["name"]}
                for i, b in self.organizations.items()
            ]
        }

    def control(self, request: Request, path: str) -> Response | None:
        """`double-billed` reports what must never be; `pay/{invoice}` notes a payment."""
        if request.method == "GET" and path == "double-billed":
            return json_response(200, double_billed(self.organizations.values()))
        if request.method == "POST" and path.startswith("pay/"):
            return self._pay(request, path.removeprefix("pay/"))
        return None
