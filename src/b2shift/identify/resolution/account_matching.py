"""Match accounts of another system to customers by all that resolution compares, where no CNPJ says it."""

from collections.abc import Mapping, Sequence

import duckdb

from b2shift.identify.resolution.blocking import blocked, candidate_pairs
from b2shift.identify.resolution.build import resolve_pairs
from b2shift.identify.resolution.companies import CUSTOMER, RawCompany, normalise_companies
from b2shift.identify.resolution.links import MATCH_THRESHOLD, REVIEW_THRESHOLD, Decisions


def match_accounts(
    connection: duckdb.DuckDBPyConnection,
    accounts: Sequence[RawCompany],
    customers: Sequence[RawCompany],
    decisions: Decisions,
    earlier: Mapping[str, str],
) -> dict[str, str]:
    """Account → the customer it matches best at or above the match threshold; decisions of people stand above scores.

    An account with the CNPJ of another company matches no customer unless a person decided so. A match of `earlier`
    runs holds down to the review threshold (hysteresis): slightly other evidence moves no deals between customers.
    """
    population = normalise_companies([*customers, *accounts])
    with blocked(connection, population):
        resolution = resolve_pairs(population, candidate_pairs(connection), decisions)
    best: dict[str, tuple[float, str]] = {}
    for (one, other), probability in sorted(resolution.probability.items()):
        account, customer = population.companies[one], population.companies[other]
        if customer.kind != CUSTOMER or (one, other) in resolution.refused:
            continue
        roots = {account.cnpj_root, customer.cnpj_root}
        if None not in roots and len(roots) > 1 and not resolution.decisions[one, other]:
            continue
        threshold = REVIEW_THRESHOLD if earlier.get(account.id) == customer.id else MATCH_THRESHOLD
        if probability >= threshold and probability > best.get(account.id, (0.0, ""))[0]:
            best[account.id] = probability, customer.id
    return {account: customer for account, (_, customer) in best.items()}
