"""Rebuilds fitted models from their parameters."""

from b2shift.differentiate.scores.fitted_models import FittedModel, Parameters, blend_models, linear_model, tree_model
from b2shift.differentiate.scores.tiers import tiers_model


def model_from_parameters(parameters: Parameters, threads: int = 1) -> FittedModel:
    """A model that predicts bit for bit as the fitted one."""
    if parameters["kind"] == "mean":
        first, second = parameters["of"]
        return blend_models(model_from_parameters(first, threads), model_from_parameters(second, threads))
    if parameters["kind"] == "trees":
        return tree_model(parameters, threads)
    return tiers_model(parameters) if parameters["kind"] == "tiers" else linear_model(parameters)
