"""A real SMTP server for tests: takes mail on a free port of loopback, and misbehaves on request."""

import asyncio
import threading
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Sink:
    """What has arrived. `refusals` maps a recipient to the answer RCPT gives; `hang_up` cuts after DATA."""

    port: int = 0
    received: list[Envelope] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.received.append(envelope)
        if self.hang_up:
            server.transport.abort()
        return "250 kept"


class SinkServer:
    """Runs a Sink in a thread of its own, on a port the system picks."""

    def __init__(self) -> None:
        self.sink = Sink()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._ready = threading.Event()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.run_forever()

    async def _serve(self) -> None:
        factory = lambda: SMTP(self.sink, enable_SMTPUTF8=True)  # noqa: E731 - its caller wants a callable
        server = await self._loop.create_server(factory, "127.0.0.1", 0)
        self.sink.port = server.sockets[0].getsockname()[1]
        self._ready.set()

    def __enter__(self) -> Sink:
        self._thread.start()
        self._ready.wait(5)
        return self.sink

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
