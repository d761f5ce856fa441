"""Which handler answers which path."""

from collections.abc import Callable, Mapping

from tallystick.simulator.router import Router

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.comments import Comments
from tallystick_zoho_books.simulator.contacts import Contacts
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.credit_notes import CreditNotes
from tallystick_zoho_books.simulator.expenses import Expenses
from tallystick_zoho_books.simulator.invoice_states import InvoiceStates
from tallystick_zoho_books.simulator.invoices import Invoices
from tallystick_zoho_books.simulator.items import Items
from tallystick_zoho_books.simulator.persons import Persons
from tallystick_zoho_books.simulator.projects import Projects
from tallystick_zoho_books.simulator.settings import Settings
from tallystick_zoho_books.simulator.staff import Staff
from tallystick_zoho_books.simulator.tasks import Tasks
from tallystick_zoho_books.simulator.time_entries import TimeEntries
from tallystick_zoho_books.simulator.timers import Timers
from tallystick_zoho_books.simulator.users import Users

Add = Callable[..., None]


def routed(context: Context, organizations: Mapping[str, Books]) -> tuple[Router, InvoiceStates]:
    """Every route of the service, and the handler that notes payments for the control."""
    router = Router()
    add = router.add
    _settings(add, Settings(context, organizations))
    _items(add, Items(context))
    _users(add, Users(context))
    _contacts(add, Contacts(context), Persons(context))
    _time(add, TimeEntries(context), Timers(context))
    _projects(add, Projects(context), Tasks(context), Staff(context))
    notes, invoices = CreditNotes(context), Invoices(context)
    states = InvoiceStates(context, invoices)
    _invoices(add, invoices, states, notes)
    _notes(add, notes)
    _expenses(add, Expenses(context))
    Comments(context).add_routes(add)
    return router, states


def _settings(add: Add, settings: Settings) -> None:
    add("GET", "/organizations", settings.organizations)
    add("GET", "/organizations/{wanted}", settings.organization)
    add("PUT", "/organizations/{wanted}", settings.change_organization)
    add("GET", "/settings/currencies", settings.currencies)
    add("POST", "/settings/currencies", settings.add_currency)
    add("GET", "/settings/currencies/{currency_id}", settings.currency)
    add("GET", "/settings/currencies/{currency_id}/exchangerates", settings.exchange_rates)
    add("GET", "/settings/taxes", settings.taxes)
    add("POST", "/settings/taxes", settings.add_tax)
    add("GET", "/settings/taxes/{tax_id}", settings.tax)
    add("DELETE", "/settings/taxes/{tax_id}", settings.delete_tax)
    add("GET", "/settings/taxgroups", settings.none_of("tax_groups"))
    add("GET", "/settings/taxauthorities", settings.none_of("tax_authorities"))
    add("GET", "/settings/taxexemptions", settings.none_of("tax_exemptions"))


def _items(add: Add, items: Items) -> None:
    add("GET", "/items", items.listing)
    add("POST", "/items", items.create)
    add("GET", "/items/{item_id}", items.one)
    add("PUT", "/items/{item_id}", items.update)
    add("DELETE", "/items/{item_id}", items.delete)
    add("POST", "/items/{item_id}/active", items.active)
    add("POST", "/items/{item_id}/inactive", items.inactive)


def _users(add: Add, users: Users) -> None:
    add("GET", "/users", users.listing)
    add("POST", "/users", users.create)
    add("GET", "/users/me", users.me)
    add("GET", "/users/{user_id}", users.one)
    add("PUT", "/users/{user_id}", users.update)
    add("DELETE", "/users/{user_id}", users.delete)
    add("POST", "/users/{user_id}/active", users.active)
    add("POST", "/users/{user_id}/inactive", users.inactive)
    add("POST", "/users/{user_id}/invite", users.invite)


def _contacts(add: Add, contacts: Contacts, persons: Persons) -> None:
    add("GET", "/contacts", contacts.listing)
    add("POST", "/contacts", contacts.create)
    add("PUT", "/contacts", contacts.upsert)
    add("POST", "/contacts/contactpersons", persons.create)
    add("PUT", "/contacts/contactpersons/{person_id}", persons.update)
    add("DELETE", "/contacts/contactpersons/{person_id}", persons.delete)
    add("POST", "/contacts/contactpersons/{person_id}/primary", persons.primary)
    add("GET", "/contacts/{contact_id}", contacts.one)
    add("PUT", "/contacts/{contact_id}", contacts.update)
    add("DELETE", "/contacts/{contact_id}", contacts.delete)
    add("POST", "/contacts/{contact_id}/active", contacts.active)
    add("POST", "/contacts/{contact_id}/inactive", contacts.inactive)
    add("GET", "/contacts/{contact_id}/address", contacts.addresses)
    add("GET", "/contacts/{contact_id}/contactpersons", persons.listing)
    add("GET", "/contacts/{contact_id}/contactpersons/{person_id}", persons.one)


