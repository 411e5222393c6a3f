"""A load that takes nothing over from the one before: all lines are read, cleansed and compared as if files were small.

python -m benchmarks.whole_load DROP HOME
"""

import sys
from pathlib import Path

from b2shift.identify.cleansing import table_parts
from b2shift.identify.sources import incremental_lines
from benchmarks.telemetry.product_pipeline import main

if __name__ == "__main__":
    table_parts.LEAST = incremental_lines.LEAST = sys.maxsize
    main(*map(Path, sys.argv[1:3]))
