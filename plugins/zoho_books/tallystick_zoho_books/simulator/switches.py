"""Behaviours of Books that are not documented for sure, each both ways."""

from tallystick.simulator.app import Switch

SWITCHES = {
    "strict_time_entries": Switch(
        True, "An invoice that lists a billed, foreign or non-billable entry is refused."
    ),
    "void_releases_entries": Switch(True, "Voiding an invoice makes its entries unbilled."),
    "delete_releases_entries": Switch(True, "Deleting an invoice makes its entries unbilled."),
    "refuse_invoiced_entry_edit": Switch(
        True, "An invoiced time entry can be neither changed nor deleted."
    ),
    "refuse_used_delete": Switch(
        True, "Contacts and projects with transactions cannot be deleted."
    ),
    "refuse_inactive_user_entry": Switch(False, "Time of an inactive user is refused."),
    "equal_contact_names": Switch(False, "Two contacts may have the same display name."),
    "task_key": Switch("both", "Key of the task list: both, task or tasks."),
    "unique_custom_field": Switch(
        "", "API name of an invoice field that refuses a second use; empty: none."
    ),
    "unique_field_code": Switch(15, "Body code of a refused second use."),
    "list_lag_seconds": Switch(0, "How long a new record stays out of lists."),
    "accept_authtoken": Switch(True, "The legacy authtoken query parameter is a credential."),
    "accept_bearer": Switch(True, "Bearer is accepted besides Zoho-oauthtoken."),
    "missing_reference_status": Switch(
        400, "HTTP status of code 1002 for a bad reference in a body."
    ),
    "limit_per_minute": Switch(0, "Calls a minute for each organization; 0: no limit."),
    "limit_per_day": Switch(0, "Calls a day for each organization; 0: no limit."),
    "refresh_limit": Switch(False, "Ten refreshes in ten minutes block the refresh token."),
    "denied_status": Switch(400, "HTTP status of a blocked refresh: 400 or 200."),
    "send_page_context": Switch(True, "Lists carry page_context."),
}
