"""Capacity: the highest rate of arrivals that meets the gates, and what the limit was."""

from results.capacity.files import write_reports
from results.capacity.limit import Limit, limit_of
from results.capacity.outcome import Capacity, Ended
from results.capacity.search import Search
from results.capacity.trial import Plan, Trial, plan, trial_of

__all__ = ["Capacity", "Ended", "Limit", "Plan", "Search", "Trial", "limit_of", "plan", "trial_of", "write_reports"]
