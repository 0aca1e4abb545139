"""The journal: every operation, delivery and read-back row, one fixed-width record each.

While a run lasts each worker appends to an Arrow IPC stream of its own (`Writer`), at most a second behind and readable
up to the last batch after a kill. `load` reads whatever a run left; `compact` turns the streams into one Parquet file.
"""

from results.journal.reader import Journal, Part, Source, load, source, under_way
from results.journal.storage import compact, load_read_back, read_back_path, write_read_back
from results.journal.writer import Writer

__all__ = [
    "Journal",
    "Part",
    "Source",
    "Writer",
    "compact",
    "load",
    "load_read_back",
    "read_back_path",
    "source",
    "under_way",
    "write_read_back",
]
