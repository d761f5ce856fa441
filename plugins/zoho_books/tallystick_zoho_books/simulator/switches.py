"""Behaviours of Books that are not documented for sure, each both ways."""

from tallystick.simulator.app import Switch

SWITCHES = {
    "strict_time_entries": Switch(
        True, "An invoice that lists a billed, foreign or non-billable entry is refused."
    ),
    "void_releases_entries": Switch(True, "Voiding an invoice makes its entries unbilled."),
    "delete_releases_entries": Switch(True, "Deleting an invoice makes its entries unbilled."),
    "update_releases_entries": Switch(True, "Entries that an update leaves out become unbilled."),
    "draft_bills_entries": Switch(True, "A draft bills its entries; off: only once it is sent."),
    "refuse_invoiced_entry_edit": Switch(
        True, "Invoiced time entries and expenses can be neither changed nor deleted."
    ),
    "refuse_paid_void": Switch(True, "Invoices with payments can be neither voided nor deleted."),
    "refuse_used_delete": Switch(
        True, "Contacts, projects, tasks and items with transactions cannot be deleted."
    ),
    "refuse_inactive_user_entry": Switch(False, "Time of an inactive user is refused."),
    "non_billable_status": Switch(
        "non_billable", "billed_status of a non-billable entry: non_billable or unbilled."
    ),
    "equal_contact_names": Switch(False, "Two contacts may have the same display name."),
    "equal_user_emails": Switch(False, "Two users may have the same e-mail address."),
    "equal_invoice_numbers": Switch(False, "Two invoices may have the same number."),
    "fixed_contact_currency": Switch(
        True, "The currency of a contact with transactions cannot change."
    ),
    "fixed_invoice_currency": Switch(True, "An invoice must be in its customer's currency."),
    "lines_without_item": Switch(True, "Invoice lines need a name but no item_id."),
    "tax_per_line": Switch(True, "Tax is rounded per line; off: per tax."),
    "task_key": Switch("both", "Key of the task list: both, task or tasks."),
    "unique_custom_field": Switch(
        "", "API name of an invoice field that refuses a second use; empty: none."
    ),
    "unique_field_code": Switch(15, "Body code of a refused second use."),
    "list_lag_seconds": Switch(0, "How long a new record stays out of lists."),
    "accept_authtoken": Switch(True, "The legacy authtoken query parameter is a credential."),
    "accept_bearer": Switch(True, "Bearer is accepted besides Zoho-oauthtoken."),
    "accept_raw_plus": Switch(False, "A + in last_modified_time may be sent unencoded."),
    "strict_parameters": Switch(
        True, "Unknown values of filter_by, sort_column and sort_order are refused."
    ),
    "scopes": Switch("", "Comma list of scopes the token has; empty: all."),
    "missing_reference_status": Switch(
        400, "HTTP status of code 1002 for a bad reference in a body."
    ),
    "foreign_organization_status": Switch(
        401, "HTTP status of code 6041 for an unknown organization: 401 or 400."
    ),
    "limit_per_minute": Switch(0, "Calls a minute for each organization; 0: no limit."),
    "limit_per_day": Switch(0, "Calls a day for each organization; 0: no limit."),
    "limit_concurrent": Switch(0, "Calls in process at a time; 0: no limit."),
    "refresh_limit": Switch(False, "Ten refreshes in ten minutes block the refresh token."),
    "denied_status": Switch(400, "HTTP status of a blocked refresh: 400 or 200."),
    "send_page_context": Switch(True, "Lists carry page_context."),
    "send_created_user": Switch(True, "The answer to POST /users has the user."),
    "money_as_text": Switch(False, "Amounts are sent as text instead of JSON numbers."),
}
