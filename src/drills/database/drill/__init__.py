"""The diagnosis, drilled: each fault is injected into a real PostgreSQL."""
