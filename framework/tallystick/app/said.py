"""Short sentences that several results share."""


def summary(done: int, linked: int, failed: int, parked: int) -> str:
    """What a run wrote and what failed; what is parked is among the failed, as in its modules."""
    unsure = f", {parked} of them parked" if parked else ""
    return f"{done} written, {linked} linked, {failed} failed{unsure}"
