from collections.abc import Mapping

import pytest

from simulator.client.retry import retry_after


@pytest.mark.parametrize(
    ("headers", "document", "seconds"),
    [
        ({}, {}, 0.0),
        ({b"retry-after": b"7"}, {}, 7.0),
        ({b"retry-after": b" 7 "}, {"retryAfter": 60}, 7.0),
        ({}, {"retryAfter": 60}, 60.0),
        ({}, {"retryAfter": 0.5}, 0.5),
        ({}, {"retryAfter": -3}, 0.0),
        ({}, {"retryAfter": True}, 0.0),
        ({}, {"retryAfter": "60"}, 0.0),
        ({b"retry-after": b"9" * 400}, {}, 1e9),
        (
            {b"retry-after": b"Tue, 24 Nov 2026 10:01:30 GMT", b"date": b"Tue, 24 Nov 2026 10:00:00 GMT"},
            {},
            90.0,
        ),
        (
            {b"retry-after": b"Tue, 24 Nov 2026 09:00:00 GMT", b"date": b"Tue, 24 Nov 2026 10:00:00 GMT"},
            {},
            0.0,
        ),
        ({b"retry-after": b"Tue, 24 Nov 2026 10:01:30 GMT"}, {}, 0.0),
        ({b"retry-after": b"soon"}, {}, 0.0),
    ],
)
def test_the_wait_is_what_the_answer_says(
    headers: Mapping[bytes, bytes], document: Mapping[str, object], seconds: float
) -> None:
    assert retry_after(headers, document) == seconds
