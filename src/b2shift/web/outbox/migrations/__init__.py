"""Schema changes of the outbox."""
