"""A wire that fails: a TCP proxy that cuts answers, or lets nothing through in one direction."""

import asyncio
from contextlib import suppress


class Wire:
    """`cut` is how many answers will be cut at their first byte; while `deaf`, nothing comes from the server; while
    `down`, nobody can connect."""

    def __init__(self, port):
        self.upstream, self.cut, self.was_cut, self.deaf, self.down = port, 0, 0, False, False
        self._writers = set()

    async def open(self):
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def close(self):
        self.server.close()
        self.break_all()

    def break_all(self):
        """Reset every connection."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def _serve(self, reader, writer):
        if self.down:
            writer.transport.abort()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        self._writers |= {writer, up_writer}
        try:
            ways = {asyncio.ensure_future(self._pass(reader, up_writer)),
                    asyncio.ensure_future(self._pass(up_reader, writer, answers=True))}  # fmt: skip
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
        finally:
            for each in (writer, up_writer):
                self._writers.discard(each)
                with suppress(OSError):
                    each.close()

    async def _pass(self, reader, writer, answers=False):
        with suppress(OSError):
            while data := await reader.read(65536):
                if answers and self.cut:
                    self.cut -= 1
                    self.was_cut += 1
                    writer.transport.abort()
                    return
                while answers and self.deaf:
                    await asyncio.sleep(0.1)
                writer.write(data)
                await writer.drain()
