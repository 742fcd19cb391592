"""How quickly the chat reaches its people, beside two baselines: dev.py bench chat [rounds].

Ours is the whole site under uvicorn. The baselines are a consumer as in the tutorials (_chat_tutorial.py) and a bare
broadcast under uvicorn without any framework (_chat_bare.py). All have the same sockets, frames and way of asking for
a message, and run in turn, each server alone on one core; clients, PostgreSQL and Valkey are on the other.

"fan-out": what a message costs once it is there, no row in any of the three. "with rows": a row per message in
PostgreSQL; ours by chat.messaging.posting.post with all its rules (numbers, rights, limits, notices), the tutorial's by
the ORM, the bare one's by one INSERT. In small rooms the baselines have no rules to keep, so what ours cost is told
without a goal; in the one room messages that come together share a transaction, and the goals count.
Saturated: so many messages under way that the server is never idle; deliveries a second. Paced: 10 messages a second;
ms from asking to arrival. Medians of the rounds. Nothing of ours may be lost, doubled or out of order.
"""

import json
import subprocess
import sys
import time
from statistics import median

from bench import _chat_world as world

world.set_up("chat")

from bench import _chat_people as town  # noqa: E402 - needs the settings

ROUNDS = 3
TUTORIAL_GOAL, BARE_GOAL, DELAY_GOAL, NO_GOALS = 10, 0.6, 3, (None, None)
NAMES = ("ours", "tutorial", "bare")
APPLICATIONS = {
    "ours": "bench._chat_poster:application",
    "tutorial": "bench._chat_tutorial:application",
    "bare": "bench._chat_bare:application",
}
PACE = {"each": 0.1, "seconds": 3}


