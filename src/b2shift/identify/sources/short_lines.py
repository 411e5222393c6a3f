"""A file whose longest lines are cut, for a reader that cannot hold them."""

from dataclasses import replace
from pathlib import Path

from b2shift.identify.sources.file_shape import Shape
from b2shift.identify.sources.text_lines import CHUNK, TOLD


def short_lines(shape: Shape, scratch: Path) -> Shape:
    """The file written again with its longest lines cut, for a reader that cannot hold them: what is left of one has a
    single field, so that it counts as one line and as no row."""
    target = scratch / f"short-{shape.path.name}"
    mark = shape.separator.encode()
    with shape.path.open("rb") as file, target.open("wb") as out:
        out.write(file.read(shape.start))
        while line := file.readline(2 * CHUNK):
            if line.endswith(b"\n") or len(line) < 2 * CHUNK:
                out.write(line)
                continue
            out.write(line[:TOLD].replace(mark, b" "))
            while len(line) == 2 * CHUNK and not line.endswith(b"\n"):
                line = file.readline(2 * CHUNK)
            out.write(b"\n" if line.endswith(b"\n") else b"")
    return replace(shape, path=target)
