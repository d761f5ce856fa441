"""The least that reading time logs into SQLite costs: requests, orjson, sqlite3, no checks.

`python -m bench.bare FOLDER` reads what the simulators announce from standard input.
"""

import sqlite3
import sys
from typing import Any

import orjson
import requests

from bench.measure import span

_COLUMNS = 12


def row(log: dict[str, Any]) -> tuple[Any, ...]:
    """A log as a tuple."""
    hours, minutes = log["log_hour"].split(":")
    return (
        log["id"],
        log["project"]["id"],
        log["module_detail"]["type"],
        log["module_detail"]["id"],
        log["owner"].get("zpuid"),
        log["log_date"],
        int(hours) * 60 + int(minutes),
        log["billing_status"] == "Billable",
        log["approval"]["status"].lower(),
        log["notes"],
        log["invoice_id"],
        log["last_modified_time"],
    )


def main(folder: str) -> None:
    """Read every page and store it; prints one line of JSON."""
    announced = orjson.loads(sys.stdin.readline())["zoho_projects"]
    names = ("client_id", "client_secret", "refresh_token")
    form = {"grant_type": "refresh_token", **{n: announced[n] for n in names}}
    with requests.Session() as http:
        http.trust_env = False
        answer = http.post(announced["accounts_url"] + "/oauth/v2/token", data=form)
        http.headers["Authorization"] = f"Zoho-oauthtoken {answer.json()['access_token']}"
        url = f"{announced['base_url']}/api/v3/portal/{announced['portal_id']}/timelogs"
        with span() as taken:
            rows = _read(http, url, f"{folder}/bare.db")
    sys.stdout.write(orjson.dumps({**taken.as_json(), "rows": rows}).decode() + "\n")


def _read(http: requests.Session, url: str, path: str) -> int:
    store = sqlite3.connect(path)
    store.execute("PRAGMA journal_mode=WAL")
    store.execute("PRAGMA synchronous=NORMAL")
    columns = ", ".join(f"c{n}" for n in range(1, _COLUMNS))
    store.execute(f"CREATE TABLE log (c0 TEXT PRIMARY KEY, {columns})")
    insert = f"INSERT INTO log VALUES ({', '.join('?' * _COLUMNS)})"  # noqa: S608 - marks only
    page, rows, more = 1, 0, True
    while more:
        asked: dict[str, Any] = {"page": page, "per_page": 200, **_RANGE}
        body = orjson.loads(http.get(url, params=asked).content)
        found = [row(log) for day in body["time_logs"] for log in day["log_details"]]
        with store:
            store.executemany(insert, found)
        rows, page = rows + len(found), page + 1
        more = body["page_info"]["has_next_page"]
    store.close()
    return rows


_RANGE = {
    "view_type": "customdate",
    "start_date": "1990-01-01",
    "end_date": "2099-12-31",
    "module": '{"type":"task"}',
}

if __name__ == "__main__":
    main(sys.argv[1])
