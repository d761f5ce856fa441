"""Every test here that takes `url` or `store` runs on SQLite and on PostgreSQL."""

from support.databases import (
    clock,
    dialect,
    empty_url,
    migrated_file,
    postgres,
    reopen,
    store,
    url,
)

__all__ = ["clock", "dialect", "empty_url", "migrated_file", "postgres", "reopen", "store", "url"]
