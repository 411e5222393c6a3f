"""The templates of messages on pages: written with a preview for one customer, kept as versions."""
