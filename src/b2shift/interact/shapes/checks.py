"""What is told of a policy as a whole: its versions, and the findings of the checker."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from b2shift.kernel.contract import Contract


class PolicyVersion(Contract):
    """One policy a home has adopted."""

    number: int
    name: str
    version: str
    adopted_at: datetime
    rules: int
    in_force: bool


class Category(StrEnum):
    """What a finding of the checker is about."""

    ESCRITA = "escrita"
    CONTRADICAO = "contradicao"
    INALCANCAVEL = "inalcancavel"
    SEM_REGRA = "sem_regra"
    ACIMA_DO_LIMITE = "acima_do_limite"
    SEM_RESPONSAVEL = "sem_responsavel"


class Finding(Contract):
    """One thing wrong with a policy: where it is written, what, the value, and what to do (pt-BR)."""

    category: Category
    line: int
    rule: str | None = Field(None, description="code of the rule at fault; None when it is no rule's")
    what: str
    value: str | None = None
    hint: str = ""


class PolicyCheck(Contract):
    """What the checker found in a policy; no findings = it can be trusted as far as its text tells."""

    file: str
    name: str | None = Field(None, description="None when the text is too wrong to be a policy")
    version: str | None = None
    archetypes: int = 0
    rules: int = 0
    findings: tuple[Finding, ...] = ()
