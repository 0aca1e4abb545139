"""Charts for reports."""

from results.reporters.charts.chart import Axis, Chart, Series, draw
from results.reporters.charts.lanes import Lane, Lanes, lanes
from results.reporters.charts.scales import Linear, Log, Quantiles, Scale, suited

__all__ = ["Axis", "Chart", "Lane", "Lanes", "Linear", "Log", "Quantiles", "Scale", "Series", "draw", "lanes", "suited"]
