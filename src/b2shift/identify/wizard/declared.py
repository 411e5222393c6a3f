"""The declarations in force, as they are written."""

from importlib import resources
from pathlib import Path

from pydantic import Field

from b2shift.identify.sources.declarations import all_sources
from b2shift.kernel.contract import Contract


class DeclaredSource(Contract):
    """One source in force."""

    source: str
    description: str
    files: str
    table: str
    owner: str
    freshness: str
    own: bool = Field(description="declared in this home; else it came with the product")
    text: str = Field(description="its YAML")


def declared(home: Path) -> tuple[DeclaredSource, ...]:
    """Every source in force, those of this home first; SchemaError when one of them is wrong."""
    found = []
    for source in all_sources(home):
        text = _own(home, source.source)
        built_in = resources.files("b2shift.identify.sources") / "declarations" / f"{source.source}.yaml"
        found.append(
            DeclaredSource(
                source=source.source,
                description=source.description,
                files=source.files,
                table=source.table,
                owner=source.owner,
                freshness=source.freshness,
                own=text is not None,
                text=built_in.read_text("utf-8") if text is None else text,
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.own, one.source)))


def _own(home: Path, name: str) -> str | None:
    """The file of the home that declares a source: usually called like it."""
    folder = home / "sources"
    usual = folder / f"{name}.yaml"
    if usual.is_file():
        return usual.read_text("utf-8")
    texts = (path.read_text("utf-8") for path in sorted(folder.glob("*.yaml")))
    return next((text for text in texts if f"source: {name}\n" in text), None)
