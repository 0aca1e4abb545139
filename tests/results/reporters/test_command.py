import shlex

from results.reporters.command import again
from tests.results.recorded import run


def words(**fields: object) -> list[str]:
    command = again(run(**fields))
    return shlex.split(command.replace("\\\n", ""))[2:]  # shlex, unlike a shell, does not join lines


def test_the_command_repeats_the_options_as_a_shell_reads_them() -> None:
    options = {
        "mix": "everyday",
        "run_time": "60s",
        "users": None,
        "quick": True,
        "journal": False,
        "scenario": {"first-start": 2},
        "gate": ["errors < 1%", "p99(subscribe) < 250ms"],
    }

    assert words(options=options) == [
        "--devices", "40", "--seed", "5", "--mix", "everyday", "--run-time", "60s", "--quick",
        "--scenario", "first-start=2", "--gate", "errors < 1%", "--gate", "p99(subscribe) < 250ms",
    ]  # fmt: skip


def test_what_options_leave_out_comes_from_the_run() -> None:
    said = words(gates=["errors < 1%"], readback=["push"], embedded=False, target="https://imkit.test")

    assert said == [
        "--devices", "40", "--seed", "5", "--host", "https://imkit.test", "--gate", "errors < 1%", "--readback", "push",
    ]  # fmt: skip


def test_options_for_locust_come_last() -> None:
    assert words(options={"locust": ["--tags", "a b"], "rate": 5})[-5:] == ["--rate", "5", "--", "--tags", "a b"]


def test_the_command_holds_no_secret() -> None:
    command = again(
        run(
            options={"client_key": "K1", "api-key": "K2", "host": "https://me:hunter2@imkit.test"},
            readback=["postgresql://judge:hunter3@db/imkit?query=select 1&password=hunter4"],
        )
    )

    assert "https://***@imkit.test" in command
    assert "postgresql://***@db/imkit" in command
    assert [word for word in ("K1", "K2", "hunter2", "hunter3", "hunter4") if word in command] == []


def test_where_results_go_is_not_repeated() -> None:
    assert words(options={"run_id": "mine", "results": "/somewhere", "json": True}) == [
        "--devices",
        "40",
        "--seed",
        "5",
    ]
