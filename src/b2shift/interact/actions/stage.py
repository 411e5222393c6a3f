"""The stage `next_actions`: every customer's next best action, decided and explained once a run."""

from datetime import date
from pathlib import Path

import pyarrow as pa

from b2shift.interact.actions import catalogue as actions
from b2shift.interact.actions import decide, explain
from b2shift.interact.contracts import Action, Catalogue, Decision, NextAction, NextActions, Policy
from b2shift.interact.evaluation import evaluate
from b2shift.kernel.ids import stable_id
from b2shift.kernel.progress import Progress
from b2shift.lake.api import Session, load_specs, quote

CODE_VERSION = 4
WEEKS = 4
EXPLORE = 0.02
_SPECS = load_specs(Path(__file__).parents[1] / "tables.yaml")


def allocate_actions(session: Session, policy: Policy, as_of: date, seed: int, progress: Progress) -> None:
    """Write `next_actions` and `action_limits` unless their inputs are unchanged."""
    catalogue = actions.load()
    parameters = (CODE_VERSION, as_of, seed, WEEKS, EXPLORE, policy.model_dump_json(), catalogue.model_dump_json())
    with session.stage("next actions", inputs=(*evaluate.inputs(session), "proposals"), parameters=parameters) as stage:
        if not stage.stale:
            return
        progress("Ações", 0, 2, "repartir")
        with evaluate.scratch(session):
            made = decide.plan(session, policy, catalogue, as_of, weeks=WEEKS, budgets={})
            decided = list(decide.decisions(made, policy, catalogue, as_of, seed=seed, explore=EXPLORE))
            result = explain.explained(session, made, decided, policy, catalogue, as_of, seed)
        progress("Ações", 1, 2, "gravar")
        stage.notes |= {"value": result.value, "greedy_value": result.greedy_value, "bound": result.bound}
        session.write(_SPECS["next_actions"], _rows(result, decided, catalogue), sort_by=["customer_id", "theme"])
        session.write(_SPECS["action_limits"], _limits(result), sort_by=["limit"])
        progress("Ações", 2, 2, "pronto")


def _rows(result: NextActions, decided: list[Decision], catalogue: Catalogue) -> pa.Table | str:
    if not result.chosen:
        return f"SELECT {', '.join(f'NULL AS {quote(one.name)}' for one in _SPECS['next_actions'].columns)} WHERE false"
    taken = {(one.customer_id, one.theme): one for one in decided}
    known = {action.id: action for action in catalogue.actions}
    return pa.Table.from_pylist(
        [_row(result, one, known[one.action], taken[one.customer_id, one.theme]) for one in result.chosen]
    )


def _row(result: NextActions, one: NextAction, action: Action, decision: Decision) -> dict[str, object]:
    return one.model_dump(mode="json") | {
        "action_id": stable_id("n", one.customer_id, one.theme, one.action),
        "kind": action.kind.value,
        "message": action.message,
        "as_of": result.as_of,
        "policy_version": result.policy_version,
        "catalogue_version": result.catalogue_version,
        "seed": result.seed,
        "preferred": decision.preferred,
        "options": [option.model_dump() for option in decision.options],
    }


def _limits(result: NextActions) -> pa.Table:
    whole = {"value": result.value, "greedy_value": result.greedy_value, "bound": result.bound}
    return pa.Table.from_pylist([one.model_dump() | whole for one in result.limits])
