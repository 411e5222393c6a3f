"""Programs for those who work on B2Shift; not part of the package."""
