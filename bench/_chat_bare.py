"""Baseline: sockets and a loop under uvicorn, with no framework: the least that a broadcast can cost.

Each socket belongs to the room of its path; a frame on /bench/ is written to PostgreSQL where a row is wanted (one
INSERT, psycopg, one connection) and sent to the room's sockets one after the other, encoded once.
"""

import json
import os
from collections import defaultdict

import psycopg

from bench import _chat_shape as shape

_rooms, _seqs = defaultdict(set), defaultdict(int)
_database = []


async def keep(room, seq, body):
    if not _database:
        _database.append(await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True))
        await _database[0].execute(
            "CREATE TABLE IF NOT EXISTS bare (room text, seq int, body text, PRIMARY KEY (room, seq))"
        )
    await _database[0].execute("INSERT INTO bare VALUES (%s, %s, %s)", [room, seq, body])


async def broadcast(room, k, row):
    _seqs[room] += 1
    event = shape.event(room, k, _seqs[room])
    if row:
        await keep(room, event["change"], shape.body(k))
    text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    for send in list(_rooms[room]):
        await send({"type": "websocket.send", "text": text})


async def application(scope, receive, send):
    room = scope["path"].strip("/")
    await receive()
    await send({"type": "websocket.accept"})
    if room != "bench":
        _rooms[room].add(send)
    while (message := await receive())["type"] != "websocket.disconnect":
        if message.get("text") and room == "bench":
            await broadcast(*json.loads(message["text"]).values())
    _rooms[room].discard(send)
