"""The command `b2shift`: a tour in its help, one file per command, one path for errors."""

import sys
from typing import Any

import typer

from b2shift.cli import screen
from b2shift.cli.commands import (
    alert,
    ask,
    catalogue,
    demo,
    doctor,
    export,
    forecast,
    journey,
    lake,
    metric,
    model,
    model_kept,
    person,
    policy,
    privacy,
    profile,
    quality,
    quality_evaluate,
    quality_quarantine,
    report,
    resolution,
    run,
    schedule,
    segment,
    segment_evaluate,
    segment_say,
    source,
    tables,
    web,
)
from b2shift.cli.guard import stoppable, translated
from b2shift.cli.usage import in_portuguese
from b2shift.cli.words import Command, Group, examples, speak_portuguese
from b2shift.kernel.errors import B2ShiftError

INTERRUPTED = 130
# The parser's own base class: typer carries it inside, and has moved it before.
PARSER_ERROR: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
TOUR = """B2Shift transforma dados espalhados de clientes em decisões: identificar, diferenciar, interagir.

Um passeio: [bold]demo[/] inventa uma entrega, [bold]run[/] roda o ciclo inteiro nela, [bold]serve[/] abre as páginas.

Depois: [bold]quality report[/] diz o que estava errado nos dados, [bold]export[/] leva qualquer tabela,
[bold]segment fit[/] segmenta uma tabela sua, [bold]lake rollback[/] volta atrás e [bold]doctor[/] diz o que falta.

Saída: 0 tudo certo · 2 entrada inválida · 3 estado que não deixa continuar · 4 acesso negado · 130 interrompido.
"""

app = typer.Typer(
    cls=Group,
    help=TOUR,
    epilog=examples("b2shift demo demo-drop/", "b2shift run demo-drop/", "b2shift serve --demo-people"),
    rich_markup_mode="rich",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)


def _group(name: str, about: str) -> typer.Typer:
    group = typer.Typer(cls=Group, help=about, rich_markup_mode="rich", no_args_is_help=True)
    app.add_typer(group, name=name)
    return group


