"""Deliveries loaded from a page: ordered by a person, carried out by a process of its own."""
