"""The peer's measuring process: dlt reads the same time logs and loads them into SQLite.

Runs in the peer's own environment, so it imports nothing of this repository:
`python bench/peer_dlt.py FOLDER ROWS`, with what the simulators announce on standard input. It does
the least that dlt can do with the data: no merge, no child tables, no type hints, no progress.
"""

import json
import os
import resource
import sys
import time

import requests


def main(folder: str, rows: int) -> None:
    """Extract, normalize and load once; prints one line of JSON."""
    os.environ.update(
        RUNTIME__DLTHUB_TELEMETRY="false", RUNTIME__LOG_LEVEL="ERROR", DLT_DATA_DIR=folder
    )
    import dlt  # type: ignore[import-not-found]  # noqa: PLC0415 - after its settings
    from dlt.sources.rest_api import rest_api_source  # type: ignore[import-not-found]  # noqa: PLC0415

    announced = json.loads(sys.stdin.readline())["zoho_projects"]
    names = ("client_id", "client_secret", "refresh_token")
    form = {"grant_type": "refresh_token", **{n: announced[n] for n in names}}
    token = requests.post(announced["accounts_url"] + "/oauth/v2/token", data=form, timeout=30)
    source = rest_api_source(_config(announced, token.json()["access_token"]))
    pipeline = dlt.pipeline(
        "bench",
        pipelines_dir=folder,
        destination=dlt.destinations.sqlalchemy(f"sqlite:///{folder}/peer.db"),
        dataset_name="main",
    )
    begun, wall = _cpu_seconds(), time.perf_counter()
    pipeline.run(source)
    taken = {"cpu_seconds": _cpu_seconds() - begun, "wall_seconds": time.perf_counter() - wall}
    with pipeline.sql_client() as client:
        loaded = client.execute_sql("SELECT count(*) FROM time_logs")[0][0]
    if loaded != rows:
        raise RuntimeError(f"{loaded} of {rows} rows were loaded")
    print(json.dumps({**taken, "rows": loaded, "version": dlt.__version__}))


def _cpu_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _config(announced: dict[str, str], token: str) -> dict[str, object]:
    return {
        "client": {
            "base_url": announced["base_url"] + "/api/v3/",
            "headers": {"Authorization": f"Zoho-oauthtoken {token}"},
            "paginator": {
                "type": "page_number",
                "base_page": 1,
                "page_param": "page",
                "total_path": None,
                "has_more_path": "page_info.has_next_page",
            },
        },
        "resources": [
            {
                "name": "time_logs",
                "endpoint": {
                    "path": f"portal/{announced['portal_id']}/timelogs",
                    "params": {"per_page": 200},
                    "data_selector": "time_logs[*].log_details[*]",
                },
            }
        ],
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