app.command(cls=Command, epilog=demo.EXAMPLES)(demo.demo)
app.command(cls=Command, epilog=run.EXAMPLES)(run.run)
app.command(cls=Command, epilog=web.SERVE)(web.serve)
app.command(cls=Command, epilog=web.PUBLISH)(web.publish)
app.command(cls=Command, epilog=web.WORKER)(web.worker)
app.command(cls=Command, epilog=ask.EXAMPLES)(ask.ask)
app.command(cls=Command, epilog=export.EXAMPLES)(export.export)
app.command(cls=Command, epilog=tables.EXAMPLES)(tables.tables)
app.command(cls=Command, epilog=profile.EXAMPLES)(profile.profile)
app.command(cls=Command, epilog=catalogue.EXAMPLES)(catalogue.catalogue)
app.command(cls=Command, epilog=doctor.EXAMPLES)(doctor.doctor)
app.command(cls=Command, epilog=forecast.EXAMPLES)(forecast.forecast)
_quality = _group("quality", "Qualidade dos dados.")
_quality.command(cls=Command, epilog=quality.EXAMPLES)(quality.report)
_quality.command(cls=Command, epilog=quality.REVIEW)(quality.review)
_quality.command(cls=Command, epilog=quality.DECIDE)(quality.decide)
_quality.command(cls=Command, epilog=quality_quarantine.QUARANTINE)(quality_quarantine.quarantine)
_quality.command(cls=Command, epilog=quality_quarantine.RELEASE)(quality_quarantine.release)
_quality.command(cls=Command, epilog=quality_evaluate.EXAMPLES)(quality_evaluate.evaluate)
_resolution = _group("resolution", "Prospects que são a mesma empresa.")
_resolution.command(cls=Command, epilog=resolution.REPORT)(resolution.report)
_resolution.command(cls=Command, epilog=resolution.EXPLAIN)(resolution.explain)
_resolution.command(cls=Command, epilog=resolution.DECIDE)(resolution.decide)
_source = _group("source", "Fontes de qualquer empresa.")
_source.command(cls=Command, epilog=source.INFER)(source.infer)
_source.command(cls=Command, epilog=source.CHECK)(source.check)
_source.command(cls=Command, epilog=source.EDIT)(source.edit)
_source.command(cls=Command, epilog=source.DELETE)(source.delete)
_source.command(cls=Command, epilog=source.UNDO)(source.undo)
_segment = _group("segment", "Segmentação de uma tabela qualquer.")
_segment.command(cls=Command, epilog=segment.EXAMPLES)(segment.fit)
_segment.command(cls=Command, epilog=segment.SEARCH_EXAMPLES)(segment.search)
_segment.command(cls=Command, epilog=segment_evaluate.EXAMPLES)(segment_evaluate.evaluate)
_segment.command(cls=Command, epilog=segment_say.RENAME_EXAMPLES)(segment_say.rename)
_segment.command(cls=Command, epilog=segment_say.PREFER_EXAMPLES)(segment_say.prefer)
_model = _group("model", "Modelos: de uma tabela qualquer, e as versões guardadas das notas.")
_model.command(cls=Command, epilog=model.TRAIN)(model.train)
_model.command(cls=Command, epilog=model.EVALUATE)(model.evaluate)
_model.command("list", cls=Command, epilog=model_kept.LIST)(model_kept.kept)
_model.command(cls=Command, epilog=model_kept.PROMOTE)(model_kept.promote)
_model.command(cls=Command, epilog=model_kept.ROLLBACK)(model_kept.rollback)
_model.command(cls=Command, epilog=model_kept.DOSSIER)(model_kept.dossier)
_model.command("what-if", cls=Command, epilog=model_kept.WHAT_IF)(model_kept.what_if)
_metric = _group("metric", "Dicionário de métricas.")
_metric.command(cls=Command, epilog=metric.CHECK)(metric.check)
_metric.command(cls=Command, epilog=metric.PUBLISH)(metric.publish)
_metric.command(cls=Command, epilog=metric.VERSIONS)(metric.versions)
_metric.command(cls=Command, epilog=metric.ROLLBACK)(metric.rollback)
_metric.command(cls=Command, epilog=metric.EXPORT)(metric.export)
_policy = _group("policy", "Régua de contatos.")
_policy.command(cls=Command, epilog=policy.EXAMPLES)(policy.check)
_policy.command(cls=Command, epilog=policy.REPLAY)(policy.replay)
_policy.command(cls=Command, epilog=policy.PREVIEW)(policy.preview)
_policy.command(cls=Command, epilog=policy.VERSIONS)(policy.versions)
_policy.command(cls=Command, epilog=policy.ADOPT)(policy.adopt)
_policy.command(cls=Command, epilog=policy.DIFF)(policy.diff)
_policy.command(cls=Command, epilog=policy.ROLLBACK)(policy.rollback)
_policy.command("next", cls=Command, epilog=policy.NEXT)(policy.next_best)
_journey = _group("journey", "Jornadas de clientes.")
_journey.command("list", cls=Command, epilog=journey.LIST)(journey.list_journeys)
_journey.command(cls=Command, epilog=journey.CHECK)(journey.check)
_journey.command(cls=Command, epilog=journey.SIMULATE)(journey.simulate)
_journey.command(cls=Command, epilog=journey.PUBLISH)(journey.publish)
_journey.command(cls=Command, epilog=journey.PAUSE)(journey.pause)
_journey.command(cls=Command, epilog=journey.RESUME)(journey.resume)
_journey.command(cls=Command, epilog=journey.SHOW)(journey.show)
_person = _group("person", "Direitos de uma pessoa cujos dados estão aqui (LGPD).")
_person.command(cls=Command, epilog=person.FIND)(person.find)
_person.command(cls=Command, epilog=person.REPORT)(person.report)
_person.command(cls=Command, epilog=person.EXPORT)(person.export)
_person.command(cls=Command, epilog=person.ERASE)(person.erase)
_person.command(cls=Command, epilog=person.RESUME)(person.resume)
_privacy = _group("privacy", "Operações com dados pessoais e prazos de guarda (LGPD).")
_privacy.command(cls=Command, epilog=privacy.OPERATIONS)(privacy.operations)
_privacy.command(cls=Command, epilog=privacy.RETAIN)(privacy.retain)
_alert = _group("alert", "Avisos quando um número cruza um limite.")
_alert.command("list", cls=Command, epilog=alert.LIST)(alert.list_alerts)
_alert.command(cls=Command, epilog=alert.CHECK)(alert.check)
_report = _group("report", "Relatórios que saem na sua data.")
_report.command(cls=Command, epilog=report.SEND)(report.send)
_schedule = _group("schedule", "O que roda sozinho, na sua hora.")
_schedule.command("run", cls=Command, epilog=schedule.RUN)(schedule.run)
_schedule.command(cls=Command, epilog=schedule.STATUS)(schedule.status)
_lake = _group("lake", "Versões do lake.")
_lake.command(cls=Command, epilog=lake.VERSIONS)(lake.versions)
_lake.command(cls=Command, epilog=lake.ROLLBACK)(lake.rollback)
_lake.command("retain", cls=Command, epilog=lake.RETAIN)(lake.keep)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; ends the process with the documented exit code when it is not 0."""
    speak_portuguese()
    try:
        with stoppable(), translated():
            code = app(arguments, prog_name="b2shift", standalone_mode=False)
    except B2ShiftError as error:
        screen.complain(str(error))
        code = error.exit_code
    except PARSER_ERROR as error:
        code = _explain(error)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        screen.note("Interrompido; a versão anterior continua valendo.")
    if code:
        sys.exit(code)


def _explain(error: Any) -> int:
    """What the option parser refused, and where its help is; a command asked for nothing has shown its help."""
    context = error.ctx if getattr(error, "ctx", None) else None
    if type(error).__name__ != "NoArgsIsHelpError":
        command = context.command_path if context else "b2shift"
        said = in_portuguese(error.format_message())
        screen.complain(f"{said}{'' if said.endswith('?') else '.'} Veja `{command} --help`")
    return int(error.exit_code)
