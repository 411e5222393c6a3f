"""A label learnt from any table: guarded against leaks, cross-validated, calibrated, explained, or refused."""
