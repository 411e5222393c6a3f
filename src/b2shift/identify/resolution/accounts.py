"""Accounts of another system that are customers: told by all that resolution compares where no CNPJ tells it."""

from collections.abc import Mapping, Sequence

import duckdb

from b2shift.identify.resolution.build import resolved
from b2shift.identify.resolution.candidates import candidates, keyed
from b2shift.identify.resolution.companies import CUSTOMER, Told, read_companies
from b2shift.identify.resolution.links import DOUBT, SAME, Decided


def same_customers(
    connection: duckdb.DuckDBPyConnection,
    accounts: Sequence[Told],
    customers: Sequence[Told],
    decided: Decided,
    earlier: Mapping[str, str],
) -> dict[str, str]:
    """Account → the one customer that is surely the same company, by the evidence of both and what people decided.

    One with the CNPJ of another company is no customer, whatever else agrees, unless somebody said so.
    `earlier`: whom accounts were before, which holds as long as it is in doubt at most: a bit more or less of evidence
    moves no deal from one customer to another.
    """
    people = read_companies([*customers, *accounts])
    with keyed(connection, people):
        resolution = resolved(people, candidates(connection), decided)
    likely: dict[str, tuple[float, str]] = {}
    for (one, other), chance in sorted(resolution.chance.items()):
        account, same_as = people.companies[one], people.companies[other]
        if same_as.kind != CUSTOMER or (one, other) in resolution.refused:
            continue
        other_firm = None not in (roots := {account.cnpj_root, same_as.cnpj_root}) and len(roots) > 1
        if other_firm and not resolution.said[one, other]:
            continue
        least = DOUBT if earlier.get(account.id) == same_as.id else SAME
        if chance >= least and chance > likely.get(account.id, (0.0, ""))[0]:
            likely[account.id] = chance, same_as.id
    return {account: customer for account, (_, customer) in likely.items()}
