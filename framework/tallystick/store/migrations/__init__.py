"""The store's schema, one linear history."""
