"""Reading what a backend holds from outside, one way of reading a file.

A spec names the way and what it needs, as in `sqlite:backend.sqlite?query=SELECT type, deviceId, clientId, token FROM
subscriptions`. It may hold a password, and only an error of this package shows it without. A file in this package whose
`Source` names a scheme is a way of reading.
"""

from simulator.readback.identify import SIGHTING, Sightings, identify
from simulator.readback.source import Row, Source, parse_spec

__all__ = ["SIGHTING", "Row", "Sightings", "Source", "identify", "parse_spec"]
