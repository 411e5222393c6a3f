"""Due contacts: whom to contact, why, by when, worth how much."""