class Side:
    """One server and its clients."""

    def __init__(self, name, sockets, fronts):
        self.server = world.Server(APPLICATIONS[name])
        time.sleep(1)
        before = self.server.memory
        self.clients = subprocess.Popen(
            [sys.executable, "-m", "bench._chat_clients"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.opened = self.do("open", port=self.server.port, sockets=sockets, fronts=fronts)["seconds"]
        self.per_socket = (self.server.memory - before) / len(sockets) / 1024
        self.faults = []

    def do(self, act, **arguments):
        self.clients.stdin.write(json.dumps({"act": act, **arguments}) + "\n")
        self.clients.stdin.flush()
        line = self.clients.stdout.readline()
        if not line:
            raise SystemExit(f"the clients ended; the server says:\n{self.server.log.read_text()[-3000:]}")
        answer = json.loads(line)
        if "lost" in answer:
            self.faults.append([answer[fault] for fault in ("lost", "doubled", "disorder")])
            self.asked = answer["asked"]
        return answer

    def end(self):
        self.clients.stdin.close()
        self.clients.wait()
        self.server.stop()


def open_shape(name, rooms, people, per_person, fronts=True):
    """Make rooms of so many people with so many sockets each, and open them at the three servers.

    Of a message everybody else gets a notice but for those who have the room in front (`fronts`) or 免打扰.
    """
    started = time.monotonic()
    users = town.make_people(rooms * people, first=open_shape.made)
    open_shape.made += len(users)
    groups = [users[start : start + people] for start in range(0, len(users), people)]
    places = [str(room.pk) for room in town.make_rooms(groups, muted=not fronts)]
    own, others = [], []
    for place, group in zip(places, groups, strict=True):
        for user in group:
            cookie = town.log_in(user)
            own += [(place, "/ws/notices/", cookie)] * per_person
        others += [(place, f"/{place}/", None)] * people * per_person
    sides = {side: Side(side, own if side == "ours" else others, fronts and side == "ours") for side in NAMES}
    opened = ", ".join(f"{side} {each.opened:.1f} s" for side, each in sides.items())
    print(f"{name}: ready after {time.monotonic() - started:.0f} s (opening: {opened})", file=sys.stderr)
    return sides


open_shape.made = 0


def saturate(case, sides, rounds, goals, **how):
    """Compare the rates of the three in turn; `cpu` is how many µs of the server's core one delivery cost."""
    rates, costs = {name: [] for name in NAMES}, {name: [] for name in NAMES}
    for name in NAMES * rounds:
        side, before = sides[name], sides[name].server.cpu
        answer = side.do("saturate", **how)
        rates[name].append(answer["rate"])
        costs[name].append(1e6 * (side.server.cpu - before) / answer["deliveries"])
    rates, costs = ({name: round(median(values)) for name, values in each.items()} for each in (rates, costs))
    holds = []
    for name, goal in zip(NAMES[1:], goals, strict=True):
        ours, baseline = rates["ours"], rates[name]
        facts = {"ours": ours, "baseline": baseline, "unit": "deliveries/s", "ratio": round(ours / baseline, 2)}
        facts |= {"goal": goal, "cpu": [costs["ours"], costs[name]]}
        holds.append(
            world.say(case=f"{case}, saturated, beside the {name}", **facts, holds=ours >= (goal or 0) * baseline)
        )
    return all(holds)


def pace(case, sides, rounds, goal, **how):
    """Compare the delays of the three in turn: the medians of the rounds' percentiles."""
    found = {name: {"p50": [], "p99": []} for name in NAMES}
    for name in NAMES * rounds:
        answer = sides[name].do("pace", **PACE, **how)
        for cut, values in found[name].items():
            values.append(answer[cut])
    holds = []
    for cut in ("p50", "p99"):
        ours, tutorial, bare = (median(found[name][cut]) for name in NAMES)
        wanted = goal if cut == "p99" else None
        facts = {"ours": round(ours, 1), "baseline": round(bare, 1), "tutorial": round(tutorial, 1), "unit": "ms"}
        facts |= {"ratio": round(ours / bare, 2), "goal": wanted}
        holds.append(world.say(case=f"{case}, 10 a second, {cut}", **facts, holds=not wanted or ours <= wanted * bare))
    return all(holds)


def finish(case, sides):
    """Tell what was lost, what is in the database, and what a socket costs; stop the servers."""
    holds = []
    lost = {name: sum(side.faults[-1][1:]) + sum(fault[0] for fault in side.faults) for name, side in sides.items()}
    facts = {"ours": lost["ours"], "baseline": lost["bare"], "tutorial": lost["tutorial"], "unit": "messages"}
    holds.append(world.say(case=f"{case}, lost or doubled or out of order", **facts, goal=0, holds=lost["ours"] == 0))
    memory = {name: round(side.per_socket, 1) for name, side in sides.items()}
    facts = {"ours": memory["ours"], "baseline": memory["bare"], "tutorial": memory["tutorial"], "unit": "KiB"}
    ratio = round(memory["ours"] / memory["bare"], 2)
    holds.append(world.say(case=f"{case}, memory per socket", **facts, ratio=ratio, goal=None, holds=True))
    for side in sides.values():
        side.end()
    return all(holds)


def large_room(rounds):
    case = "one room of 500"
    sides = open_shape(case, rooms=1, people=50, per_person=10)
    goals = TUTORIAL_GOAL, BARE_GOAL
    holds = [saturate(f"{case}, fan-out", sides, rounds, goals, seconds=2, window=4, row=False)]
    holds.append(pace(f"{case}, fan-out", sides, rounds, DELAY_GOAL, row=False))
    holds.append(saturate(f"{case}, with rows", sides, rounds, goals, seconds=2, window=40, row=True))
    holds.append(pace(f"{case}, with rows", sides, rounds, None, row=True))
    return [*holds, finish(case, sides)]


def small_rooms(case, rounds, **shape):
    sides = open_shape(case, people=5, per_person=1, **shape)
    holds = [saturate(f"{case}, with rows", sides, rounds, NO_GOALS, seconds=3, window=20, row=True)]
    holds.append(pace(f"{case}, with rows", sides, rounds, None, row=True))
    return [*holds, finish(case, sides)]


def main(rounds=ROUNDS):
    rounds = int(rounds)
    holds = large_room(rounds)
    holds += small_rooms("100 rooms of 5", rounds, rooms=100)
    holds += small_rooms("1000 rooms of 5", rounds, rooms=1000, fronts=False)
    return int(not all(holds))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
