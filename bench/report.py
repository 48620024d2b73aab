"""What a reader gets to see: the table, the plot, the part of README.md between its marks."""
import os
import platform
import re
import subprocess
import sys

from figures import PICTURES, SIZES

HERE = os.path.dirname(os.path.abspath(__file__))
MARKS = ("<!-- bench -->", "<!-- /bench -->")

LATENCIES = (  # text, case, mode
    ("cache line, one way", "cache line", "spinning"),
    ("the same, timed by two stamps as a frame is", "cache line, stamped", "spinning"),
    ("**tachy**, reader spins", "tachy", "spinning"),
    ("the same, from before the call", "tachy, from the call", "spinning"),
    ("unix socket, reader spins", "unix socket", "spinning"),
    ("**tachy**, reader sleeps", "tachy", "sleeping"),
    ("the same, from before the call", "tachy, from the call", "sleeping"),
    ("unix socket, reader sleeps", "unix socket", "sleeping"),
    ("ZeroMQ ipc, reader sleeps", "zeromq ipc", "sleeping"),
)
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


def latency_lines(results):
    for text, case, mode in LATENCIES:
        rival = case in ("unix socket", "zeromq ipc")
        yield [text] + [cell(results, ("latency", case, mode, size),
                             ("latency", "tachy, from the call", mode, size) if rival else None) for size in SIZES]
    if results.has("limits"):
        yield ["memcpy of as many bytes"] + [cell(results, ("limits", "memcpy", "", size)) for size in SIZES]


def limits_line(results):
    keys = [("cache line", ""), ("cache line, stamped", ""), ("clock_gettime", "")]
    keys += [("memcpy", size) for size in SIZES if not results.has("latency")]
    figures = ["%s %s" % (" ".join(key).strip(), cell(results, ("limits", key[0], "", key[1]))) for key in keys]
    return "Limits: " + "; ".join(figures) + "."


def table(results):
    facts = results.facts
    lines = ["%s, %s cores, %s%s; medians of %s rounds." % (
        facts.get("cpu"), facts.get("cores"), facts.get("kernel"),
        ", " + facts["driver"] if "driver" in facts else "", facts.get("rounds")), ""]
    if results.goals():
        lines += rows(("goal", "limit", "measured", "verdict"), goal_lines(results))
    if results.has("latency"):
        lines += rows(("publish to view (times ours)", *SIZES), latency_lines(results))
    if results.has("publish"):
        lines += rows(("what the writer pays", *AUDIENCES), (
            [case] + [cell(results, ("publish", case, mode, "64 B")) for mode in AUDIENCES] for case in PUBLISHES))
    if results.has("render"):
        lines += rows(("time per frame", *PICTURES), (
            ["%s, %s" % line] + [cell(results, ("render", *line, size)) for size in PICTURES] for line in RENDERS))
    if results.has("limits"):
        lines += [limits_line(results)]
    for why, keys in results.missing_by_reason().items():
        lines += ["Missing, %s: %s." % (why, ", ".join(" ".join(filter(None, key)) for key in keys))]
    return "\n".join(lines).rstrip()


def plot_data(results):
    """Two gnuplot data blocks, a line per size: latency by carrier, then render time by variant."""
    def block(name, sizes, keys):
        yield "$%s << END" % name
        for index, size in enumerate(sizes):
            values = [results.value((*key, size)) for key in keys]
            columns = ["NaN" if value is None else "%g" % value for value in values]
            yield "%d \"%s\" %s" % (index, size, " ".join(columns))
        yield "END"
    latencies = [("latency", case, mode) for _, case, mode in LATENCIES]
    yield from block("latency", SIZES, latencies + [("limits", "memcpy", "")])
    yield from block("render", PICTURES, [("render", *line) for line in RENDERS])


def write(results, text):
    with open(path("table.md"), "w", encoding="utf-8") as file:
        file.write(text + "\n")
    if not (results.has("latency") and results.has("render")):
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
