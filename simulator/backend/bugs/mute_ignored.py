from simulator.backend import reply
from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.bug import Bug
from simulator.backend.parts import Routes
from simulator.backend.reply import Reply


class _MuteIgnored(App):
    def routes(self) -> Routes:
        routes = dict(super().routes())
        routes["/me/mute/{room}"] = {**routes["/me/mute/{room}"], "POST": self._forget}
        return routes

    async def _forget(self, headers: Headers, _: bytes, room_id: str) -> Reply:
        await self.parts.authentication.person(headers)
        return reply.accepted({"mute": [room_id]})


BUG = Bug(
    name="mute-ignored",
    description="Says OK to who mutes a room, and pushes its messages to them all the same.",
    shows=("cross_user_leak",),
    app=_MuteIgnored,
    options=("--devices", "100", "--readback", "push?share=0", "--scenario", "chat_message"),
    scenario="chat_message",
)