def _time(add: Add, entries: TimeEntries, timers: Timers) -> None:
    base = "/projects/timeentries"
    add("GET", base, entries.listing)
    add("POST", base, entries.create)
    add("DELETE", base, entries.delete_many)
    add("GET", base + "/runningtimer/me", timers.mine)
    add("POST", base + "/timer/stop", timers.stop)
    add("POST", base + "/{entry_id}/timer/start", timers.start)
    add("GET", base + "/{entry_id}", entries.one)
    add("PUT", base + "/{entry_id}", entries.update)
    add("DELETE", base + "/{entry_id}", entries.delete)


def _projects(add: Add, projects: Projects, tasks: Tasks, staff: Staff) -> None:
    one = "/projects/{project_id}"
    add("GET", "/projects", projects.listing)
    add("POST", "/projects", projects.create)
    add("PUT", "/projects", projects.upsert)
    add("GET", one, projects.one)
    add("PUT", one, projects.update)
    add("DELETE", one, projects.delete)
    add("POST", one + "/active", projects.active)
    add("POST", one + "/inactive", projects.inactive)
    add("POST", one + "/clone", projects.clone)
    add("GET", one + "/invoices", projects.invoices)
    add("GET", one + "/users", staff.listing)
    add("POST", one + "/users", staff.add)
    add("POST", one + "/users/invite", staff.invite)
    add("GET", one + "/users/{user_id}", staff.one)
    add("PUT", one + "/users/{user_id}", staff.update)
    add("DELETE", one + "/users/{user_id}", staff.remove)
    add("GET", one + "/tasks", tasks.listing)
    add("POST", one + "/tasks", tasks.create)
    add("GET", one + "/tasks/{task_id}", tasks.one)
    add("PUT", one + "/tasks/{task_id}", tasks.update)
    add("DELETE", one + "/tasks/{task_id}", tasks.delete)


def _invoices(add: Add, invoices: Invoices, states: InvoiceStates, notes: CreditNotes) -> None:
    one = "/invoices/{invoice_id}"
    add("GET", "/invoices", invoices.listing)
    add("POST", "/invoices", invoices.create)
    add("PUT", "/invoices", invoices.upsert)
    add("GET", one, invoices.one)
    add("PUT", one, invoices.update)
    add("DELETE", one, invoices.delete)
    add("PUT", "/invoice/{invoice_id}/customfields", invoices.set_custom_fields)
    add("POST", one + "/status/sent", states.sent)
    add("POST", one + "/status/void", states.void)
    add("POST", one + "/status/draft", states.draft)
    add("POST", one + "/submit", states.submit)
    add("POST", one + "/approve", states.approve)
    add("POST", one + "/email", states.email)
    add("POST", one + "/writeoff", states.write_off)
    add("POST", one + "/writeoff/cancel", states.cancel_write_off)
    add("GET", one + "/payments", states.payments)
    add("DELETE", one + "/payments/{payment_id}", states.remove_payment)
    add("GET", one + "/creditsapplied", notes.of_invoice)
    add("POST", one + "/credits", notes.credit_invoice)


def _notes(add: Add, notes: CreditNotes) -> None:
    one = "/creditnotes/{note_id}"
    add("GET", "/creditnotes", notes.listing)
    add("POST", "/creditnotes", notes.create)
    add("GET", one, notes.one)
    add("DELETE", one, notes.delete)
    add("POST", one + "/status/{status}", notes.status)
    add("GET", one + "/invoices", notes.applied)
    add("POST", one + "/invoices", notes.apply)


def _expenses(add: Add, expenses: Expenses) -> None:
    add("GET", "/expenses", expenses.listing)
    add("POST", "/expenses", expenses.create)
    add("PUT", "/expenses", expenses.upsert)
    add("GET", "/expenses/{expense_id}", expenses.one)
    add("PUT", "/expenses/{expense_id}", expenses.update)
    add("DELETE", "/expenses/{expense_id}", expenses.delete)
