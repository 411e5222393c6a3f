"""What pictures tell of long names: the drawings' own code, asked in Node for what it hands to the canvas."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import node

from b2shift.web.console.charts import Chart, Column, Table

CHARTS = Path(__file__).parents[3] / "frontend" / "src" / "charts"
LONG = "Prestadores de serviços sem receita recorrente nem chamados"
WHOLE = """
const { table } = await import(`${process.argv[1]}/table.js`);
const { kind, payload, size } = JSON.parse(process.argv[2]);
const file = kind === "map" ? "scatter" : kind;
const drawing = (await import(`${process.argv[1]}/kinds/${file}.js`))[kind];
const colours = Array.from({ length: 8 }, (_, n) => `#00000${n}`);
const paint = { palette: colours, tones: {}, text: "#111111", muted: "#222222", line: "#333333", surface: "#ffffff" };
const look = { ...paint, colour: (_, n) => colours[n] };
const told = drawing(table(payload), look, { getWidth: () => size[0], getHeight: () => size[1] });
const names = told.series.flatMap(({ data }) => data ?? []).map(({ label }) => label?.formatter);
const legend = told.legend?.data.map(({ name, icon }) => [told.legend.formatter(name), icon]);
const cells = told.series.flatMap(({ data, label }) => (data ?? []).map((cell) => label?.formatter?.(cell) ?? ""));
const figures = told.yAxis?.[1] ?? told.yAxis;
const beside = payload.rows.map((row) => figures?.axisLabel?.formatter?.(row[1]));
const [shown, rows] = [told.series[0].label?.show, told.yAxis?.data];
const symbols = told.series.map(({ symbol }) => symbol);
const painted = told.series.map(({ color }) => color);
const middles = told.series.flatMap(({ data }) => data ?? []).filter(({ label }) => label).map(({ value }) => value);
const asks = (n) => ({ value: () => n, coord: () => [0, 0], size: () => [40, 40] });
const draws = told.series[0].renderItem;
const steps = draws && payload.rows.map((_, n) => draws(null, asks(n)).children?.[1]?.style.text);
const ends = [told.xAxis, told.yAxis].map((one) => [one?.max ?? null, one?.interval ?? null]);
const span = [told.xAxis?.min ?? null, told.xAxis?.max ?? null];
const dashes = kind !== "forest" ? [] : told.series.flatMap(({ data, renderItem }) => data.map(({ value }) =>
  renderItem(null, { ...asks(0), value: (n) => value[n] }).children[0].style.lineDash ?? null));
