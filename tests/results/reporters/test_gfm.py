"""Text in Markdown means nothing but itself."""

from results.reporters.gfm import cell, code, table


def test_a_cell_cannot_leave_its_table_or_bring_a_link() -> None:
    assert cell("a|b\n# [c](d) <e> & `f`") == "a\\|b \\# \\[c\\](d) \\<e\\> &amp; \\`f\\`"


def test_code_cannot_leave_its_back_ticks() -> None:
    assert code("a`b|c\nd") == "a'b\\|c d"


def test_columns_of_numbers_are_aligned_to_the_right() -> None:
    assert table(("name", ">count"), [("a", "1")]) == "| name | count |\n| --- | --: |\n| a | 1 |"
