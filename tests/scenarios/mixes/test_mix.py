from pathlib import Path

import pytest

from scenarios import SCENARIOS
from scenarios.mixes import MIXES, Lived, Mix, MixError, read_mix

KEYS = (
    "weight, per_hour, per_day, per_week, per_month, per_year, every_hours, every_days, every_weeks, every_months, "
    "every_years, share, source, assumption"
)
REST = "which cannot be compared: give all of them the one or all the other."
EVERY_MISTAKE = """
summry = "x"
summary = 3
push_share = 1.5

[scenarios.app_lanch]
per_day = 4

[scenarios.app_launch]
per_day = -1

[scenarios.token_rotation]
assumption = "none"

[scenarios.phone_switch]
every_years = 0

[scenarios.double_post]
per_day = 1
per_year = 1

[scenarios.logout_login]
weight = "much"
share = 0

[scenarios.first_install]
per_fortnight = 1
weight = nan
source = 7

[scenarios]
shared_device = 4
"""


def written(place: Path, text: str) -> str:
    path = place / "own.toml"
    path.write_text(text, "utf-8")
    return str(path)


def mistakes(name: str) -> list[str]:
    with pytest.raises(MixError) as refusal:
        read_mix(name)
    return [line.removeprefix(f"--mix {name}: ") for line in str(refusal.value).splitlines()]


def test_weights_follow_from_rates(tmp_path: Path) -> None:
    own = written(
        tmp_path,
        """
        summary = "Mine."
        push_share = 0.1
        [scenarios]
        app_launch = { per_hour = 0.5, source = "our own figures" }
        token_rotation = { per_year = 365.25, share = 0.5, assumption = "a guess" }
        phone_switch = { every_years = 4 }
        logout_login = { per_month = 0 }
        """,
    )
    assert read_mix(own) == Mix(
        own,
        "Mine.",
        {
            "app_launch": Lived(12, "per_hour = 0.5", source="our own figures"),
            "token_rotation": Lived(0.5, "per_year = 365.25, of 0.5", assumption="a guess"),
            "phone_switch": Lived(1 / 1461, "every_years = 4"),
            "logout_login": Lived(0, "per_month = 0"),
        },
        by_rates=True,
        push_share=0.1,
    )
    assert read_mix(own).weights == {"app_launch": 12, "token_rotation": 0.5, "phone_switch": 1 / 1461}
    assert read_mix(own).a_day == 12.5 + 1 / 1461


