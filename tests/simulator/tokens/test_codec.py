import threading

import numpy as np

from simulator.tokens import codec
from simulator.tokens.codec import PLAIN, Permutation
from simulator.tokens.provenance import Provenance
from simulator.tokens.types import PushType

WRITE = Provenance(fleet=9, run=2, device=7, install=1, type=PushType.IOS, generation=3)


def test_the_head_alone_names_the_write() -> None:
    assert codec.peek(codec.seal(WRITE)[:16], [PushType.IOS]) == WRITE


def test_a_head_of_another_type_is_not_believed() -> None:
    assert codec.peek(codec.seal(WRITE)[:16], [PushType.FCM]) is None


def test_a_head_of_another_version_or_of_no_run_or_generation_is_not_believed() -> None:
    heads = Permutation("head")
    plain = np.zeros(4, PLAIN)
    plain["type"], plain["version"], plain["value"] = 1, [1, 2, 1, 1], [1 << 20 | 1, 1 << 20 | 1, 1, 1 << 20]
    assert [codec.peek(heads.encrypt(row.tobytes()), [PushType.IOS]) is not None for row in plain] == [
        True,
        False,
        False,
        False,
    ]
    assert codec.plausible(plain, [PushType.IOS]).tolist() == [True, False, False, False]


def test_many_blocks_are_those_of_each() -> None:
    writes = [Provenance(9, 2, device, 1, PushType.IOS, 3) for device in range(5)]
    plain = np.array([(1, 1, 1, write.value, 9, write.device) for write in writes], PLAIN)
    assert [block.tobytes() for block in codec.seal_many(plain)] == [codec.seal(write) for write in writes]


def test_neighbouring_writes_share_nothing_visible() -> None:
    blocks = {codec.seal(Provenance(9, 2, 7, 1, PushType.IOS, generation))[:4] for generation in range(1, 1000)}
    assert len(blocks) == 999


def test_any_number_of_threads_may_encrypt_large_buffers_at_once() -> None:
    permutation, buffer, failures = Permutation("threads"), bytes(1 << 16), list[Exception]()
    expected = permutation.encrypt(bytes(16)) * (1 << 12)

    def work() -> None:
        try:
            assert all(permutation.encrypt_many(buffer) == expected for _ in range(200))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
