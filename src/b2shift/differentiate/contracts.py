"""The shapes of differentiate."""

from pydantic import Field

from b2shift.kernel.contract import Contract


class FeatureDeclaration(Contract):
    """One published feature, in the words people read."""

    name: str
    label: str = Field(description="pt-BR")
    meaning: str = Field(description="English: how it is computed")
    source: str = Field(description="table it comes from; 'derived' when from other features")
    family: str = Field(description="cadastro, contrato, receita, uso, financeiro, suporte, nps, comercial or campanhas")
    window: str | None = None
    unit: str | None = Field(None, description="pt-BR")
    format: str = Field(description="category, boolean, integer, decimal, percent (0.1 is 10 %), money, days or list")
    personal: str = Field("none", description="personal-data class of the column")
    snapshot: bool = Field(False, description="only known at the newest date: null in features_at for any earlier one")
