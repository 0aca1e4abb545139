from simulator.backend.bug import Bug
from simulator.backend.client_tokens import ClientTokens


class _ForEver(ClientTokens):
    def has_expired(self, expires: float) -> bool:  # noqa: ARG002 - that is the bug
        return False


BUG = Bug(
    name="expired-token-accepted",
    description="Takes a client token that has expired.",
    shows=("contract_breach",),
    tokens=_ForEver,
    options=("--scenario", "expired_session", "--scenario", "app_launch=1"),
    scenario="expired_session",
)
