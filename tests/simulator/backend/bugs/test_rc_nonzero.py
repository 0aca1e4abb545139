from collections.abc import Callable

from tests.simulator.backend.local import Local, play


def _answers(store: str, bug: str | None) -> tuple[list[tuple[int, int]], int]:
    """(status, RC) of 400 subscribes, and the number of rows they left."""
    answers: list[tuple[int, int]] = []

    async def scene(local: Local) -> None:
        for number in range(400):
            status, answer = await local.subscribe("ann", "ios", f"d{number}", "t")
            answers.append((status, answer["RC"]))

    return answers, len(play(store, bug, scene))


def test_some_writes_are_applied_and_answered_with_another_rc(new_store: Callable[[], str]) -> None:
    answers, rows = _answers(new_store(), "rc-nonzero")
    assert 4 <= answers.count((200, 1)) <= 40
    assert answers.count((200, 0)) + answers.count((200, 1)) == rows == 400
    assert _answers(new_store(), None) == ([(200, 0)] * 400, 400)


def test_client_tokens_are_issued_all_the_same(new_store: Callable[[], str]) -> None:
    async def scene(local: Local) -> None:
        for number in range(400):
            body = {"_id": f"person-{number}", "issueAccessToken": True}
            status, answer = await local.call("/admin/clients", body, {"im-api-key": "api key"})
            assert (status, answer["RC"]) == (200, 0)

    play(new_store(), "rc-nonzero", scene)
