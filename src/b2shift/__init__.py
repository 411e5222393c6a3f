"""B2Shift: customer intelligence and activation for companies that sell to companies."""

__version__ = "0.1.0"
