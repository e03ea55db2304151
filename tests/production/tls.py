"""A proxy that ends TLS in front of the product, as nginx or a load balancer does in production."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import trustme

Reader, Writer = asyncio.StreamReader, asyncio.StreamWriter


async def _pass_on(source: Reader, target: Writer) -> None:
    """Copy bytes until the source ends."""
    with suppress(ConnectionError, ssl.SSLError):
        while piece := await source.read(65536):
            target.write(piece)
            await target.drain()


async def _serve(visitor: Reader, answer: Writer, port: int) -> None:
    """One request per connection: what it says of the visitor is added, as a trusted proxy does."""
    with suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        first, *headers = (await visitor.readuntil(b"\r\n\r\n"))[:-4].split(b"\r\n")
        dropped = (b"connection:", b"x-forwarded-")
        kept = [line for line in headers if not line.lower().startswith(dropped)]
        said = [b"X-Forwarded-Proto: https", b"X-Forwarded-For: 203.0.113.1", b"Connection: close"]
        product, request = await asyncio.open_connection("127.0.0.1", port)
        request.write(b"\r\n".join([first, *kept, *said, b"", b""]))
        sending = asyncio.create_task(_pass_on(visitor, request))
        await _pass_on(product, answer)
        sending.cancel()
        request.close()
    answer.close()


@contextmanager
def tls_proxy(host: str, port: int) -> Iterator[int]:
    """Speak https for `host`, under a certificate nobody else knows, to the product on `port`; yield the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert(host).configure_cert(context)
    loop = asyncio.new_event_loop()
    # A thread of its own: in this one a browser's loop may be running.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(lambda *ends: _serve(*ends, port), "127.0.0.1", 0, ssl=context)
    server = asyncio.run_coroutine_threadsafe(starting, loop).result(timeout=10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=10)
