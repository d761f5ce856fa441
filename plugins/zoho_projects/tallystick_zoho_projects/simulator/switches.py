"""Behaviours of Projects that are not documented for sure, each both ways."""

from tallystick.simulator.app import Switch

SWITCHES = {
    "throttle_status": Switch(400, "HTTP status of a passed limit: 400, 200 or 429."),
    "limit_per_window": Switch(0, "Calls in a window for each path pattern; 0: no limit."),
    "window_seconds": Switch(120, "Length of that rolling window."),
    "lock_minutes": Switch(30, "How long a passed limit locks the pattern."),
    "send_retry_after": Switch(False, "A throttled answer has the header Retry-After."),
    "status_code_as_text": Switch(False, "error.status_code of v3 is text instead of a number."),
    "v3_error_code": Switch(True, "Errors of v3 carry code and message of v1 besides their own."),
    "more_flag": Switch(
        "has_next_page",
        "Name of the more-flag in page_info: has_next_page, has_more_page, both or none.",
    ),
    "count_key": Switch(
        "count", "page_info has count (of the page), total_count (of the list) or none."
    ),
    "default_per_page": Switch(100, "Rows of a v3 page when per_page is not sent."),
    "large_per_page": Switch("clamp", "per_page or range above 200: clamp or refuse."),
    "empty_list_status": Switch(
        204, "Status of an empty v3 list: 204 without a body, or 200 with an empty one."
    ),
    "wrap_lists": Switch(False, "v3 portals and projects come keyed instead of as bare arrays."),
    "wrap_items": Switch(False, "v3 single records come keyed, in a list of one."),
    "log_key": Switch("time_logs", "Key of the time log list: time_logs or timelogs."),
    "log_date_key": Switch("both", "A v3 log has both, only date, or only log_date."),
    "minutes_as_number": Switch(False, "log_hour is a number of minutes instead of HH:MM."),
    "pending_word": Switch("Unapproved", "v3 word of a log nobody judged: Unapproved or Pending."),
    "dot_hours": Switch(
        "minutes", "hours 1.30 means 1 h 30 (minutes), 1.3 hours (decimal), or is refused (refuse)."
    ),
    "hours_max": Switch(24, "Longest log that is taken, in hours; 0: any."),
    "refuse_zero_hours": Switch(False, "A log of no minutes is refused."),
    "refuse_inactive_owner": Switch(False, "A log for an inactive user is refused."),
    "refuse_invoiced_log_edit": Switch(True, "An invoiced log is neither changed nor deleted."),
    "edit_resets_approval": Switch(False, "A changed log waits for approval again."),
    "delete_status": Switch(204, "Status of a deletion in v3: 204, or 200 with a sentence."),
    "log_type_required": Switch(False, "Reading or deleting one log must name its kind."),
    "view_type_required": Switch(False, "The v3 log list must be given view_type."),
    "module_required": Switch(False, "The v3 log list must be given module."),
    "week_starts": Switch("monday", "First day of view_type=week: monday or sunday."),
    "v1_custom_range": Switch(False, "The v1 log list takes view_type=custom_date."),
    "equal_project_names": Switch(False, "Two projects of a portal may have the same name."),
    "list_archived": Switch(False, "Archived projects stay in the default project list."),
    "iso_zone": Switch("utc", "v3 times are in utc (with Z) or in the portal's zone (portal)."),
    "user_id": Switch("zpuid", "id of a v3 user is its zpuid or its zuid."),
    "lock_primary_client": Switch(
        True, "The primary client is fixed once a transaction uses the project's time."
    ),
    "accept_authtoken": Switch(True, "The legacy authtoken is a credential."),
    "accept_bearer": Switch(True, "Bearer is accepted besides Zoho-oauthtoken."),
    "refresh_limit": Switch(False, "Ten refreshes in ten minutes block the refresh token."),
    "denied_status": Switch(400, "HTTP status of a blocked refresh: 400 or 200."),
    "scopes": Switch("", "Comma list of scopes the token has; empty: all."),
    "scope_status": Switch(401, "HTTP status when a scope is missing: 401 or 403."),
    "admin_token": Switch(
        True, "The token's user is a portal administrator; otherwise the user list answers 6401."
    ),
}
