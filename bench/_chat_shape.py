"""One message as the product's sockets carry it; the baselines send the same form and size."""

from uuid import UUID

BODY = "您好，明天上午到现场核对设备清单，请安排人员配合。"


def body(k: int) -> str:
    """Return the text of message number k; the clients read the number out of it."""
    return f"{k} {BODY}"


def event(room: str, k: int, seq: int) -> dict:
    return {
        "type": "chat", "room": room, "change": seq,
        "message": {
            "id": str(UUID(int=seq)), "seq": seq, "change": seq, "kind": "text", "uuid": str(UUID(int=seq)),
            "author": {"user": UUID(int=1).hex, "name": "演示经理", "role": "客户经理"},
            "body": body(k),
            "at": "2026-11-25T10:00:00.000000+08:00", "time": "10:00", "day": "2026年11月25日",
            "has_actions": True,
        },
    }  # fmt: skip
