"""What the application is made of, and what its calls have in common."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from simulator.backend import reply
from simulator.backend.authentication import Authentication, Keys, Limits
from simulator.backend.client_tokens import ClientTokens
from simulator.backend.parameters import Rules
from simulator.backend.policy import Policy
from simulator.backend.pusher import NoPusher, Payload, Pusher
from simulator.backend.reply import Refused, Reply, invalid_parameter
from simulator.backend.store import Store
from simulator.backend.tables.clients import Clients
from simulator.backend.tables.grants import Grants
from simulator.backend.tables.messages import Messages
from simulator.backend.tables.rooms import Rooms
from simulator.backend.tables.sockets import Sockets

Route = Callable[..., Awaitable[Reply]]  # of headers, body, and what the path has in its {} places
Routes = Mapping[str, Mapping[str, Route]]  # a path as OpenAPI writes it → its methods


@dataclass(frozen=True, slots=True)
class Parts:
    """Made by `of`; a bug may put another part in its place."""

    store: Store
    tokens: ClientTokens
    authentication: Authentication
    pusher: Pusher
    rules: Rules
    clients: Clients
    grants: Grants
    rooms: Rooms
    messages: Messages
    sockets: Sockets

    @classmethod
    def of(
        cls, store: Store, keys: Keys, tokens: ClientTokens, pusher: Pusher | None = None, *, api_limit: int = 0
    ) -> "Parts":
        """The parts around a store, by the store's clock and policy.

        Without a pusher nothing is pushed. `api_limit` is how many calls a minute the API key may make, 0 for any
        number.
        """
        database, policy, clock = store.database, store.policy, store.clock
        grants = Grants(database)
        limits = Limits.of(database, api_limit, policy.client_limit, clock)
        return cls(
            store=store,
            tokens=tokens,
            authentication=Authentication(keys, tokens, grants, policy, limits, clock),
            pusher=pusher or NoPusher(),
            rules=Rules(policy),
            clients=Clients(database),
            grants=grants,
            rooms=Rooms(database),
            messages=Messages(database),
            sockets=Sockets(database, clock),
        )

    @property
    def policy(self) -> Policy:
        """How the open questions are answered."""
        return self.store.policy

    def now(self) -> int:
        """Milliseconds since 1970."""
        return int(self.store.clock() * 1000)

    async def make_sure_of(self, client_ids: Sequence[str]) -> None:
        """That the platform has told of these clients, where that is asked for. Raises Refused and DatabaseError."""
        answer = self.policy.unknown_client
        if answer == "accept" or len(await self.clients.find(client_ids)) == len(set(client_ids)):
            return
        raise Refused(reply.CLIENT_NOT_FOUND) if answer == "404" else invalid_parameter("A client is not known")

    async def tell(self, client_ids: Sequence[str], payload: Payload) -> int | None:
        """Push a chat message's notice; the push's id, or None where nobody is told, for want of people or of room.

        VoIP tokens are for calls and are left alone, and so are devices with a live socket: they have seen it. The
        message stands either way. Raises DatabaseError.
        """
        if not client_ids:
            return None
        try:
            seen = await self.sockets.devices_of(client_ids)
            return await self.pusher.push(client_ids, payload, except_devices=seen, calls=False)
        except Refused:
            return None
