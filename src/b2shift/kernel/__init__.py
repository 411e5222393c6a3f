"""The words every package shares; nothing here does I/O."""
