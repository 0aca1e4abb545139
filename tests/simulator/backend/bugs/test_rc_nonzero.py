from pathlib import Path

from tests.simulator.backend.local import Local, play


def _answers(path: Path, bug: str | None) -> tuple[list[tuple[int, int]], int]:
    """(status, RC) of 400 subscribes, and the number of rows they left."""
    answers: list[tuple[int, int]] = []

    async def scene(local: Local) -> None:
        for number in range(400):
            status, answer = await local.subscribe("ann", "ios", f"d{number}", "t")
            answers.append((status, answer["RC"]))

    return answers, len(play(path, bug, scene))


def test_some_writes_are_applied_and_answered_with_another_rc(tmp_path: Path) -> None:
    answers, rows = _answers(tmp_path / "bug", "rc-nonzero")
    assert 4 <= answers.count((200, 1)) <= 40
    assert answers.count((200, 0)) + answers.count((200, 1)) == rows == 400
    assert _answers(tmp_path / "correct", None) == ([(200, 0)] * 400, 400)


def test_client_tokens_are_issued_all_the_same(tmp_path: Path) -> None:
    async def scene(local: Local) -> None:
        for number in range(400):
            body = {"_id": f"person-{number}", "issueAccessToken": True}
            status, answer = await local.call("/admin/clients", body, {"im-api-key": "api key"})
            assert (status, answer["RC"]) == (200, 0)

    play(tmp_path / "bug", "rc-nonzero", scene)