const sides = [told.yAxis].flat()[0];
const named = (sides?.data ?? []).map((name) => sides.axisLabel?.formatter?.(name) ?? name);
console.log(JSON.stringify({
  named, span, dashes, ends, steps, names, legend, beside, cells, shown, rows, symbols, middles, colours: painted,
}));
"""

pytestmark = pytest.mark.skipif(node() is None, reason="no Node")


def drawn(
    kind: str,
    parts: Sequence[str],
    rows: Sequence[Sequence[Any]],
    size: tuple[int, int],
    form: str = "",
    **options: Any,
) -> dict[str, Any]:
    """Names of nodes, of the legend with their marks, and beside the rows, of a picture of so many pixels.

    `form` is how the values are written.
    """
    columns = [
        {"label": part, "format": form if part in {"value", "low", "high"} else "", "part": part, "tone": ""}
        for part in parts
    ]
    payload = {"columns": columns, "rows": rows, "options": options, "language": "pt-br"}
    asked = json.dumps({"kind": kind, "payload": payload, "size": size})
    command = [str(node()), "--input-type=module", "-e", WHOLE, CHARTS.as_uri(), asked]
    told: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
    return told


def test_ribbons_on_a_phone_keep_the_figure_and_give_a_name_two_lines() -> None:
    rows = [[LONG, LONG, 260], ["Comércio", "Comércio", 246], [LONG, "Comércio", 3]]
    wide = drawn("flows", ["x", "y", "value"], rows, (1000, 400))
    assert f"{LONG}  263" in wide["names"]
    phone = drawn("flows", ["x", "y", "value"], rows, (330, 600))
    (left, right) = (name for name in phone["names"] if name and "Prestadores" in name)
    assert left.startswith("263 Prestadores de")
    assert right.startswith("260 Prestadores de")
    assert left.count("\n") == 1
    crowd = [[f"Segmento de nome comprido {n}", "Comércio", 10] for n in range(40)]
    assert not any("\n" in name for name in drawn("flows", ["x", "y", "value"], crowd, (330, 600))["names"] if name)


def test_a_legend_shows_the_mark_of_each_group_and_long_names_whole() -> None:
    rows = [[n, n, LONG if n == 4 else f"Grupo {n}"] for n in range(8)]
    for width in (1000, 330):
        told = drawn("map", ["x", "y", "group"], rows, (width, 600))
        marks = [icon for _, icon in told["legend"]]
        assert marks == told["symbols"][:8]
        assert len(set(marks)) == 8
        numbered = [f"{n + 1} · {row[2]}" for n, row in enumerate(rows)]
        assert [name.replace("\n", " ") for name, _ in told["legend"]] == numbered


def test_every_group_of_a_map_has_a_mark_of_its_own_and_its_number_where_it_lies() -> None:
    rows = [[n, 2 * n, f"Grupo {group}"] for group in range(24) for n in (group, group + 2)]
    told = drawn("map", ["x", "y", "group"], rows, (1000, 600))
    marks = list(zip(told["colours"][:24], told["symbols"][:24], strict=True))
    assert len(set(marks)) == 24
    assert [name for name in told["names"] if name] == [str(n + 1) for n in range(24)]
    assert told["middles"] == [[n + 1, 2 * n + 2] for n in range(24)]
    alone = drawn("map", ["x", "y", "group"], [[0, 0, "Só um"], [1, 1, "Só um"]], (1000, 600))
    assert not any(alone["names"])


@pytest.mark.parametrize(
    ("rows", "name", "size", "pixels"),
    [
        (12, LONG, "long", 532),
        (10, LONG, "tall", 378),
        (5, LONG, "", 238),
        (13, "Curto", "", 238),
        (20, "Curto", "tall", 378),
    ],
)
def test_lying_bars_take_the_height_their_names_need(rows: int, name: str, size: str, pixels: int) -> None:
    values = [(f"{name} {n}", float(n)) for n in range(rows)]
    table = Table([Column("Atributo", "", "x"), Column("Pontos", "number", "value")], values)
    assert Chart(name="a", kind="intervals", title="", reading="", table=table, options={"reference": 0}).height == size
    told = drawn("intervals", ["x", "value"], values, (1000, pixels), reference=0)
    lines = {label.count("\n") + 1 for label in told["named"]}
    assert lines == ({2} if name == LONG else {1})


def test_effects_are_told_apart_by_mark_and_what_runs_by_dashes() -> None:
    marks = {"Ajudou": "good", "Prejudicou": "bad", "Acaso": "muted"}
    rows = [
        ["nova", 0.01, -0.1, 0.2, "Acaso"],
        ["boa", 0.02, 0.01, 0.03, "Ajudou"],
        ["ruim", -0.1, -0.2, -0.05, "Acaso"],
    ]
    parts = ["x", "value", "low", "high", "group"]
    told = drawn("forest", parts, rows, (1000, 300), "points:2", marks=marks, still=[0])
    assert told["legend"] == [["Ajudou", "triangle"], ["Acaso", "circle"]], "a verdict that none has is not told"
    assert told["named"] == ["nova", "boa", "ruim"]
    assert told["beside"] == ["+1,00\u00a0p.p.", "+2,00\u00a0p.p.", "−10,00\u00a0p.p."]
    (least, most) = told["span"]
    assert least < -0.2 < 0.2 < most
    assert told["dashes"] == [None, [4, 3], None], "of the two series, in their order"


def test_on_a_phone_names_beside_bars_take_three_lines() -> None:
    values = [(f"{LONG} {n}", float(n)) for n in range(12)]
    told = drawn("intervals", ["x", "value"], values, (300, 644), reference=0)
    assert {label.count("\n") for label in told["named"]} == {2}


def test_names_beside_a_heat_map_take_the_lines_there_is_room_for() -> None:
    rows = [[month, LONG, 1] for month in ("janeiro", "fevereiro")]
    (name, _) = drawn("heat", ["x", "y", "value"], rows, (600, 300))["beside"]
    assert name.split("\n") == ["Prestadores de serviços", "sem receita recorrente", "nem chamados"]
    many = [["janeiro", f"{n} {LONG}", 1] for n in range(30)]
    assert {name[-1] for name in drawn("heat", ["x", "y", "value"], many, (600, 300))["beside"]} == {"…"}


def test_a_heat_map_of_many_long_names_grows_until_each_is_read_beside_its_row() -> None:
    stages = [f"Representatividade {n}" for n in range(12)]
    rows = [[stage, f"{n} {LONG}", 1] for n in range(12) for stage in stages]
    table = Table([Column("Etapa", "", "x"), Column("Segmento", "", "y"), Column("Clientes", "number", "value")], rows)
    assert Chart(name="a", kind="heat", title="", reading="", table=table, size="tall").height == "long"
    few = Table(table.columns, rows[:60])
    assert Chart(name="a", kind="heat", title="", reading="", table=few, size="tall").height == "tall"
    low = drawn("heat", ["x", "y", "value"], rows, (1200, 378))["beside"]
    assert {name.count("\n") for name in low} == {0}, "one line: two would hide the name of the next row"
    high = drawn("heat", ["x", "y", "value"], rows, (1200, 532))["beside"]
    assert {name.count("\n") for name in high} == {1}


def test_a_heat_map_on_a_phone_keeps_its_figures_and_names_each_row_above_its_cells() -> None:
    codes = [f"s{n:02}" for n in range(14)]
    share = {True: 0.953, False: 0}
    rows = [[now, f"{then} {LONG}", share[now == then] or 0.003 * (now == "s00")] for then in codes for now in codes]
    told = drawn("heat", ["x", "y", "value"], rows, (330, 600), "percent:1")
    assert told["shown"]
    assert set(told["cells"]) == {"95", "<1", ""}
    assert told["rows"][:2] == [f"s00 {LONG}", ""]
    assert len(told["rows"]) == 28
    wide = drawn("heat", ["x", "y", "value"], rows, (1000, 600), "percent:1")
    assert "95,3%" in wide["cells"]
    assert len(wide["rows"]) == 14


def test_the_steps_of_a_bridge_are_seen_in_its_ends() -> None:
    rows = [["Início", 1_385_452, True], ["Novos", 76_200, False], ["Saída", -850.5, False], ["Fim", 1_460_801, True]]
    told = drawn("waterfall", ["x", "value", "total"], rows, (1000, 400), "money")
    assert [one.replace("\u00a0", " ") for one in told["steps"]] == [
        "R$ 1,39 mi", "R$ 76,2 mil", "−R$ 850,50", "R$ 1,46 mi",
    ]  # fmt: skip


def test_a_share_never_runs_past_the_whole() -> None:
    risks = [["jan", 0.91, 0.85, 0.97], ["fev", 0.4, 0.3, 0.5]]
    parts = ["x", "value", "low", "high"]
    assert drawn("line", parts, risks, (600, 270), "percent")["ends"][1] == [1, 0.25]
    assert drawn("bar", parts, risks, (600, 270), "percent")["ends"][0] == [1, 0.25]
    low = [["jan", 0.2, 0.1, 0.3]]
    assert drawn("line", parts, low, (600, 270), "percent")["ends"][1] == [None, None], "far from the end"
    growth = [["jan", 1.3, 1.1, 1.5], ["fev", -0.2, -0.4, 0]]
    assert drawn("line", parts, growth, (600, 270), "percent")["ends"][1] == [None, None], "not a share"
    assert drawn("line", parts, risks, (600, 270), "number")["ends"][1] == [None, None]
    notes = [["1", 100, 100, 100], ["2", 98, 97, 99]]
    assert drawn("line", parts, notes, (600, 270), "number", top=100)["ends"][1] == [100, 25]


def test_names_of_neighbours_never_touch() -> None:
    lengths = {
        many: max(name.count("\n") + 1 for name in _beside(many, height))
        for many, height in ((7, 272), (9, 272), (11, 400), (18, 608))
    }
    assert lengths == {7: 2, 9: 1, 11: 2, 18: 2}
    for many, height in ((7, 272), (9, 272), (11, 400), (18, 608)):
        assert lengths[many] * 13 + 4 <= (height - 16 - 28) / many


def _beside(many: int, height: int) -> list[str]:
    rows = [[LONG, 1.0] for _n in range(many)]
    shown = drawn("bar", ["x", "value"], rows, (500, height))
    assert shown["rows"] == [LONG] * many
    return [str(name) for name in shown["named"]]
