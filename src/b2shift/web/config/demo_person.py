"""What the command line prints about a person made for a demonstration."""

from b2shift.kernel.contract import Contract


class DemoPerson(Contract):
    """A person and the password made for them just now."""

    email: str
    name: str
    role: str
    role_label: str
    password: str