def test_weights_alone_say_nothing_of_a_day(tmp_path: Path) -> None:
    mix = read_mix(written(tmp_path, "[scenarios]\napp_launch = { weight = 3 }\ntoken_rotation = { weight = 1 }\n"))
    assert (mix.weights, mix.a_day, mix.push_share) == ({"app_launch": 3, "token_rotation": 1}, None, None)


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = EVERY_MISTAKE.replace("[scenarios]\nshared_device = 4\n", "").replace(
        "[scenarios.app_lanch]", "[scenarios]\nshared_device = 4\n[scenarios.app_lanch]"
    )
    assert mistakes(written(tmp_path, text)) == [
        "summry is no key of a mix: choose from summary, push_share, scenarios.",
        "push_share = 1.5 is no share of the people: give 0 to 1.",
        "scenario shared_device is no table: write [scenarios.shared_device] and its rate below.",
        f"scenario app_lanch is unknown: choose from {', '.join(sorted(SCENARIOS))}.",
        "scenario app_launch: per_day = -1 is not a number from 0 to 1e+12.",
        "scenario token_rotation has no weight and no rate: give one, such as per_day = 4 or every_years = 3.",
        "scenario phone_switch: every_years = 0 would be all the time: give more.",
        "scenario double_post has per_day and per_year: give one, such as per_day = 4 or every_years = 3.",
        "scenario logout_login: share = 0 is no share of the devices: give more than 0, to 1.",
        "scenario logout_login: weight = 'much' is not a number from 0 to 1e+12.",
        f"scenario first_install: per_fortnight is no key of a mix: choose from {KEYS}.",
        "scenario first_install: source = 7 is no text.",
        "scenario first_install: weight = nan is not a number from 0 to 1e+12.",
        f"logout_login, first_install have a weight and the others a rate, {REST}",
        "summary = 3 is no text.",
    ]


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (f"weight = 1{'0' * 400}", f"weight = 1{'0' * 39}… is not a number from 0 to 1e+12."),
        (f"weight = 0x{'f' * 6000}", "weight = a number of thousands of digits is not a number from 0 to 1e+12."),
        ("per_hour = 1e308", "per_hour = 1e+308 is not a number from 0 to 1e+12."),
        ("every_days = 1e-320", "every_days = 9.99989e-321 would be all the time: give more."),
        ("every_hours = 5e-324", "every_hours = 4.94066e-324 would be all the time: give more."),
    ],
)
def test_a_number_that_nothing_can_be_made_of_is_refused(tmp_path: Path, rate: str, said: str) -> None:
    own = written(tmp_path, f"[scenarios.app_launch]\n{rate}\n[scenarios.token_rotation]\n{rate}")
    assert mistakes(own) == [f"scenario app_launch: {said}", f"scenario token_rotation: {said}"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it has no scenarios: add a table such as [scenarios.app_launch] with per_day = 4."),
        ("scenarios = 3", "it has no scenarios: add a table such as [scenarios.app_launch] with per_day = 4."),
        ("[scenarios.app_launch]\nper_day = 0", "nothing is lived: give at least one scenario more than 0."),
        (
            "[scenarios.app_launch]\nweight = true",
            "scenario app_launch: weight = True is not a number from 0 to 1e+12.",
        ),
        ("[scenarios.app_launch]\nweight = inf", "scenario app_launch: weight = inf is not a number from 0 to 1e+12."),
    ],
)
def test_a_mix_that_says_nothing_is_refused(tmp_path: Path, text: str, said: str) -> None:
    assert mistakes(written(tmp_path, text)) == [said]


def test_a_file_that_cannot_be_read_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"summary = '\xe9'")
    (tmp_path / "broken.toml").write_bytes(b"[scenarios")
    assert mistakes("nosuch") == [
        f"--mix nosuch is unknown: choose from {', '.join(MIXES)}, or name a file that ends in .toml."
    ]
    assert mistakes(f"{tmp_path}/none.toml") == [
        f"--mix {tmp_path}/none.toml cannot be read (No such file or directory): name another file."
    ]
    assert mistakes(f"{tmp_path}/latin.toml") == [f"--mix {tmp_path}/latin.toml is no text in UTF-8."]
    (tmp_path / "digits.toml").write_text(f"push_share = 1{'0' * 5000}")
    (tmp_path / "deep.toml").write_text(f"summary = {'[' * 5000}")
    assert mistakes(f"{tmp_path}/digits.toml")[0].startswith(f"--mix {tmp_path}/digits.toml is no TOML: ")
    assert mistakes(f"{tmp_path}/deep.toml") == [
        f"--mix {tmp_path}/deep.toml has arrays or tables nested too deep to be read."
    ]
    assert mistakes(f"{tmp_path}/broken.toml")[0].startswith(f"--mix {tmp_path}/broken.toml is no TOML: ")


def test_the_mixes_are_those_that_are_promised() -> None:
    assert MIXES == ("adversarial", "chat_heavy", "everyday", "morning", "release_day")


@pytest.mark.parametrize("name", MIXES)
def test_every_figure_of_a_mix_says_where_it_comes_from(name: str) -> None:
    mix = read_mix(name)
    assert mix.summary.endswith(".")
    if mix.by_rates:  # a rate that follows from a source and a guess has both
        assert [name for name, lived in mix.scenarios.items() if not lived.source and not lived.assumption] == []


def test_every_scenario_has_its_place_in_the_adversarial_mix() -> None:
    assert set(read_mix("adversarial").weights) == set(SCENARIOS)


def test_a_file_that_begins_with_a_byte_order_mark_is_read_as_well(tmp_path: Path) -> None:
    name = written(tmp_path, "\ufeff[scenarios.app_launch]\nweight = 1\n")
    assert read_mix(name).weights == {"app_launch": 1}
