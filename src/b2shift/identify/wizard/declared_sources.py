"""The source declarations in force, with their text."""

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
        own = own_file(home, source.source)
        built_in = resources.files("b2shift.identify.sources") / "declarations" / f"{source.source}.yaml"
        found.append(
            DeclaredSource(
                source=source.source,
                description=source.description,
                files=source.files,
                table=source.table,
                owner=source.owner,
                freshness=source.freshness,
                own=own is not None,
                text=(own or built_in).read_text("utf-8"),
            )
        )
    return tuple(sorted(found, key=lambda one: (not one.own, one.source)))


def own_declaration(home: Path, name: str) -> str | None:
    """The text of a declaration of the home, valid or not; None when it has none for this source."""
    path = own_file(home, name)
    return None if path is None else path.read_text("utf-8")


def own_file(home: Path, name: str) -> Path | None:
    """The file of the home that declares a source, whatever its name."""
    folder = home / "sources"
    by_name = folder / f"{name}.yaml"
    if by_name.is_file():
        return by_name
    return next((p for p in sorted(folder.glob("*.yaml")) if f"source: {name}\n" in p.read_text("utf-8")), None)
