from simulator.backend.fault import Fault
from simulator.backend.process import Embedded

FAULT = Fault(
    name="kill",
    description="Kills all of its processes at once (SIGKILL), whatever they are doing.",
    end=Embedded.kill,
)
