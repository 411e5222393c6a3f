"""Goals that people set, beside what the rows say."""
