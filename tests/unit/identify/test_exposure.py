"""Which delivered columns may be shown: none of a personal source, none whose target is personal, none unknown."""

from pathlib import Path

from b2shift.identify.api import columns_without_personal_data
from b2shift.identify.sources.declaration import Source
from b2shift.identify.sources.exposure import without_personal_data


def source(name: str, **told: object) -> Source:
    """A small source that fills `contacts`."""
    usual: dict[str, object] = {
        "source": name, "description": "d", "files": "f.csv", "grain": "g", "freshness": "f", "owner": "o",
        "target": "contacts", "columns": {"NOME": {"to": "name"}, "CANAL": {"to": "preferred_channel"},
                                          "OBS": {"personal": "personal"}, "LIVRE": {}},
    }  # fmt: skip
    return Source.model_validate(usual | told)


def test_the_class_of_source_column_and_target_all_count() -> None:
    shown = without_personal_data([source("a"), source("b", personal="personal")])
    assert shown == {"a": frozenset({"CANAL", "preferred_channel", "LIVRE"})}


def test_built_in_sources_of_people_show_nothing(tmp_path: Path) -> None:
    shown = columns_without_personal_data(tmp_path)
    assert {"contatos", "users"}.isdisjoint(shown)
    assert "CODIGO_ORGANIZACAO" in shown["tickets"]
