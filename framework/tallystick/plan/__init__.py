"""Decisions to ordered, hashed, printable operations; pure."""
