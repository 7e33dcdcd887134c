"""A web service that keeps items in PostgreSQL."""
