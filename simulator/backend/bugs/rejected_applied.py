from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.bug import Bug
from simulator.backend.parameters import TYPES
from simulator.backend.reply import Refused, Reply


class _RejectedApplied(App):
    async def subscribe(self, headers: Headers, body: bytes) -> Reply:
        try:
            return await super().subscribe(headers, body)
        except Refused:
            person, (push_type, token, device_id) = await self._half_read(headers, body)
            if person and push_type and token and device_id:
                await self.store.subscribe(person, push_type, device_id, token)
            raise

    async def unsubscribe(self, headers: Headers, body: bytes) -> Reply:
        try:
            return await super().unsubscribe(headers, body)
        except Refused:
            person, (push_type, _, device_id) = await self._half_read(headers, body)
            if person and push_type and device_id:
                await self.store.unsubscribe(person, push_type, device_id)
            raise

    async def _half_read(self, headers: Headers, body: bytes) -> tuple[str | None, list[str]]:
        """Who asks, and what for, without a look at what else is said; empty for what is not there."""
        person = await self.parts.authentication.confirmed(headers)
        said = self.parts.rules.body(headers, body)
        values = [said.get(name) for name in ("type", "token", "deviceId")]
        texts = [value if isinstance(value, str) and len(value) < 4096 else "" for value in values]
        return person, [texts[0] if texts[0] in TYPES else "", *texts[1:]]


BUG = Bug(
    name="rejected-applied",
    description="Does what a request asks for, and then refuses it for what else it says.",
    shows=("rejected_write_applied",),
    app=_RejectedApplied,
    options=("--scenario", "bad_requests=2", "--scenario", "app_launch=1"),
    scenario="bad_requests",
)
