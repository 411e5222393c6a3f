"""The scheduler: commands at their hour, once for each job and logical date, caught up with after downtime."""
