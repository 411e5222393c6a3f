"""How a file of lines is read: its encoding and why, its header, what separates its fields."""

from dataclasses import dataclass
from pathlib import Path


@dataclass
class Shape:
    """What the first bytes of a file and a look at all of them say."""

    path: Path
    encoding: str
    reasons: list[str]
    """why it is read so, one text each"""
    header: bytes = b""
    columns: tuple[str, ...] = ()
    separator: str = ";"
    quoted: bool = False
    start: int = 0
    foreign: tuple[bytes, ...] = ()
    """lines with bytes of another encoding, up to `FEW_FOREIGN` of `text_lines`"""
    long: bool = False
    """whether some line may be longer than its `CHUNK`"""
    above: tuple[bytes, ...] = ()
    """lines above the header, which `path` does not hold"""
    bare: tuple[str, ...] = ()
    """names of a header with groups, without these"""

    @property
    def evidence(self) -> str:
        """The reasons in one text."""
        return "; ".join(self.reasons)
