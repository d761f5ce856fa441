"""The people of contacts."""

from tallystick.simulator.http import Request, Response

from tallystick_zoho_books.simulator.books import Books
from tallystick_zoho_books.simulator.contact_shape import person
from tallystick_zoho_books.simulator.context import Context
from tallystick_zoho_books.simulator.envelope import Record, Refusal, created, done, said


class Persons:
    """Handlers of /contacts/{id}/contactpersons and /contacts/contactpersons."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def listing(self, request: Request, contact_id: str) -> Response:
        """GET /contacts/{id}/contactpersons."""
        record = self._context.books(request).get("contacts", contact_id, "Contact")
        people = record["contact_persons"]
        return self._context.page(request, "contact_persons", people, ("first_name",))

    def one(self, request: Request, contact_id: str, person_id: str) -> Response:
        """GET /contacts/{id}/contactpersons/{pid}."""
        record = self._context.books(request).get("contacts", contact_id, "Contact")
        for someone in record["contact_persons"]:
            if someone["contact_person_id"] == person_id:
                return done("contact_person", {"contact_id": contact_id, **someone})
        raise Refusal(404, 1002, "Contact person does not exist.")

    def create(self, request: Request) -> Response:
        """POST /contacts/contactpersons; the first one is primary."""
        books, body = self._context.books(request), self._context.body(request)
        record = self._context.reference(books, "contacts", body, "contact_id", "Contact")
        made = person(books, body)
        made["is_primary_contact"] = not record["contact_persons"] or made["is_primary_contact"]
        record["contact_persons"].append(made)
        self._settle(books, record, made)
        self._context.effect(made["contact_person_id"])
        shown = {"contact_id": record["contact_id"], **made}
        path = f"/contacts/contactpersons/{made['contact_person_id']}"
        return created("contact_person", shown, "The contact person has been created.", path)

    def update(self, request: Request, person_id: str) -> Response:
        """PUT /contacts/contactpersons/{pid}."""
        books, body = self._context.books(request), self._context.body(request)
        record, someone = _found(books, person_id)
        someone.update(person(books, body, someone))
        self._settle(books, record, someone)
        shown = {"contact_id": record["contact_id"], **someone}
        return done("contact_person", shown, "The contact person details has been updated.")

    def delete(self, request: Request, person_id: str) -> Response:
        """DELETE /contacts/contactpersons/{pid}."""
        books = self._context.books(request)
        record, someone = _found(books, person_id)
        record["contact_persons"].remove(someone)
        if someone["is_primary_contact"] and record["contact_persons"]:
            record["contact_persons"][0]["is_primary_contact"] = True
        record["last_modified_time"] = self._context.stamp(books)
        return said("The contact person has been deleted.")

    def primary(self, request: Request, person_id: str) -> Response:
        """POST /contacts/contactpersons/{pid}/primary."""
        books = self._context.books(request)
        record, someone = _found(books, person_id)
        someone["is_primary_contact"] = True
        self._settle(books, record, someone)
        return said("This contact person has been marked as your primary contact person.")

    def _settle(self, books: Books, record: Record, latest: Record) -> None:
        """Leave one primary person: the latest that claims it."""
        if latest["is_primary_contact"]:
            for other in record["contact_persons"]:
                other["is_primary_contact"] = other is latest
        record["last_modified_time"] = self._context.stamp(books)


def _found(books: Books, person_id: str) -> tuple[Record, Record]:
    for record in books.rows("contacts"):
        for someone in record["contact_persons"]:
            if someone["contact_person_id"] == person_id:
                return record, someone
    raise Refusal(404, 1002, "Contact person does not exist.")
