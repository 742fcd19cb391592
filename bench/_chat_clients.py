"""The clients of the measurement, in a process of their own: python -m bench._chat_clients.

Reads one JSON command a line and answers each with one. Hundreds of sockets in one loop over epoll, because whoever
counts 100,000 deliveries a second on one core must spend no more than some microseconds on each: the websockets package
does the handshake, and frames of a server are read by hand (RFC 6455, 5.2). Every delivery is checked: its number has
to be the next one of its room on this socket.
"""

import json
import select
import socket
import struct
import sys
import time
from collections import defaultdict
from functools import lru_cache
from statistics import quantiles

from websockets.client import ClientProtocol
from websockets.uri import parse_uri

AT_ONCE = 50  # handshakes
PER_ADDRESS = 150  # sockets from one address of the loopback: the product admits 200
PATIENCE = 30
MASK = b"\0\0\0\0"


@lru_cache(4096)
def messages_in(payload: bytes) -> list:
    """Return [(room, k, seq)] of a frame; the same frame goes to many."""
    events = json.loads(payload)
    events = events if isinstance(events, list) else [events]
    chats = [event for event in events if event["type"] == "chat"]
    return [(event["room"], int(event["message"]["body"].split()[0]), event["change"]) for event in chats]


def frame(opcode: int, payload: bytes) -> bytes:
    size = len(payload)
    head = bytes([0x80 | opcode, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
    return head + MASK + payload


class Client:
    """One socket; `seq` is the number of the newest message it got."""

    def __init__(self, number, port, path, cookie):
        self.socket = socket.create_connection(
            ("127.0.0.1", port), PATIENCE, (f"127.0.0.{2 + number // PER_ADDRESS}", 0)
        )
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.protocol = ClientProtocol(parse_uri(f"ws://127.0.0.1:{port}{path}"), origin=f"http://127.0.0.1:{port}")
        request = self.protocol.connect()
        if cookie:
            request.headers["Cookie"] = cookie
        self.protocol.send_request(request)
        self.socket.sendall(b"".join(self.protocol.data_to_send()))
        self.seq, self.rest = None, b""

    def finish(self):
        """Wait for the answer to the handshake."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            if not more:
                raise SystemExit(f"handshake refused: {data[:200]}")
            data += more
        head, self.rest = data.split(b"\r\n\r\n", 1)
        self.protocol.receive_data(head + b"\r\n\r\n")
        if self.protocol.handshake_exc:
            raise self.protocol.handshake_exc
        self.socket.setblocking(False)

    def send(self, text):
        self.socket.sendall(frame(1, text.encode()))

    def frames(self):
        """Read what is there; yield the payload of each whole frame of text."""
        data = self.rest + self.socket.recv(1 << 18)
        place, end = 0, len(data)
        while end - place >= 2:
            opcode, size, start = data[place] & 15, data[place + 1], place + 2
            if size == 126:
                if end - place < 4:
                    break
                size, start = int.from_bytes(data[place + 2 : place + 4], "big"), place + 4
            elif size == 127:
                if end - place < 10:
                    break
                size, start = int.from_bytes(data[place + 2 : place + 10], "big"), place + 10
            if end - start < size:
                break
            place = start + size
            if opcode == 1:
                yield data[start:place]
            elif opcode == 9:
                self.socket.sendall(frame(10, data[start:place]))
            elif opcode == 8:
                raise SystemExit(f"closed by the server: {data[start:place]}")
        self.rest = data[place:]


class Clients:
    """All sockets of one server, and the one that has messages written."""

    def __init__(self, *, port, sockets, fronts):
        """`sockets`: [(room, path, cookie)]; with `fronts` each says that it shows its room."""
        self.poll, self.by_fd, self.sizes = select.epoll(), {}, defaultdict(int)
        for start in range(0, len(sockets), AT_ONCE):
            part = [
                Client(start + number, port, path, cookie)
                for number, (_, path, cookie) in enumerate(sockets[start : start + AT_ONCE])
            ]
            for client in part:
                client.finish()
                self.by_fd[client.socket.fileno()] = client
                self.poll.register(client.socket, select.EPOLLIN)
            self.listen(0.001)  # pings want answers
        for (room, *_), client in zip(sockets, self.by_fd.values(), strict=True):
            self.sizes[room] += 1
            if fronts:
                client.send(json.dumps({"front": room}))
                self.listen(0.002)
        self.driver = Client(0, port, "/bench/", None)
        self.driver.finish()
        self.by_fd[self.driver.socket.fileno()] = self.driver
        self.poll.register(self.driver.socket, select.EPOLLIN)
        self.rooms, self.asked = list(self.sizes), defaultdict(int)
        self.waiting, self.times, self.wrong = {}, {}, 0
        self.delays = []

    def ask(self, row):
        """Have the next message written, in the rooms in turn."""
        room = self.rooms[len(self.times) % len(self.rooms)]
        self.asked[room] += 1
        key = room, self.asked[room]
        self.waiting[key] = self.sizes[room]
        self.times[key] = time.perf_counter()
        self.driver.send(json.dumps({"room": room, "k": key[1], "row": row}))

    def listen(self, seconds, window=0, row=False):
        """Take what comes within the time; with a window, have a new message written for each that all have got."""
        end, count = time.perf_counter() + seconds, 0
        while (now := time.perf_counter()) < end:
            for fd, _ in self.poll.poll(min(0.01, end - now)):
                client = self.by_fd[fd]
                for payload in client.frames():
                    for message in messages_in(payload):
                        count += 1
                        if self.take(client, message):
                            for _ in range(window - len(self.waiting)):
                                self.ask(row)
        return count

    def take(self, client, message):
        """Check one delivery; return whether everybody has the message now."""
        room, k, seq = message
        if client.seq is not None and seq != client.seq + 1:
            self.wrong += 1
        client.seq = seq
        self.delays.append(time.perf_counter() - self.times[room, k])
        left = self.waiting[room, k] = self.waiting.get((room, k), 0) - 1
        if left == 0:
            del self.waiting[room, k]
        return left == 0

    def saturate(self, *, seconds, window, row):
        """Deliveries a second with so many messages under way."""
        self.begin()
        for _ in range(window):
            self.ask(row)
        self.listen(min(1, seconds / 4), window, row)
        started = time.perf_counter()
        count = self.listen(seconds, window, row)
        rate = count / (time.perf_counter() - started)
        facts = self.settle()
        return {"rate": rate, "deliveries": len(self.delays), **facts}

    def pace(self, *, seconds, each, row):
        """Delays at a fixed rate, in ms, from asking to arrival."""
        self.begin()
        for _ in range(int(seconds / each)):
            self.ask(row)
            self.listen(each)
        facts = self.settle()
        cuts = quantiles(self.delays, n=100)
        return {"p50": 1000 * cuts[49], "p99": 1000 * cuts[98], **facts}

    def begin(self):
        """Forget the delays; what comes next is numbered by itself."""
        self.delays.clear()
        for client in self.by_fd.values():
            client.seq = None

    def settle(self):
        """Wait for what is under way; return how much was lost and how much came wrongly, of all that was asked."""
        end = time.perf_counter() + PATIENCE
        while self.waiting and time.perf_counter() < end:
            self.listen(0.05)
        self.listen(0.2)
        lost = sum(left for left in self.waiting.values() if left > 0)
        doubled = -sum(left for left in self.waiting.values() if left < 0)
        self.waiting.clear()
        return {"lost": lost, "doubled": doubled, "disorder": self.wrong, "asked": len(self.times)}


def main():
    clients = None
    while True:
        while clients and not select.select([sys.stdin], [], [], 0)[0]:
            clients.listen(0.2)  # the server's pings want answers
        if not (line := sys.stdin.readline()):
            return
        command = json.loads(line)
        act = command.pop("act")
        if act == "open":
            started = time.perf_counter()
            clients = Clients(**command)
            answer = {"seconds": time.perf_counter() - started}
        else:
            answer = getattr(clients, act)(**command)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
