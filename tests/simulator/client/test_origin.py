import pytest

from simulator.client.origin import Origin
from simulator.errors import UsageError


@pytest.mark.parametrize(
    ("url", "origin", "authority"),
    [
        ("http://127.0.0.1:8080", Origin(False, "127.0.0.1", 8080, ""), "127.0.0.1:8080"),
        ("http://app.imkit.io", Origin(False, "app.imkit.io", 80, ""), "app.imkit.io"),
        ("https://app.imkit.io/", Origin(True, "app.imkit.io", 443, ""), "app.imkit.io"),
        ("https://APP.imkit.io:443/v3/", Origin(True, "app.imkit.io", 443, "/v3"), "app.imkit.io"),
        ("https://app.imkit.io:80", Origin(True, "app.imkit.io", 80, ""), "app.imkit.io:80"),
        ("http://[::1]:9/x", Origin(False, "::1", 9, "/x"), "[::1]:9"),
        ("http://[fe80::1%eth0]", Origin(False, "fe80::1%eth0", 80, ""), "[fe80::1]"),
        ("https://bücher.example", Origin(True, "xn--bcher-kva.example", 443, ""), "xn--bcher-kva.example"),
    ],
)
def test_a_base_url_is_taken_apart(url: str, origin: Origin, authority: str) -> None:
    assert Origin.parse(url) == origin
    assert Origin.parse(url).authority == authority


def test_an_origin_reads_as_its_url() -> None:
    assert str(Origin.parse("https://app.imkit.io:8443/v3/")) == "https://app.imkit.io:8443/v3"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "app.imkit.io",
        "ftp://app.imkit.io",
        "http://",
        "http://:80",
        "http://h:0",
        "http://h:99999",
        "http://h:x",
        "http://[::1",
        "http://h/a b",
        "http://h/\r\nX: y",
        "http://h/ü",
        "http://" + "a" * 64 + ".ü",
        "http://h?x=1",
        "http://h#x",
        "http://user:hunter2@h",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_repeating_a_password(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        Origin.parse(url)
    assert "hunter2" not in str(refused.value)
