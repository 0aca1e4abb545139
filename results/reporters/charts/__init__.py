"""Charts for reports."""

from results.reporters.charts.chart import Axis, Chart, Series, draw
from results.reporters.charts.scales import Linear, Log, Quantiles, Scale, suited

__all__ = ["Axis", "Chart", "Linear", "Log", "Quantiles", "Scale", "Series", "draw", "suited"]
