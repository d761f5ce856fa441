"""The bill room."""
