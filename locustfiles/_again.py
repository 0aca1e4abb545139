"""What a run was asked for, in terms of `pushfleet run`: what does the same once more."""

from collections.abc import Mapping
from typing import Any, Final

from locustfiles._push_readback import is_push
from locustfiles._specs import shown
from simulator.backend.stores import StoreSpec
from simulator.networks import NONE
from simulator.sdks import NO_SDK

# Not worth telling again.
_USUAL: Final = {
    "arrivals": "poisson",
    "max_in_flight": "1000",
    "timeout": "",  # one that is asked for bounds SDKs' own
    "backend_processes": "1",
    "network": NONE,
    "sdk": NO_SDK.name,
}
_AS_SAID: Final = (
    *("fleet", "shape", "mix", "scenario", "scenarios", "bug", "backend_fault", "gateway_fault"),
    *("ca_file", "insecure", "connect_timeout", "handshake_timeout", "first_byte_timeout"),
)


def again(options: Mapping[str, Any], proxy: str) -> dict[str, Any]:
    """Options without secrets; what Locust was told in its own terms is told in ours. They must have been checked.

    `proxy` is the one that the run goes through, without its user and password: the environment's is not always.
    """
    users, processes, seconds = (options.get(name) for name in ("num_users", "processes", "run_time"))
    closed = options.get("closed")
    amount = {"users": users} if closed else {"rate": _rate(users, options.get("rate_per_user"))}
    said = {
        **amount,
        "run_time": f"{seconds}s" if seconds else None,
        "processes": processes,
        **{name: options.get(name) or None for name in _AS_SAID},
        "proxy": proxy or None,
        "readback": [spec if is_push(spec) else shown(spec) for spec in options.get("readback") or []] or None,
        "store": StoreSpec.parse(options["store"]).describe() if options.get("store") else None,
        "think_time": options.get("think_time") if closed else None,
        **{name: options.get(name) for name, usual in _USUAL.items() if options.get(name) not in (None, "", usual)},
    }
    return {name: value for name, value in said.items() if value is not None}


def _rate(users: Any, per_user: Any) -> float | int | None:  # noqa: ANN401 - as typed, or as Locust read it
    try:
        rate = float(users) * float(per_user or 1)
    except (TypeError, ValueError):
        return None
    return round(rate) if abs(rate - round(rate)) < 1e-9 else rate
