"""Behaviours of Projects that are not documented for sure, each both ways."""

from tallystick.simulator.app import Switch

SWITCHES = {
    "throttle_status": Switch(400, "HTTP status of a passed limit: 400, 200 or 429."),
    "limit_per_window": Switch(0, "Calls in two minutes for each path pattern; 0: no limit."),
    "lock_minutes": Switch(30, "How long a passed limit locks the pattern."),
    "more_flag": Switch(
        "has_next_page",
        "Name of the more-flag in page_info: has_next_page, has_more_page, or none.",
    ),
    "empty_list_status": Switch(
        204, "Status of an empty v3 list: 204 without a body, or 200 with an empty one."
    ),
    "wrap_lists": Switch(False, "v3 portals and projects come keyed instead of as bare arrays."),
    "log_key": Switch("time_logs", "Key of the time log list: time_logs or timelogs."),
    "minutes_as_number": Switch(False, "log_hour is a number of minutes instead of HH:MM."),
    "accept_authtoken": Switch(True, "The legacy authtoken query parameter is a credential."),
    "refresh_limit": Switch(False, "Ten refreshes in ten minutes block the refresh token."),
    "denied_status": Switch(400, "HTTP status of a blocked refresh: 400 or 200."),
    "admin_token": Switch(
        True, "The token's user is a portal administrator; otherwise v1 users answer 6401."
    ),
}
