"""Contacts, their people, and users."""

from typing import ClassVar

from tallystick.records.base import Record, column, marker_index


class Contact(Record, table=True):
    """A client company, customer or vendor."""

    __tablename__ = "contact"
    __table_args__ = (marker_index("contact"),)
    type_name: ClassVar[str] = "contact"
    folded: ClassVar[dict[str, tuple[str, str]]] = {
        "name_key": ("name", "name"),
        "email_key": ("email", "email"),
        "marker": ("notes", "marker"),
    }

    name: str | None = column("Display name.")
    company_name: str | None = column("Name of the company.")
    contact_type: str | None = column("What it is to us.", values=("customer", "vendor", "client"))
    email: str | None = column("E-mail address of the primary person or the company.")
    phone: str | None = column("Phone number as written.")
    currency: str | None = column("ISO 4217 code.")
    status: str | None = column("State there.", values=("active", "inactive"))
    website: str | None = column("Web address.")
    address: dict[str, str] = column("Billing address by part.", kind="object")
    notes: str | None = column("Free text; holds our marker where no field is free.")
    name_key: str = column("Name folded for comparison.", default="", index=True)
    email_key: str = column("E-mail folded for comparison.", default="", index=True)
    marker: str = column("Our marker at the end of the text, or empty.", default="")


class ContactPerson(Record, table=True):
    """A human under a contact."""

    __tablename__ = "contact_person"
    type_name: ClassVar[str] = "contact_person"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"email_key": ("email", "email")}
    parents: ClassVar[dict[str, str]] = {"contact_id": "contact"}

    contact_id: str | None = column("Contact it belongs to.", index=True)
    name: str | None = column("Full name.")
    first_name: str | None = column("First name.")
    last_name: str | None = column("Last name.")
    email: str | None = column("E-mail address.")
    phone: str | None = column("Phone number as written.")
    primary: bool | None = column("Is the contact's primary person.")
    email_key: str = column("E-mail folded for comparison.", default="")


class User(Record, table=True):
    """A person who logs time or uses the accounts."""

    __tablename__ = "user"
    type_name: ClassVar[str] = "user"
    folded: ClassVar[dict[str, tuple[str, str]]] = {"email_key": ("email", "email")}

    name: str | None = column("Full name.")
    email: str | None = column("E-mail address; how users of two systems are matched.")
    role: str | None = column("Role there, verbatim.")
    status: str | None = column("State there.", values=("active", "inactive", "invited", "deleted"))
    email_key: str = column("E-mail folded for comparison.", default="", index=True)


class UserRate(Record, table=True):
    """Money per hour of one person on one project."""

    __tablename__ = "user_rate"
    type_name: ClassVar[str] = "user_rate"
    parents: ClassVar[dict[str, str]] = {"project_id": "project", "user_id": "user"}

    project_id: str | None = column("Project.", index=True)
    user_id: str | None = column("Person.")
    rate: str | None = column("Exact decimal money per hour; None is no rate.", kind="decimal")
    currency: str | None = column("ISO 4217 code.")
