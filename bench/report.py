"""What a reader gets to see: the table, the plot, the part of README.md between its marks."""
import os
import platform
import re
import subprocess
import sys

from figures import FAN_OUT_SIZES, PICTURES, SIZES, SIZE_BYTES

HERE = os.path.dirname(os.path.abspath(__file__))
MARKS = ("<!-- bench -->", "<!-- /bench -->")

RIVALS = ("iceoryx2", "iceoryx", "Aeron", "unix socket", "nng ipc", "ZeroMQ ipc")
WAYS = ("in place, spinning", "in place, sleeping", "copied in, spinning", "copied in, sleeping")
LIMITS = (("one-way cache line", "cache line"), ("the same, timed by two stamps as a frame is", "cache line, stamped"))
SENDERS = ("tachy", "sem_post for each", *RIVALS)
CALLERS = ("no reader", "1 spinning", "1 sleeping", "4 sleeping", "16 sleeping")
RENDERS = tuple((planes, mode) for planes in ("1 plane", "3 planes") for mode in ("not delivering", "delivering"))
PUBLISHES = ("publish", "publish, one at a time", "claim and publish")
AUDIENCES = ("no reader", "reader holds a frame", "reader spins")


def path(name):
    folder = os.path.join(HERE, "report")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, name)


def machine_facts():
    model = "unknown CPU"
    with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as file:
        found = re.search(r"^model name\s*:\s*(.+)$", file.read(), re.MULTILINE)
    if found:
        model = found.group(1).strip()
    kernel = re.match(r"[0-9.]*[0-9]", platform.release())
    return {"cpu": model, "cores": str(len(os.sched_getaffinity(0))),
            "kernel": "Linux " + (kernel.group(0) if kernel else "?")}


def number(value, unit):
    if value is None:
        return "-"
    if unit == "x":
        return "%.2fx" % value
    if unit == "us" and value >= 1000:
        value, unit = value / 1000, "ms"
    return "%.*f %s" % (3 if value < 1 else 2 if value < 10 else 1 if value < 100 else 0, value, unit)


