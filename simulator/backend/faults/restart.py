from simulator.backend.fault import Fault
from simulator.backend.process import Embedded

FAULT = Fault(
    name="restart",
    description="Ends it as an operator does (SIGTERM): it finishes what is under way.",
    end=Embedded.end,
)
