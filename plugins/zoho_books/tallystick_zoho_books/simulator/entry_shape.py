"""Time entries as Books writes them."""

from decimal import Decimal

from tallystick_zoho_books.simulator.envelope import Record, hours, number, rounded


def shown_entry(row: Record) -> Record:
    """A time entry as it is sent: minutes as HH:mm, empty fields as empty text."""
    sent = {k: v for k, v in row.items() if k != "minutes"}
    return {
        **sent,
        "log_time": hours(row["minutes"]),
        "cost_rate": number(row["cost_rate"]),
        "cost_amount": number(rounded(row["cost_rate"] * Decimal(row["minutes"]) / 60)),
        "timer_started_at_utc_time": "",
        "timer_duration_in_minutes": "",
        "timer_duration_in_seconds": "",
        "timesheet_custom_fields": [],
        "is_paused": False,
        "can_continue_timer": False,
        "can_create_claim": False,
        "is_client_approval_needed": False,
        "is_client_approved": False,
    }


def listed_entry(row: Record) -> Record:
    """A time entry in a list: the same fields."""
    return shown_entry(row)
