"""What is said in a room, and whom it is pushed to."""

from typing import Final

from simulator.backend import reply
from simulator.backend.parts import Parts
from simulator.backend.pusher import Payload
from simulator.backend.reply import Refused
from simulator.backend.tables.clients import Client
from simulator.backend.tables.messages import Message
from simulator.backend.tables.rooms import new_id

_SHOWN: Final = 500  # characters of a message in its push: APNs takes 4,096 bytes in all


async def post(
    parts: Parts, room_id: str, sender: str | None, message_type: str, text: str, *, push: bool = True
) -> tuple[Message, int | None]:
    """Say something in a room, and push it to the other members who have not muted it; the message, the push's id.

    The alert is localised by the app: its key is im_loc_<messageType>, its arguments are the sender's nickname, empty
    for the platform, and the text, in the order of IMKIT's page on push payloads. Raises Refused and DatabaseError.
    """
    sent_by = None if sender is None else str(sender)
    message = Message(new_id(), room_id, sent_by, message_type, text, parts.now())
    if not await parts.messages.post(message):
        raise Refused(reply.ROOM_NOT_FOUND)
    if not push:
        return message, None
    name = "" if sent_by is None else (await parts.clients.find([sent_by])).get(sent_by, Client(sent_by)).name
    alert = {"loc-key": f"im_loc_{message_type}", "loc-args": [name, text[:_SHOWN]]}
    return message, await parts.tell(await parts.rooms.receivers(room_id, sent_by), Payload(alert=alert))
