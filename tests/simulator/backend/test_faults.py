"""What `--backend-fault` can do: each a file of its own name."""

import re
from pathlib import Path

from simulator.backend.faults import FAULTS
from simulator.backend.faults import __path__ as folder


def test_every_file_is_a_fault_of_its_own_name_that_describes_itself_in_one_sentence() -> None:
    files = {path.stem for place in folder for path in Path(place).glob("*.py")} - {"__init__"}
    assert files == set(FAULTS) == {"kill", "restart"}
    assert all(re.fullmatch(r"[A-Z][^.]+\.", fault.description) for fault in FAULTS.values())
