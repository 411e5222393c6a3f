"""`b2shift metric`: the dictionary as a document, and the metrics a house adds: tried, put in force, put back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import ValidationError

from b2shift.cli import screen
from b2shift.cli.options import AsJson, Author, Home
from b2shift.cli.words import examples
from b2shift.kernel.errors import InputError
from b2shift.kernel.faults import faults, told
from b2shift.kernel.yaml import parse_yaml
from b2shift.metrics.contracts import OwnMetric, OwnVersion

CHECK = examples("b2shift metric check receita-por-chamado.yaml")
PUBLISH = examples("b2shift metric publish receita-por-chamado.yaml")
VERSIONS = examples("b2shift metric versions", "b2shift metric versions --json")
ROLLBACK = examples("b2shift metric rollback 1", "b2shift metric rollback 1 --by ana@empresa.example")
EXPORT = examples("b2shift metric export > metricas.yaml", "b2shift metric export --json")
WRONG = 2
File = Annotated[Path, typer.Argument(metavar="ARQUIVO", help="Uma métrica em YAML: name, label, formula…")]


def check(file: File, home: Home, as_json: AsJson = False) -> None:
    """Testa uma métrica nova nos dados de agora, sem pô-la em vigor; com algum teste falho, a saída é 2."""
    if not _passes(_read(file), home, as_json):
        raise typer.Exit(WRONG)


def publish(file: File, home: Home, by: Author = "", as_json: AsJson = False) -> None:
    """Põe uma métrica nova em vigor, se todos os testes passam; vale desde já em perguntas, painéis e REST."""
    from b2shift.cli.loop import write_down
    from b2shift.metrics.api import changed_metrics, keep_own_metrics, own_metrics_of

    one = _read(file)
    if not _passes(one, home, None if as_json else False):
        raise typer.Exit(WRONG)
    before = own_metrics_of(home)
    after = (*(other for other in before if other.name != one.name), one)
    version = keep_own_metrics(home, after, datetime.now(UTC))
    changes = changed_metrics(before, after)
    write_down(home, by, "metric_changed", "metrics", version.number, what="kept", changes=changes)
    _say(version, as_json)


def versions(home: Home, as_json: AsJson = False) -> None:
    """Lista as versões das métricas desta casa e o que cada uma mudou."""
    from b2shift.metrics.api import own_versions

    found = own_versions(home)
    if as_json:
        screen.tell_json(found)
        return
    if not found:
        screen.tell("Nenhuma métrica desta casa: valem só as do produto.")
        return
    rows = [(str(one.number), "em vigor" if one.in_force else "", "; ".join(one.changes)) for one in found]
    screen.table("Métricas desta casa", ["versão", "", "mudanças"], rows, words=3)


def rollback(
    number: Annotated[int, typer.Argument(metavar="N", help="Versão; 0: só o produto.")],
    home: Home,
    by: Author = "",
    as_json: AsJson = False,
) -> None:
    """Põe outra versão em vigor; 0 são só as métricas do produto. Nada é apagado."""
    from b2shift.cli.loop import write_down
    from b2shift.metrics.api import changed_metrics, own_metrics_of, put_back_own_metrics

    before = own_metrics_of(home)
    version = put_back_own_metrics(home, number)
    changes = changed_metrics(before, own_metrics_of(home))
    write_down(home, by, "metric_changed", "metrics", version.number, what="restored", changes=changes)
    _say(version, as_json)


def export(home: Home, as_json: AsJson = False) -> None:
    """Escreve o dicionário em vigor: definição, sinônimos, unidade, somas, limites, dono, divisões e fórmula."""
    from b2shift.metrics.api import dictionary_text, own_metrics_of, with_own_metrics

    with with_own_metrics(own_metrics_of(home)):
        typer.echo(dictionary_text("json" if as_json else "yaml"), nl=False)


def _say(version: OwnVersion, as_json: bool) -> None:
    if as_json:
        screen.tell_json(version)
    else:
        word = "métrica" if version.metrics == 1 else "métricas"
        screen.tell(f"Em vigor: versão {version.number}, {version.metrics} {word} desta casa.")


def _passes(one: OwnMetric, home: Path, as_json: bool | None) -> bool:
    """Whether every test holds; the tests are told as a table, as JSON, or (None) only where one fails."""
    from b2shift.insight.api import run_metric_tests
    from b2shift.lake.api import open_lake
    from b2shift.metrics.api import own_metrics_of, with_own_metrics

    with with_own_metrics(own_metrics_of(home)):
        results = run_metric_tests(open_lake(home), one)
    passed = all(test.held for test in results)
    if as_json or (as_json is None and not passed):
        screen.tell_json(results)
    elif as_json is False:
        rows = [("passou" if test.held else "falhou", test.said, test.value) for test in results]
        screen.table(f"Testes de {one.label}", ["", "teste", "valor"], rows, words=3)
    return passed


def _read(file: Path) -> OwnMetric:
    try:
        declared = parse_yaml(file.read_text("utf-8-sig"))
        return OwnMetric.model_validate(declared)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError("A métrica não pode ser lida", value=file, hint="Use um arquivo YAML em UTF-8") from error
    except ValidationError as error:
        hint = told(faults(error, OwnMetric))
        raise InputError("A métrica está incompleta ou errada", value=file, hint=hint) from error
