"""A fresh simulated service for each test."""

import pytest
from connectors.zoho_books_simulator.caller import Caller, Json, caller


@pytest.fixture
def books() -> Caller:
    """A caller with a token, on the demo world."""
    return caller()


@pytest.fixture
def task(books: Caller) -> Json:
    """A task of a new project."""
    return books.task(books.project())


@pytest.fixture
def entry(books: Caller, task: Json) -> Json:
    """A billable time entry."""
    return books.entry(task)
