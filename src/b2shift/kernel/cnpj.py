"""How a CNPJ is written."""


def punctuated(bare: str) -> str:
    """The 14 characters of a CNPJ with its marks: `80561842000144` → `80.561.842/0001-44`."""
    return f"{bare[:2]}.{bare[2:5]}.{bare[5:8]}/{bare[8:12]}-{bare[12:]}"
