"""The outbox: delivers, after commit and once, what the core asked for; the only place that retries."""
