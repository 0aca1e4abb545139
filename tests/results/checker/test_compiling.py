"""A judge that was updated must not judge by the machine code of the old one."""

from pathlib import Path
from typing import Any

import numba

from results.checker.kernel.compiling import stamp


def test_a_change_in_any_source_of_the_kernel_means_a_cache_of_its_own(tmp_path: Path) -> None:
    sources = [tmp_path / "one.py", tmp_path / "two.py"]
    for path in sources:
        path.write_text("x = 1\n")
    before = stamp(sources)
    sources[1].write_text("x = 2\n")

    assert stamp(sources) != before
    settings: Any = numba.config
    assert Path(settings.CACHE_DIR).name.startswith("kernel-")
