from simulator.backend import reply
from simulator.backend.authentication import Headers
from simulator.backend.client_tokens import digest_of
from simulator.backend.dates import as_json, from_json
from simulator.backend.parameters import Parameters
from simulator.backend.parts import Parts, Routes
from simulator.backend.reply import Refused, Reply, invalid_parameter


class AdminCalls:
    """What the platform asks about its clients and their tokens."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> Routes:
        """The paths and methods of these calls."""
        return {
            "/admin/clients": {"POST": self.add_client},
            "/admin/clients/{client}/token": {"PUT": self.bind, "DELETE": self.revoke},
        }

    async def add_client(self, headers: Headers, body: bytes) -> Reply:
        """`POST /admin/clients`: make or update a client, and issue it a token or bind it the platform's own."""
        await self._parts.authentication.platform(headers)
        rules = self._parts.rules
        parameters = rules.body(headers, body)
        (client_id,) = rules.required(parameters, "_id")
        nickname, avatar_url = rules.optional(parameters, "nickname"), rules.optional(parameters, "avatarUrl")
        issue = rules.flag(parameters, "issueAccessToken")
        token, expires = self._binding(parameters)
        if token and not issue:
            await self._bind(client_id, token, expires)
        client = await self._parts.clients.add(client_id, nickname, avatar_url)
        result = client.document()
        if issue:
            issued = self._parts.tokens.issue(client_id, after=await self._parts.grants.revoked_until(client_id))
            result |= {"token": issued.token, "expirationDate": as_json(issued.expires * 1000)}
        return reply.accepted(result)

    async def bind(self, headers: Headers, body: bytes, client_id: str) -> Reply:
        """`PUT /admin/clients/{client}/token`: bind a token of the platform's own to a client, beside those it has."""
        await self._parts.authentication.platform(headers)
        parameters = self._parts.rules.body(headers, body)
        self._parts.rules.required(parameters, "token")
        token, expires = self._binding(parameters)
        await self._must_be_there(client_id)
        await self._bind(client_id, token, expires)
        dates = {"expirationDate": as_json(expires), "expirationDateMS": expires}
        return reply.accepted({"token": token, "client": client_id, **dates})

    async def revoke(self, headers: Headers, body: bytes, client_id: str) -> Reply:
        """`DELETE /admin/clients/{client}/token`: one token of a client, or all it has by now, are good no more."""
        await self._parts.authentication.platform(headers)
        token = self._parts.rules.optional(self._parts.rules.body_if_any(headers, body), "token")
        if token == "":
            raise invalid_parameter("token is empty: leave it out to revoke all")
        await self._must_be_there(client_id)
        if token is None:
            await self._parts.grants.revoke_all(client_id, self._parts.store.clock())
        else:
            await self._revoke_one(client_id, token)
        return reply.accepted({})

    async def _revoke_one(self, client_id: str, token: str) -> None:
        person = self._parts.tokens.person(token)
        if person == client_id and person is not None:
            await self._parts.grants.revoke(person)
        elif person is not None or not await self._parts.grants.unbind(client_id, digest_of(token)):
            raise Refused(reply.TOKEN_NOT_FOUND)

    async def _must_be_there(self, client_id: str) -> None:
        if not await self._parts.clients.has(client_id):
            raise Refused(reply.CLIENT_NOT_FOUND)

    def _binding(self, parameters: Parameters) -> tuple[str, int]:
        """The token to bind, empty for none, and its end in ms since 1970: after the usual life if it is not said.

        Raises Refused.
        """
        token = self._parts.rules.optional(parameters, "token") or ""
        if not token.isascii() or not token.isprintable() or token != token.strip():
            raise invalid_parameter("token cannot be sent in a header: use printable ASCII characters")
        date = self._parts.rules.optional(parameters, "expirationDate")
        expires = self._parts.now() + int(self._parts.tokens.life * 1000) if date is None else from_json(date)
        if expires is None:
            raise invalid_parameter("expirationDate is no date in ISO 8601")
        return token, expires

    async def _bind(self, client_id: str, token: str, expires: int) -> None:
        # A token that was issued here is good or not by what it says itself.
        ours = self._parts.tokens.is_ours(token)
        if ours or not await self._parts.grants.bind(client_id, digest_of(token), expires, self._parts.store.clock()):
            raise Refused(reply.TOKEN_CONFLICT)
