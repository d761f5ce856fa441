"""Every test here that takes `url` runs on SQLite and on PostgreSQL."""

from support.databases import dialect, migrated_file, postgres, url

__all__ = ["dialect", "migrated_file", "postgres", "url"]
