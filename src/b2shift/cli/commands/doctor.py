"""`b2shift doctor`: what is installed, what is missing, how the home is."""

import importlib.util
import platform
import shutil
import sys
from importlib import metadata, resources
from pathlib import Path

import b2shift
from b2shift.cli import screen
from b2shift.cli.options import AsJson, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import B2ShiftError
from b2shift.kernel.money import format_number
from b2shift.lake.api import current_version, open_lake

EXAMPLES = examples("b2shift doctor", "b2shift doctor --json")
_LIBRARIES = ("duckdb", "ibis-framework", "numpy", "scikit-learn", "lightgbm", "pydantic", "django")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def doctor(home: Home, as_json: AsJson = False) -> None:
    """Diz o que está instalado, o que falta de opcional e como está a pasta de trabalho."""
    found = examine(home)
    if as_json:
        screen.tell_json(found)
        return
    for title, facts in found.items():
        screen.table(title, ["", ""], [(name, str(value)) for name, value in facts.items()], words=2)


def examine(home: Path) -> dict[str, dict[str, str]]:
    """Facts by group, in words."""
    return {"programa": _program(), "partes opcionais": _optional(), "pasta de trabalho": _home(home)}


def _program() -> dict[str, str]:
    return {
        "b2shift": b2shift.__version__,
        "python": f"{platform.python_version()} ({sys.executable})",
        **{library: metadata.version(library) for library in _LIBRARIES},
    }


def _optional() -> dict[str, str]:
    driver = importlib.util.find_spec("psycopg") is not None
    browser = next((name for name in _BROWSERS if shutil.which(name)), None)
    built = (resources.files("b2shift.web") / "static" / "dist").is_dir()
    return {
        "páginas (arquivos montados)": "prontas" if built else "faltam: make assets",
        "PostgreSQL (driver)": "instalado" if driver else "falta: pip install 'b2shift[postgres]'",
        "Spark": "instalado" if importlib.util.find_spec("pyspark") else "não instalado (não é preciso)",
        "navegador para testes": browser or "nenhum (só os testes de página precisam)",
        "node": shutil.which("node") or "nenhum (só para montar as páginas; make assets traz um)",
    }


def _home(home: Path) -> dict[str, str]:
    try:
        version = current_version(home)
        if version is None:
            return {"pasta": str(home), "lake": "vazio: rode b2shift run PASTA"}
        lake = open_lake(home)
    except B2ShiftError as error:
        return {"pasta": str(home), "lake": f"com defeito: {error}"}
    stored = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return {
        "pasta": str(home),
        "lake": f"versão {version}, dados até {lake.manifest.as_of:%d/%m/%Y}, {len(lake.manifest.tables)} tabelas",
        "ocupado": f"{format_number(stored / 1e6, 1)} MB",
        "livre no disco": f"{format_number(shutil.disk_usage(home).free / 1e9, 1)} GB",
    }
