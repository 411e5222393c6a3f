"""A person's own API keys: issued, shown once, revoked."""
