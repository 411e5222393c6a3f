"""From a proposal to a contact: what people write, approve, do and hear back; the outbox delivers it."""
