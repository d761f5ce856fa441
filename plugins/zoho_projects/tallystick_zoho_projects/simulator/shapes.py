"""Portals, people and client companies of v3 as they are sent, complete even where empty."""

from datetime import datetime, timedelta

from tallystick.simulator.world_parts import Client, Contact, Person, Portal

from tallystick_zoho_projects.simulator.scene import Json, Scene

NOBODY: Json = {"zpuid": "", "zuid": "", "id": "", "name": "", "email": "", "full_name": ""}


def gmt(scene: Scene, portal_key: str) -> str:
    """A time zone as portals name it: (GMT 5:30) Asia/Kolkata."""
    zone = scene.records.zone(portal_key)
    offset = scene.now().astimezone(zone).utcoffset() or timedelta()
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else ""
    return f"(GMT {sign}{abs(minutes) // 60}:{abs(minutes) % 60:02d}) {zone.key}"


def portal(scene: Scene, record: Portal) -> Json:
    """A portal; v1 has the same fields."""
    projects = scene.records.projects_of(record.key)
    archived = sum(scene.records.status(p) == "archived" for p in projects)
    portal_id = scene.records.ids["portal"][record.key]
    return {
        "id": portal_id,
        "id_string": portal_id,
        "name": record.name,
        "portal_name": record.name,
        "default": record.role == "owner",
        "is_default": record.role == "owner",
        "role": record.role,
        "owner": _owner(scene, record),
        "gmt_time_zone": gmt(scene, record.key),
        "plan": "Enterprise",
        "bug_plan": "Enterprise",
        "trial_enabled": False,
        "avail_user_count": 24,
        "is_crm_partner": False,
        "project_count": {"active": len(projects) - archived, "archived": archived, "template": 0},
        "settings": {
            "company_name": record.company_name,
            "website_url": "",
            "time_zone": scene.records.zone(record.key).key,
            "date_format": "MM-dd-yyyy",
        },
        "locale": {"country": "", "code": "en_US", "language": "English"},
        "link": {"project": {"url": f"/restapi/portal/{portal_id}/projects/"}},
    }


def _owner(scene: Scene, record: Portal) -> Json:
    """Who owns a portal: the caller, or a stranger of whom little is told."""
    if record.role == "owner":
        return person(scene, scene.records.login.key)
    name = f"Owner of {record.name}"
    return {**NOBODY, "zuid": "600099999", "id": "600099999", "name": name, "full_name": name}


def person(scene: Scene, key: str | None) -> Json:
    """A person inside another record, with both ids."""
    if key is None:
        return dict(NOBODY)
    record = scene.records.people[key]
    zpuid, zuid = scene.records.ids["person"][key], scene.records.accounts[key]
    return {
        "zpuid": zpuid,
        "zuid": zuid,
        "id": zuid if scene.switch("user_id") == "zuid" else zpuid,
        "name": record.name,
        "email": record.email or "",
        "full_name": record.name,
    }


def user(scene: Scene, record: Person, portal_key: str) -> Json:
    """A user of v3."""
    first, _, last = record.name.partition(" ")
    active = scene.records.active(record)
    return {
        **person(scene, record.key),
        "first_name": first,
        "last_name": last,
        "display_name": record.name,
        "role": {"id": "", "name": record.role},
        "profile": {"id": "", "name": record.role},
        "user_type": "client" if record.role == "client" else "user",
        "status": "active" if active else "inactive",
        "is_active": active,
        "is_confirmed": True,
        "cost_per_hour": "",
        "costRate": "",
        "invoice": "",
        "client_company_id": "",
        "client_company_name": "",
        "created_time": scene.iso(scene.records.created(), portal_key),
    }


def member(scene: Scene, record: Person, project_key: str) -> Json:
    """A user of a project, with the price of an hour there; its names are this simulator's own."""
    project = scene.records.projects[project_key]
    rates = scene.records.world.rates
    rate = next(
        (r for r in rates if (r.project_key, r.person_key) == (project_key, record.key)), None
    )
    return {
        **user(scene, record, project.portal_key),
        "rate": str(rate.rate) if rate else "",
        "currency_code": rate.currency if rate else "",
    }


def client(scene: Scene, record: Client, portal_key: str) -> Json:
    """A client company."""
    records = scene.records
    projects = [
        p for p in records.projects_of(portal_key) if record.key in records.project_clients(p.key)
    ]
    stamp = scene.iso(records.created(), portal_key)
    return {
        "id": records.ids["client"][record.key],
        "name": record.name,
        "email": record.email,
        "phone": record.phone,
        "website": record.website,
        "description": "",
        "currency_code": record.currency,
        "street": record.street,
        "city": record.city,
        "state": "",
        "country": record.country,
        "zip_code": "",
        "projects_count": len(projects),
        "contacts_count": sum(c.client_key == record.key for c in records.world.contacts),
        "created_time": stamp,
        "last_modified_time": stamp,
        "updated_time": stamp,
    }


def contact(scene: Scene, record: Contact) -> Json:
    """A human of a client company."""
    ids, company = scene.records.ids, scene.records.clients[record.client_key]
    return {
        "id": ids["contact"][record.key],
        "first_name": record.first_name,
        "last_name": record.last_name,
        "name": f"{record.first_name} {record.last_name}".strip(),
        "email": record.email,
        "phone": record.phone,
        "mobile": "",
        "designation": "",
        "department": "",
        "client_id": ids["client"][record.client_key],
        "client_name": company.name,
    }


def classic(instant: datetime) -> str:
    """A calendar date of v1: MM-DD-YYYY."""
    return instant.strftime("%m-%d-%Y")


def classic_time(instant: datetime) -> str:
    """A date and time of v1: MM-DD-YYYY hh:mm:ss AM."""
    return instant.strftime("%m-%d-%Y %I:%M:%S %p")


def millis(instant: datetime) -> int:
    """Milliseconds since the epoch."""
    return int(instant.timestamp()) * 1000


def hours(minutes: int) -> str:
    """Minutes as HH:MM."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
