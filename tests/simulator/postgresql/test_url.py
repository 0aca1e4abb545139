import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.errors import UsageError
from simulator.postgresql.url import PostgresqlUrl


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://me:hunter2@db:5432/im", "postgresql://me@db:5432/im"),
        ("postgres://me:hunter2@db/im", "postgres://me@db/im"),
        ("postgresql://me@db/im", "postgresql://me@db/im"),
        ("postgresql://db", "postgresql://db"),
        ("postgresql:///im?host=/run/postgresql&user=me", "postgresql:///im?host=/run/postgresql&user=me"),
        ("postgresql://:hunter2@[::1]:5432/im", "postgresql://@[::1]:5432/im"),
        ("postgresql://me:hunter2@a:1,b:2,[::1]/im", "postgresql://me@a:1,b:2,[::1]/im"),
        ("postgresql://me@db/im?password=hunter2&sslmode=require", "postgresql://me@db/im?sslmode=require"),
        ("postgresql://me@db/im?sslpassword=hunter2", "postgresql://me@db/im"),
        ("postgresql://me@db/im?p%61ssword=hunter2", "postgresql://me@db/im"),
        ("postgresql://me@db/im?options=-c%20a%3Db", "postgresql://me@db/im?options=-c%20a%3Db"),
    ],
)
def test_an_address_is_shown_without_its_password_and_kept_with_it(text: str, shown: str) -> None:
    url = PostgresqlUrl.parse(text, "--store")
    assert (url.text, url.shown, str(url)) == (text, shown, shown)
    assert repr(url) == f"PostgresqlUrl(shown={shown!r})"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("postgresql:im", "it does not begin so"),
        ("postgresql:/hunter2", "it does not begin so"),
        ("mysql://me:hunter2@db/im", "it does not begin so"),
        ("postgresql://me:hunt/er2@db/im", "a # or a second @ stands in it"),
        ("postgresql://me:hunt#er2@db/im", "a # or a second @ stands in it"),
        ("postgresql://me:hunt?er2@db/im", "a # or a second @ stands in it"),
        ("postgresql://me:1?er=2@db/im", "a # or a second @ stands in it"),
        ("postgresql://me:hunt@er2@db/im", "a # or a second @ stands in it"),
        ("postgresql://me:hunter2/im", "its host or port is none"),
        ("postgresql://me:hunter2@db:http/im", "its host or port is none"),
        ("postgresql://me:hunter2@[db/im", "its host is none"),
        ("postgresql://me:hunter2@[zz]/im", "its host"),
        ("postgresql://me:hunt er2@db/im", "it has a space"),
        ("postgresql://me:hünter2@db/im", "it has a space, or a character beyond ASCII"),
        ("postgresql://me:hunter2@db/im?require", "an option after the ? has no value"),
    ],
)
def test_an_address_that_can_be_misread_is_refused_with_nothing_of_it_shown(text: str, reason: str) -> None:
    with pytest.raises(UsageError) as refused:
        PostgresqlUrl.parse(text, "--store")
    assert str(refused.value).startswith(f"--store postgresql: is no address of a database ({reason}")
    assert "write %40 for @" in str(refused.value)
    assert not re.search("h.nt|er2", str(refused.value))
    assert refused.value.__suppress_context__


@given(st.text(st.characters(min_codepoint=33, max_codepoint=126)))
def test_whatever_the_password_is_it_is_refused_or_not_shown(password: str) -> None:
    try:
        shown = str(PostgresqlUrl.parse(f"postgresql://u:{password}@h/d", "--store"))
    except UsageError as error:
        shown = re.sub(r"\((its host( or port)? is none|a # or a second @ stands in it)\): .*", "", str(error))
    assert shown in {"postgresql://u@h/d", "--store postgresql: is no address of a database "}
