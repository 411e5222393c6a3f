"""The fields a template may hold, and their values as people read them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from b2shift.interact.contracts import MessageField
from b2shift.kernel.errors import InputError
from b2shift.kernel.money import format_brl, format_number

Value = str | int | float | Decimal | date | None
FIELDS: tuple[MessageField, ...] = (
    MessageField(name="pessoa", label="Primeiro nome da pessoa", type="text", otherwise="cliente"),
    MessageField(name="cliente", label="Nome da empresa", type="text"),
    MessageField(name="mensagem", label="Mensagem-chave da regra", type="text"),
    MessageField(name="responsavel", label="Quem cuida da conta", type="text", otherwise="Equipe de relacionamento"),
    MessageField(name="unidade", label="Unidade de negócio", type="text"),
    MessageField(name="anos_de_casa", label="Anos como cliente", type="number"),
    MessageField(name="valor_em_atraso", label="Valor das faturas vencidas", type="money"),
    MessageField(name="prazo", label="Até quando", type="date"),
)
KNOWN: Mapping[str, MessageField] = {one.name: one for one in FIELDS}


def shown(field: MessageField, value: Value) -> str:
    """A value as it stands in a text; InputError when it is not known and must be, or is of another type."""
    if value is None or value == "":
        if field.otherwise is None:
            raise InputError(
                "Falta um valor para este campo", value=f"{{{field.name}}}", hint="Tire o campo ou escolha outro texto"
            )
        return field.otherwise
    match field.type, value:
        case "text", str():
            return " ".join(value.split())
        case "money", int() | float() | Decimal():
            return format_brl(value)
        case "number", int() | float() | Decimal():
            return format_number(value)
        case "date", date():
            return f"{value:%d/%m/%Y}"
    raise InputError("O valor não é do tipo do campo", value=f"{{{field.name}}} = {value!r}", hint=f"Pede {field.type}")
