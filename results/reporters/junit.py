"""`junit.xml`: what CI servers show. A test case a gate, correctness among them, and one a class of anomaly.

Violated is a failure, unknown an error: CI servers paint both red, and a skipped test would be as good as green. A
class that had no chance to show is skipped, for it passed nothing; if it was required, it is an error.
"""

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

import numpy as np
from numpy.typing import NDArray

from results.anomalies import ANOMALIES
from results.gates.gate import Finding
from results.judgement import ALL, Judgement
from results.reporters.chances import chances_named, chances_said
from results.reporters.numbers import measured
from results.run import Run
from results.summary import CORRECTNESS, Summary
from results.verdict import Verdict
from results.wording import several, spoken

# XML 1.0 cannot hold these characters, not even escaped; a deviceId may well hold them.
_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ELEMENTS: Final = {Verdict.VIOLATED: "failure", Verdict.UNKNOWN: "error"}


def write(run: Run, _records: NDArray[np.void], _judgement: Judgement, summary: Summary) -> str:
    """Render `summary` as JUnit XML."""
    cases = [*(_gate(gate, summary) for gate in summary.gates), *_anomalies(run, summary)]
    suite = ET.Element(
        "testsuite",
        name=f"pushfleet {_clean(summary.run.id)}",
        tests=str(len(cases)),
        failures=str(sum(case.find("failure") is not None for case in cases)),
        errors=str(sum(case.find("error") is not None for case in cases)),
        skipped=str(sum(case.find("skipped") is not None for case in cases)),
        time=f"{summary.run.seconds:.3f}",
        timestamp=_clean(summary.run.started),
    )
    suite.extend(cases)
    for warning in summary.warnings:
        ET.SubElement(suite, "system-err").text = _clean(warning)
    root = ET.Element("testsuites", {name: suite.attrib[name] for name in ("tests", "failures", "errors", "time")})
    root.append(suite)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _gate(gate: Finding, summary: Summary) -> ET.Element:
    case = ET.Element("testcase", classname="pushfleet.gates", name=gate.gate, time="0")
    if element := _ELEMENTS.get(gate.verdict):
        found = ET.SubElement(case, element, message=_clean(gate.why), type=gate.verdict.value)
        found.text = _clean(summary.headline if gate.gate == CORRECTNESS else gate.why)
    elif gate.measured is not None:
        ET.SubElement(case, "system-out").text = f"Measured {measured(gate.measured, gate.unit)}."
    return case


def _anomalies(run: Run, summary: Summary) -> Iterator[ET.Element]:
    for name, one in summary.correctness.classes.items():
        case = ET.Element("testcase", classname="pushfleet.anomalies", name=name, time="0")
        if one.found:
            said = f"{spoken(name)}: {several(one.found, 'operation' if name == 'contract_breach' else 'register')}"
            found = ET.SubElement(case, "failure" if ANOMALIES[name].violates else "error", message=said, type=name)
            examples = (example.text for example in summary.correctness.examples if example.anomaly == name)
            found.text = _clean("\n".join(examples))
        elif one.exercised:
            ET.SubElement(case, "system-out").text = f"Not found in {', '.join(chances_said(one.chances))}."
        else:
            said = f"not exercised: {', '.join(chances_named(one.chances))}"
            required = name in run.require or ALL in run.require
            ET.SubElement(case, "error" if required else "skipped", message=said)
        yield case


def _clean(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
