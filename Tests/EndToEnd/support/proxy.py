"""A TCP proxy that can go away: the network between Shrinkr and AWS."""

import asyncio
import contextlib
import threading

from .waiting import free_port


class Proxy:
    """Forwards a loopback port to another until told to refuse; runs in a thread of its own."""

    def __init__(self, target_port):
        self.target_port = target_port
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.accepted = 0
        self._server = None
        self._writers = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def __enter__(self):
        self._thread.start()
        self.allow()
        return self

    def __exit__(self, *_):
        self.refuse()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def allow(self):
        """Listens: connections go through."""
        self._call(self._listen())

    def refuse(self):
        """Stops listening and cuts every connection: new ones are refused by the system."""
        self._call(self._close())

    def _call(self, work):
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self):
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", self.port)

    async def _close(self):
        if self._server is None:
            return
        self._server.close()
        self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader, writer):
        self.accepted += 1
        self._writers.add(writer)
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
            self._writers.add(far_writer)
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
            self._drop(far_writer)
        self._drop(writer)

    async def _copy(self, reader, writer):
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
            if writer.can_write_eof():
                writer.write_eof()

    def _drop(self, writer):
        self._writers.discard(writer)
        writer.close()
