"""Providers that do as no provider should: HTTP/1.1 over TLS, with the certificate and the credentials of gateways."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from simulator.backend.push.providers import Providers
from simulator.gateways.process import Gateways

TOKEN = b'{"access_token":"ya29","expires_in":3600}'


def answer(status: int, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status} -", f"content-length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


@asynccontextmanager
async def odd(
    gateways: Gateways, folder: Path, answers: bytes, *, tokens: bytes | None = None
) -> AsyncIterator[tuple[Providers, list[str]]]:
    """FCM and Web Push that answer so, and a token endpoint that answers `tokens`; with the paths that were asked."""
    asked: list[str] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        lengths = [line.split(":")[1] for line in head.lower().split("\r\n") if line.startswith("content-length:")]
        await reader.readexactly(int(lengths[0]))
        asked.append(head.split()[1])
        is_token = asked[-1] == "/token"
        writer.write((tokens or answer(200, body=TOKEN)) if is_token else answers)
        await writer.drain()
        writer.close()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    keys = gateways.file.parent
    context.load_cert_chain(keys / "server.pem", keys / "server-key.pem")
    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield Providers.read(elsewhere(gateways, folder, url, f"{url}/token")), asked


def elsewhere(gateways: Gateways, folder: Path, url: str, token_uri: str) -> Path:
    """A gateways.json whose FCM and Web Push are at another URL."""
    said = json.loads(gateways.file.read_text())
    account = json.loads(Path(said["fcm"]["service_account"]).read_text())
    said["fcm"] |= {"url": url, "service_account": str(folder / "account.json")}
    said["web_push"]["url"] = url
    (folder / "account.json").write_text(json.dumps({**account, "token_uri": token_uri}))
    (folder / "gateways.json").write_text(json.dumps(said))
    return folder / "gateways.json"
