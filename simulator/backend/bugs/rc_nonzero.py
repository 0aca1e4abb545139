from typing import Final

from simulator.backend.app import App
from simulator.backend.authentication import Headers
from simulator.backend.bug import Bug, Share
from simulator.backend.parts import Parts
from simulator.backend.reply import Reply

_SHARE: Final = 0.03
_ANSWER: Final = Reply(200, b'{"RC":1,"RM":"ERROR","result":{}}')


class _RcNonzero(App):
    def __init__(self, parts: Parts) -> None:
        super().__init__(parts)
        self._share = Share("rc-nonzero", _SHARE)

    async def subscribe(self, headers: Headers, body: bytes) -> Reply:
        return self._spoilt(await super().subscribe(headers, body))

    async def unsubscribe(self, headers: Headers, body: bytes) -> Reply:
        return self._spoilt(await super().unsubscribe(headers, body))

    def _spoilt(self, answer: Reply) -> Reply:
        return _ANSWER if self._share.hit() else answer


BUG = Bug(
    name="rc-nonzero",
    description="Answers three in a hundred writes that it has applied with status 200 and RC 1.",
    shows=("contract_breach",),
    app=_RcNonzero,
    scenario="app_launch",
)