def rows(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|" + " --- |" + " ---: |" * (len(head) - 1)
    for line in lines:
        yield "| " + " | ".join(line) + " |"
    yield ""


def goal_lines(results):
    for goal, value in results.goals():
        verdict = "**not measured**" if value is None else "met" if value <= goal.most else "**missed**"
        yield goal.text, "<= " + number(goal.most, goal.unit), number(value, goal.unit), verdict


def cell(results, key, base=None):
    """A figure, with how many times the base it is."""
    value, unit = results.value(key), results.units.get(key)
    if value is None:
        return "-"
    ratio = results.value(key, base) if base else None
    return number(value, unit) + (" (%sx)" % ("%.0f" % ratio if ratio >= 10 else "%.1f" % ratio) if ratio else "")


def carrier_lines(results, area, ours, way, sizes):
    """Ours, then the rivals with how many times ours they take; who has no figure at all has no line."""
    for case in (*ours, *RIVALS):
        keys = [(area, case, way, size) for size in sizes]
        bases = [(area, ours[0], way, size) if case in RIVALS else None for size in sizes]
        if any(results.value(key) is not None for key in keys):
            name = "**%s**" % case if case in ours else case
            yield ["%s: %s" % (way, name) if way else name, *map(cell, [results] * len(keys), keys, bases)]


def latency_lines(results, ways):
    """In place from each one's own stamp, ours also from before the call; copied in from before the copy."""
    for way in ways:
        ours = ("tachy", "tachy, from the call") if way.startswith("in place") else ("tachy, from the call",)
        if way == "in place, spinning":
            for text, case in LIMITS:
                yield ["%s: %s" % (way, text), *(cell(results, ("latency", case, way, size)) for size in SIZES)]
        if way == "copied in, spinning" and results.has("limits"):
            yield ["%s: memcpy alone" % way, *(cell(results, ("limits", "memcpy", "", size)) for size in SIZES)]
        yield from carrier_lines(results, "latency", ours, way, SIZES)


def fan_out_lines(results, size, what, audiences):
    for case in SENDERS:
        keys = [("fan-out", case, "%s, %s" % (audience, what), size) for audience in audiences]
        bases = [None if case == "tachy" else ("fan-out", "tachy", key[2], size) for key in keys]
        if any(results.value(key) is not None for key in keys):
            yield ["**tachy**" if case == "tachy" else case, *map(cell, [results] * len(keys), keys, bases)]


def throughput_cell(results, case, size):
    value = results.value(("throughput", case, "", size))
    if value is None:
        return "-"
    gigabytes = value * SIZE_BYTES[size] / 1e9
    return "%s/s, %.2f GB/s" % ("%.0f k" % (value / 1e3) if value >= 1e4 else "%.0f" % value, gigabytes)


def throughput_lines(results):
    for case in ("tachy", *RIVALS):
        cells = [throughput_cell(results, case, size) for size in SIZES]
        if set(cells) != {"-"}:
            yield ["**tachy**" if case == "tachy" else case, *cells]


def attach_lines(results):
    for case in ("tachy", "tachy, each page of a frame read", *RIVALS):
        cells = [cell(results, ("attach", case, mode, "33 MB")) for mode in ("cold", "warm")]
        if set(cells) != {"-"}:
            yield [case, *cells]


def stall_lines(results):
    for case in ("writer stands still", "the kernel keeps a lock", "longest stall"):
        yield [case, cell(results, ("stall", case, "", "64 B"))]


def limits_line(results):
    keys = [("cache line", ""), ("cache line, stamped", ""), ("clock_gettime", "")]
    keys += [("memcpy", size) for size in SIZES if not results.has("latency")]
    figures = ["%s %s" % (" ".join(key).strip(), cell(results, ("limits", key[0], "", key[1]))) for key in keys]
    return "Limits: " + "; ".join(figures) + "."


def head_lines(results):
    facts = results.facts
    return ["%s, %s cores, %s%s; medians of %s rounds." % (
        facts.get("cpu"), facts.get("cores"), facts.get("kernel"),
        ", " + facts["driver"] if "driver" in facts else "", facts.get("rounds")), ""]


def goals_table(results):
    return rows(("goal", "limit", "measured", "verdict"), goal_lines(results)) if results.goals() else []


def short_table(results):
    """What the main README shows: the goals, and frames in place."""
    lines = [*head_lines(results), *goals_table(results)]
    lines += rows(("publish to view (times ours)", *SIZES), latency_lines(results, WAYS[:2]))
    return "\n".join(lines).rstrip()


def ring_tables(results):
    if results.has("latency"):
        yield from rows(("publish to view, one way (times ours)", *SIZES), latency_lines(results, WAYS))
    if results.has("round trip"):
        yield from rows(("there and back (times ours)", *SIZES), (
            line for way in WAYS for line in carrier_lines(results, "round trip", ("tachy",), way, SIZES)))
    if results.has("fan-out"):
        yield from rows(("the publish call, 64 B (times ours)", *CALLERS),
                        fan_out_lines(results, "64 B", "call", CALLERS))
        for size in FAN_OUT_SIZES:
            yield from rows(("until the last reader views %s (times ours)" % size, *CALLERS[1:]),
                            fan_out_lines(results, size, "last view", CALLERS[1:]))
    if results.has("throughput"):
        yield from rows(("lossless, copied in", *SIZES), throughput_lines(results))
    if results.has("attach"):
        yield from rows(("attach to 8 slots of 33 MB", "cold", "warm"), attach_lines(results))
    if results.has("stall"):
        yield from rows(("a lossless reader with 64 MB of heap is killed", "time"), stall_lines(results))
    if results.has("publish"):
        yield from rows(("what our writer pays", *AUDIENCES), (
            [case] + [cell(results, ("publish", case, mode, "64 B")) for mode in AUDIENCES] for case in PUBLISHES))


def missing_lines(results):
    for (why, rounds), keys in results.missing_by_reason().items():
        head = "Missing" if rounds is None else "Missing in %d of %d rounds" % (rounds, results.done)
        yield "%s, %s: %s." % (head, why, "; ".join(dict.fromkeys("%s of %s" % key[:2] for key in keys)))


def table(results):
    lines = [*head_lines(results), *goals_table(results), *ring_tables(results)]
    if results.has("render"):
        lines += rows(("time per frame", *PICTURES), (
            ["%s, %s" % line] + [cell(results, ("render", *line, size)) for size in PICTURES] for line in RENDERS))
    if results.has("limits"):
        lines += [limits_line(results), ""]
    return "\n".join([*lines, *missing_lines(results)]).rstrip()


def plot_data(results):
    """A gnuplot data block per panel: a line per size or audience, a column per curve."""
    def block(name, labels, keys_of):
        yield "$%s << END" % name
        for index, label in enumerate(labels):
            values = [results.value(key) for key in keys_of(label)]
            columns = ["NaN" if value is None else "%g" % value for value in values]
            yield "%d \"%s\" %s" % (index, label, " ".join(columns))
        yield "END"
    way = "in place, spinning"
    yield from block("spinning", SIZES, lambda size: [("latency", "cache line", way, size)] + [
        ("latency", case, way, size) for case in ("tachy", *RIVALS)])
    way = "copied in, sleeping"
    yield from block("copied", SIZES, lambda size: [("limits", "memcpy", "", size)] + [
        ("latency", case, way, size) for case in ("tachy, from the call", *RIVALS)])
    yield from block("waking", CALLERS[2:], lambda audience: [
        ("fan-out", case, audience + ", last view", "64 B") for case in ("sem_post for each", "tachy", *RIVALS)])
    yield from block("render", PICTURES, lambda size: [("render", *line, size) for line in RENDERS])


def write(results, text):
    with open(path("table.md"), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    if not all(map(results.has, ("latency", "fan-out", "render"))):
        return
    with open(os.path.join(HERE, "plot.gp"), encoding="utf-8") as file:
        script = "\n".join(plot_data(results)) + "\n" + file.read()
    try:
        subprocess.run(["gnuplot", "-"], input=script, text=True, check=True, cwd=os.path.dirname(path("plot.png")))
    except (OSError, subprocess.CalledProcessError) as error:
        print("bench: no plot.png: %s (gnuplot-nox draws it)" % error, file=sys.stderr)


def rewrite_readme(name, text):
    with open(name, encoding="utf-8") as file:
        readme = file.read()
    if any(readme.count(mark) != 1 for mark in MARKS):
        raise ValueError("README.md has not exactly one of each mark: %s ... %s" % MARKS)
    head, rest = readme.split(MARKS[0])
    tail = rest.split(MARKS[1])[1]
    with open(name, "w", encoding="utf-8") as file:
        file.write("%s%s\n%s\n%s%s" % (head, MARKS[0], text, MARKS[1], tail))
