"""The API as an OpenAPI 3.1 document, which the backend serves at /openapi.json."""

from simulator.backend.openapi.document import described, document

__all__ = ["described", "document"]
