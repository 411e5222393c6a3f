"""Journeys under way: versions, stays and their story, and what splits that learn have learnt."""

from b2shift.web.journeys.models.learning import ArmInForce, ShareBatch, Trial
from b2shift.web.journeys.models.stays import Enrolment, Passage, Running, Sketch, Version

__all__ = ["ArmInForce", "Enrolment", "Passage", "Running", "ShareBatch", "Sketch", "Trial", "Version"]
