"""Numbers for a typed query, with what they mean and what they were computed from."""
