"""The audit trail as a page: who did what, filtered, and whether anybody rewrote it."""
