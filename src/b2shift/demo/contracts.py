"""What the demo drop reports about itself."""

from datetime import date
from pathlib import Path

from b2shift.kernel.contract import Contract


class DropSummary(Contract):
    """A drop that was written: where, how much, and how many defects were planted in it."""

    folder: Path
    as_of: date
    customers: int
    files: dict[str, int]
    """Data rows by file name, planted duplicates included, injected lines not."""
    defects: int
