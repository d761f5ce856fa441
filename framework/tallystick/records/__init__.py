"""The SQLModel classes: canonical record types, and everything the host remembers."""
