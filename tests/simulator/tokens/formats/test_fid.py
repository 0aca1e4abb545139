from base64 import urlsafe_b64decode

import numpy as np

from simulator.tokens import Provenance, PushType, Status, decode, decode_many, mint

WRITES = [Provenance(9, 2, device, 1, PushType.FCM, 3) for device in range(300)]


def test_it_is_built_as_firebase_builds_installation_ids() -> None:
    ids = [mint(write, form="fid") for write in WRITES]
    assert {len(each) for each in ids} == {22}
    assert {urlsafe_b64decode(each + "==")[0] for each in ids} == set(range(0x70, 0x80))


def test_it_names_its_write_and_rotates_with_it() -> None:
    assert [decode(mint(write, form="fid")) for write in WRITES] == WRITES
    assert len({mint(write, form="fid") for write in WRITES}) == len(WRITES)


def test_in_bulk_too() -> None:
    found = decode_many([mint(write, form="fid") for write in WRITES])
    assert found.register.tolist() == [write.register for write in WRITES]
    assert found.value.tolist() == [write.value for write in WRITES]


def test_made_up_ids_hardly_ever_pass_for_ours() -> None:
    rng = np.random.default_rng(5)
    alphabet = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", np.uint8)
    made_up = alphabet[rng.integers(0, 64, (100_000, 22))]
    made_up[:, 0] = ord("d")
    found = decode_many(made_up.view("S22").ravel())
    assert np.count_nonzero(found.status == Status.MINTED) < 15  # one in 32,768 claims to be of some fleet
    assert np.count_nonzero(found.fleet == 9) == 0
