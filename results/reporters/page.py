"""Self-contained HTML pages: templates from `templates/`, one look for every report.

A page extends `base.html` and loads nothing: its style and its script are inlined, and a content security policy
forbids the rest. All text is escaped.
"""

from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from results.reporters import numbers
from results.reporters.charts import draw, lanes
from results.wording import several, spoken

_TEMPLATES: Final = Path(__file__).parent / "templates"


def render(template: str, **context: Any) -> str:  # noqa: ANN401 - a template takes what it names
    """Render a template of `templates/`; jinja2.UndefinedError if it names something that `context` lacks.

    Templates have the filters count, figure, ms, duration, spoken, several, lanes (an Example → its
    drawing) and draw (a Chart → its figure).
    """
    return _environment().get_template(template).render(**context)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        count=numbers.count,
        figure=numbers.figure,
        ms=numbers.ms,
        duration=numbers.duration,
        measured=numbers.measured,
        spoken=spoken,
        several=several,
        lanes=lanes,
        draw=lambda chart: draw(chart, environment),
    )
    environment.globals["percent"] = numbers.percent
    return environment
