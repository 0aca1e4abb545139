"""Our corner of Locust's web UI: under its downloads, a link to every verdict of this session and its report."""

from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Response, abort, jsonify, request

from simulator.errors import UsageError

if TYPE_CHECKING:
    from locust.web import WebUI

    from results.verdict import Verdict

PATH: Final = "/pushfleet"
_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>pushfleet: verdicts</title>
<meta name="color-scheme" content="light dark"><meta name="viewport" content="width=device-width">
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40rem;margin:3rem auto;padding:0 1rem}
li{margin:.4rem 0}b{text-transform:uppercase}</style>
<h1>Verdicts</h1>%s"""
_NONE: Final = "<p>No test has been judged yet since Locust started. Start one, stop it, and come back.</p>"


def add_reports(web_ui: "WebUI", verdicts: "Mapping[Path, Verdict]") -> None:
    """Serve the runs of `verdicts` (run folder → verdict, which grows) from Locust's own web server."""

    def index() -> Response:
        rows = [
            f'<li><b>{verdict}</b> <a href=".{PATH}/{escape(folder.name)}">{escape(folder.name)}</a></li>'
            for folder, verdict in reversed(list(verdicts.items()))
        ]
        return Response(_PAGE % (f"<ul>{''.join(rows)}</ul>" if rows else _NONE), mimetype="text/html")

    def report(run: str) -> Response:
        # Only folders that this session judged: the name never becomes a path by itself.
        folder = next((folder for folder in verdicts if folder.name == run), None)
        if folder is None:
            abort(404)
        return Response((folder / "report.html").read_bytes(), mimetype="text/html")

    app = web_ui.app
    if app is None:
        return
    app.add_url_rule(PATH, "pushfleet", web_ui.auth_required_if_enabled(index))
    app.add_url_rule(f"{PATH}/<run>", "pushfleet_report", web_ui.auth_required_if_enabled(report))
    web_ui.template_args["extended_csv_files"] = [{"href": f".{PATH}", "title": "pushfleet: verdicts and reports"}]


def before_each_test(web_ui: "WebUI", take_shape: Callable[[str | None], None]) -> None:
    """Tell of the shape that the form names, None where it has no such field, before Locust looks for one."""
    app = web_ui.app
    if app is None:
        return

    def look() -> Response | None:
        if request.method == "POST" and (request.endpoint or "").rpartition(".")[2] == "swarm":
            try:
                take_shape(request.form.get("shape"))
            except UsageError as error:
                return jsonify({"success": False, "message": str(error)})
        return None

    app.before_request(look)
