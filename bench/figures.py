"""The figures of all rounds, what ratios they make, and the goals they are held against."""
import json
import statistics
from collections import namedtuple

SIZES = ("64 B", "256 KB", "8.3 MB", "33 MB")
SIZE_BYTES = dict(zip(SIZES, (64, 262144, 8294400, 33177600)))
FAN_OUT_SIZES = ("64 B", "8.3 MB")
PICTURES = ("64x64", "256x256", "640x480", "1920x1080")

# over: the figure it is divided by, or None; pick: what becomes of the rounds
Goal = namedtuple("Goal", "text figure over most unit pick", defaults=(statistics.median,))


def publish_goals():
    for mode in ("no reader", "reader holds a frame", "reader spins"):
        yield Goal("publish, time stamp included (%s)" % mode, ("publish", "publish", mode, "64 B"), None, 0.08, "us")


def latency_goals():
    way = "in place, spinning"
    for size in SIZES:
        yield Goal("%s in place to a spinning reader / one-way cache line" % size,
                   ("latency", "tachy", way, size), ("latency", "cache line", way, size), 2.5, "x")


def iceoryx2_goals():
    def against(text, area, mode, size, most):
        return Goal("%s / iceoryx2's" % text, (area, "tachy", mode, size), (area, "iceoryx2", mode, size), most, "x")
    for mode, text, most in (("in place, spinning", "a spinning", 0.7), ("in place, sleeping", "a sleeping", 1.0)):
        for size in SIZES:
            yield against("%s in place to %s reader" % (size, text), "latency", mode, size, most)
    for size in FAN_OUT_SIZES:
        for readers in (4, 16):
            yield against("%s in place to the last of %d sleeping readers" % (size, readers), "fan-out",
                          "%d sleeping, last view" % readers, size, 1.0)
    for mode, most in (("no reader", 0.5), ("1 spinning", 0.5), ("1 sleeping", 0.7), ("4 sleeping", 0.7),
                       ("16 sleeping", 0.7)):
        yield against("publish call, %s" % mode, "fan-out", mode + ", call", "64 B", most)


def other_goals():
    mode = "16 sleeping, call"
    yield Goal("publish that wakes 16 sleepers / 16 sem_post", ("fan-out", "tachy", mode, "64 B"),
               ("fan-out", "sem_post for each", mode, "64 B"), 0.4, "x")
    yield Goal("attach to 8 slots of 33 MB, warm", ("attach", "tachy", "warm", "33 MB"), None, 500, "us")
    stall = ("stall", "writer stands still", "", "64 B")
    yield Goal("stall after a lossless reader's SIGKILL / until the kernel lets its lock go", stall,
               ("stall", "the kernel keeps a lock", "", "64 B"), 1.5, "x")
    yield Goal("longest stall of all rounds / lossless_wait_ns", ("stall", "longest stall", "", "64 B"),
               ("stall", "lossless_wait_ns", "", "64 B"), 1.0, "x", max)


def render_goals():
    for size in PICTURES[:3]:
        yield Goal("%s: three planes / colour alone" % size, ("render", "3 planes", "delivering", size),
                   ("render", "1 plane", "delivering", size), 1.25, "x")
    for planes in ("1 plane", "3 planes"):
        for size in PICTURES:
            yield Goal("%s, %s: delivering / not delivering" % (size, planes), ("render", planes, "delivering", size),
                       ("render", planes, "not delivering", size), 1.05, "x")


GOALS = [*publish_goals(), *latency_goals(), *iceoryx2_goals(), *other_goals(), *render_goals()]


class Results:
    """Figures by key (area, case, mode, size); each has one value per round, None where it is missing."""

    def __init__(self, rounds):
        self.rounds = self.done = rounds
        self.values, self.units, self.missing, self.facts = {}, {}, {}, {}
        self.asked = ()  # areas: what does not come is still a goal

    def add(self, number, rows):
        for row in rows:
            if "text" in row:
                self.facts[row["case"]] = row["text"]
                continue
            key = (row["area"], row["case"], row["mode"], row["size"])
            if "missing" in row:
                self.missing[key] = row["missing"]
                continue
            self.values.setdefault(key, [None] * self.rounds)[number] = row["value"]
            self.units[key] = row["unit"]

    def has(self, area):
        return any(key[0] == area for key in (*self.values, *self.missing))

    def value(self, key, over=None, pick=statistics.median):
        """The median over the rounds of a figure, or of its ratio to another within each round; None without any."""
        values = [value for value in self.per_round(key, over) if value is not None]
        return pick(values) if values else None

    def per_round(self, key, over=None):
        nothing = [None] * self.rounds
        values = self.values.get(key, nothing)
        if over is None:
            return values
        pairs = zip(values, self.values.get(over, nothing))
        return [value / other if value is not None and other else None for value, other in pairs]

    def missing_by_reason(self):
        """The keys that rounds have no figure for, by how many such rounds there are and what the programs said."""
        reasons = {}
        for key, why in self.missing.items():
            count = sum(value is None for value in self.values[key][:self.done]) if key in self.values else None
            reasons.setdefault((why, count), []).append(key)
        return reasons

    def goals(self):
        """Each goal of the areas that were asked for, with its value (None: missing)."""
        return [(goal, self.value(goal.figure, goal.over, goal.pick)) for goal in GOALS
                if goal.figure[0] in self.asked or self.has(goal.figure[0])]

    def save(self, path):
        names = ("area", "case", "mode", "size")
        rows = [dict(zip(names, key), unit=self.units[key], median=self.value(key), rounds=values)
                for key, values in self.values.items()]
        missing = [dict(zip(names, key), missing=why) for key, why in self.missing.items()]
        goals = [{"goal": goal.text, "most": goal.most, "unit": goal.unit, "value": value,
                  "rounds": self.per_round(goal.figure, goal.over), "met": value is not None and value <= goal.most}
                 for goal, value in self.goals()]
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"version": 1, "facts": self.facts, "rounds": self.rounds, "done": self.done, "goals": goals,
                       "figures": rows, "missing": missing}, file, indent=1)

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as file:
            saved = json.load(file)
        results = cls(saved["rounds"])
        results.facts, results.done = saved["facts"], saved.get("done", saved["rounds"])
        results.add(0, saved["missing"])
        for row in saved["figures"]:
            key = (row["area"], row["case"], row["mode"], row["size"])
            results.values[key], results.units[key] = row["rounds"], row["unit"]
        return results
