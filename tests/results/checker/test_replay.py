from results.checker.judge import judge
from results.checker.story import Names
from results.journal.record import GHOST, Call
from tests.results.checker.journal import ANNE, BEGAN, BOB, RUN, Journal

HEAD = r"""# Against a backend of your own: pushfleet serve --port 8080 prints both keys.
: "${IM_URL:=http://127.0.0.1:8080}" "${IM_CLIENT_KEY:?}" "${IM_API_KEY:?}"
post() { curl -sS "$IM_URL$1" -H 'Content-Type: application/json; charset=utf-8' -H "$2" -H "$3" -d "$4"; echo; }
im() { post "$1" "IM-CLIENT-KEY: $IM_CLIENT_KEY" "IM-Authorization: $3" "$2"; }
platform() { post "$1" "IM-API-KEY: $IM_API_KEY" 'Accept: */*' "$2"; }
issue() { platform /admin/clients "$1" | sed -n 's/.*"token":"\([^"]*\)".*/\1/p'; }
token() { pushfleet token mint --fleet-number 0 "$@" | sed 's/["\\]/\\&/g'; }
"""


def test_a_replay_sends_the_device_id_itself_where_a_reader_is_shown_something_else() -> None:
    records = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95).read_back(7, 12.0).records()
    names = Names(device_id="Zoë's {!s:.0}".format)
    (example,) = judge(records, RUN, began=BEGAN, label='ios/"Zoë\'s "{!s:.0}'.format, names=names).examples

    sent = r"""'{"type": "ios", "deviceId": "Zo\u00eb'"'"'s ", "token": "'"@"'"}'"""
    minted = "$(token --type ios --device 42 --install 1 --run 5 --generation 7)"
    assert f"im /me/subscribe {sent.replace('@', minted)} " in example.replay
    assert {step.register for step in example.witness} == {'ios/"Zoë\'s "'}


def replay(journal: Journal) -> list[str]:
    (example,) = journal.judged().examples
    assert example.replay.startswith(HEAD)
    return example.replay.removeprefix(HEAD).splitlines()


def test_a_replay_sends_the_writes_in_order_and_looks_where_the_witness_looked() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).subscribe(8, 0.9, 0.95).push(7, 3.1, 3.2).read_back(8, 12.0)

    token = "$(token --type ios --device 42 --install 1 --run 5 --generation %d)"
    subscribe = """im /me/subscribe '{"type": "ios", "deviceId": "dev-0042", "token": "'"@"'"}' "$IM_TOKEN_7\""""
    subscribe = subscribe.replace("@", token)
    assert replay(journal) == [
        """: "${IM_TOKEN_7:=$(issue '{"_id": "person-7", "issueAccessToken": true}')}\"""",
        subscribe % 7 + "  # at 00.100 s",
        subscribe % 8 + "  # at 00.900 s",
        """platform /push/push2clients '{"clients": ["person-7"], "payload": {"alert": "replay"}}'""",
        "# at 03.100 s the gateways showed g7: look there, and give a token to pushfleet token decode",
    ]


def test_writes_that_overlapped_are_sent_at_once_and_rows_are_counted_by_an_unsubscribe() -> None:
    journal = Journal().subscribe(7, 0.1, 0.3).subscribe(8, 0.2, 0.4).read_back(7, 12.0, ANNE)
    lines = replay(journal.read_back(8, 12.0, ANNE))

    assert [line.split()[0] for line in lines] == [":", "im", "im", "wait", "#", "#", "im"]
    assert ['"$IM_TOKEN_7" &' in line for line in lines[1:3]] == [True, True]
    assert lines[-1].startswith("im /me/unsubscribe ")
    assert lines[-1].endswith("# n is how many rows stood there, and 1 is right")


def test_rows_of_two_people_are_not_counted_for_each_can_remove_their_own_alone() -> None:
    journal = Journal().subscribe(7, 0.1, 0.3).subscribe(8, 0.2, 0.4, BOB).read_back(7, 12.0, ANNE)
    lines = replay(journal.read_back(8, 12.0, BOB))

    assert [line.split()[0] for line in lines] == [":", ":", "im", "im", "wait", "#", "#"]
    assert ['"$IM_TOKEN_7" &' in lines[2], '"$IM_TOKEN_8" &' in lines[3]] == [True, True]


def test_an_unsubscribe_that_removed_several_rows_is_replayed_with_the_subscribes_before_it() -> None:
    journal = Journal().subscribe(6, 0.01, 0.02).subscribe(7, 0.1, 0.2).subscribe(8, 0.3, 0.4)
    lines = replay(journal.unsubscribe(1.0, 1.1, rows=3).read_back(None, 12.0))

    assert [line.split()[:2] for line in lines[1:]] == [["im", "/me/subscribe"]] * 2 + [["im", "/me/unsubscribe"]]
    assert ["--generation 7" in lines[1], "--generation 8" in lines[2]] == [True, True]
    assert lines[-1].endswith("# at 01.000 s, and removed 3")


def test_what_is_proven_without_a_write_has_no_replay() -> None:
    journal = Journal().subscribe(7, 0.1, 0.2).add(Call.DELIVERY, 1.0, 1.1, GHOST, register=0).read_back(7, 12.0)
    (example,) = journal.judged().examples

    assert (example.anomaly, example.replay) == ("ghost_token", "")
