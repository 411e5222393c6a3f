"""The scheduler: each job once for each logical date, with catch-up after downtime."""
