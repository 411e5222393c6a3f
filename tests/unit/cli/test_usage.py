"""Wrong usage is answered in Portuguese, on one line, with the command whose help tells more."""

import os
import runpy

import pytest

from b2shift import __version__
from b2shift.cli.main import main
from b2shift.cli.usage import in_portuguese


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("bogus", "Não existe o comando 'bogus'. Veja `b2shift --help`"),
        ("rum x", "Não existe o comando 'rum'. Quis dizer 'run'? Veja `b2shift --help`"),
        ("run", "Falta o argumento 'DIR'. Veja `b2shift run --help`"),
        ("export customers", "Falta a opção '--out'. Veja `b2shift export --help`"),
        ("export customers --out", "A opção '--out' pede um valor. Veja `b2shift --help`"),
        ("run d --sed 3", "Não existe a opção '--sed'. Quis dizer --seed? Veja `b2shift run --help`"),
        ("run d --zzz", "Não existe a opção '--zzz'. Veja `b2shift run --help`"),
        ("run d extra", "Sobra na linha de comando: extra. Veja `b2shift run --help`"),
        ("run d --publish=3", "A opção '--publish' não leva valor. Veja `b2shift --help`"),
        (
            "run d --as-of 31/03/2025",
            (
                "Valor que não serve para '--as-of': '31/03/2025' não está no formato AAAA-MM-DD. "
                "Veja `b2shift run --help`"
            ),
        ),
        (
            "demo x --customers 3",
            "Valor que não serve para '--customers': o menor é 20. Veja `b2shift demo --help`",
        ),
        ("demo x --dirty 7", "Valor que não serve para '--dirty': o maior é 1. Veja `b2shift demo --help`"),
        (
            "demo x --dirty z",
            "Valor que não serve para '--dirty': precisa ser um número. Veja `b2shift demo --help`",
        ),
        ("demo x --seed -1", "Valor que não serve para '--seed': o menor é 0. Veja `b2shift demo --help`"),
        (
            "segment search --table t.csv --id c --out o.csv --k vinte",
            "Número de segmentos que não se lê: vinte. Use --k 22 ou --k 28-40",
        ),
        (
            "lake rollback x",
            "Valor que não serve para 'N': precisa ser um número inteiro. Veja `b2shift lake rollback --help`",
        ),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], asked: str, told: str) -> None:
    with pytest.raises(SystemExit) as stop:
        main(asked.split())
    assert stop.value.code == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", f"Erro: {told}\n")


def test_a_sentence_we_do_not_know_comes_back_as_it_is() -> None:
    assert in_portuguese("Something new.") == "Something new."
    assert in_portuguese("Invalid value for '--x': odd") == "Valor que não serve para '--x': odd"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--version"])
    assert capsys.readouterr().out == f"b2shift {__version__}\n"


def test_python_runs_the_package_as_the_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["b2shift", "--version"])
    runpy.run_module("b2shift", run_name="__main__")
    assert capsys.readouterr().out == f"b2shift {__version__}\n"


def test_waiting_threads_sleep_unless_somebody_said_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_WAIT_POLICY")
    monkeypatch.setenv("OPENBLAS_THREAD_TIMEOUT", "26")
    main(["--version"])
    assert (os.environ["OMP_WAIT_POLICY"], os.environ["OPENBLAS_THREAD_TIMEOUT"]) == ("passive", "26")
