# What `tachy top` and `tachy hz` must print about a writer that sleeps 10 ms between two frames: 100 frames per second at
# most, and any number fewer on a busy machine. So figures are judged by counters and by times that enclose them.
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

STREAM_KEYS = ["name", "producer", "program", "pid", "alive", "epoch", "generation", "head", "fps", "planes", "slots",
               "slot_bytes", "shared_bytes", "held_reserved", "held_max", "tier", "pages", "foreign_clock",
               "published", "dropped",
               "readers"]
READER_KEYS = ["name", "pid", "reading", "received", "skipped", "lost", "lag", "held", "latency_p50_ns",
               "latency_p99_ns"]
PULSE_KEYS = ["version", "stream", "summary", "seconds", "frames", "per_second", "jitter_ns", "interval_min_ns",
              "interval_max_ns", "latency_p50_ns", "latency_p99_ns", "latency_max_ns", "skipped", "lost"]


HANG_S = 300


def began(command, **options):
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)


def interrupt(child):
    child.send_signal(signal.SIGINT)
    assert child.wait(HANG_S) == 130, child.returncode


def read_rows(text, stream):
    lines = text.rstrip("\n").split("\n")
    assert re.match(r"STREAM +PID +FRAMES/S +FRAMES +P50 +P99 +LAG +SKIPPED +LOST +HELD$", lines[0]), lines[0]
    at = next(i for i, line in enumerate(lines) if line.startswith(stream + " "))
    assert " writer " in lines[at] and "37x21" in lines[at] and "1 of 64 held" in lines[at], lines[at]
    assert lines[at + 1].startswith("  every second "), lines[at + 1]
    rate = float(re.search(r" writer +([0-9.]+) ", lines[at])[1])
    assert rate < 100.1, rate
    row = re.search(r" newest +([0-9.]+|-) +(\d+) +(\S+ \S+) +(\S+ \S+) +(\d+) +(\d+) +(\d+) +(\d+)$", lines[at + 1])
    received, skipped, lost, held = int(row[2]), int(row[6]), int(row[7]), int(row[8])
    assert abs(received - skipped) <= 2 and received > 20 and lost == 0 and held <= 1, row[0]
    return row[1], received


def check_table(tachy, stream):
    interval, start = 1.5, time.monotonic()
    top = began([tachy, "top", "--count", "2", "--interval", str(interval)], stdout=subprocess.PIPE, text=True)
    lines, first = [], None
    for line in top.stdout:
        lines.append(line)
        if first is None and line.startswith("  every second "):
            first = time.monotonic()
    assert top.wait(HANG_S) == 0
    longest = time.monotonic() - start
    refreshes = "".join(lines).split("\n\n")
    assert len(refreshes) == 2, refreshes
    (unknown, before), (rate, after) = (read_rows(text, stream) for text in refreshes)
    assert unknown == "-" and after >= before, refreshes
    # The first look came before its line was here, the second not before its time.
    shortest = start + interval - first
    assert (after - before) / longest <= float(rate) + 0.1, (rate, after - before, longest)
    assert shortest <= 0 or float(rate) <= (after - before) / shortest + 0.1, (rate, after - before, shortest)


def look(tachy, stream):
    listing = json.loads(subprocess.check_output([tachy, "top", "--once", "--json"], timeout=HANG_S))
    (found,) = [s for s in listing["streams"] if s["name"] == stream]
    return found


def check_rate(tachy, stream):
    """The writer's rate is that of its last second or two: it is the one seen from here as soon as those were even."""
    end = time.monotonic() + HANG_S
    while time.monotonic() < end:
        first, start = look(tachy, stream), time.monotonic()
        time.sleep(2.5)
        second, elapsed = look(tachy, stream), time.monotonic() - start
        seen = (second["head"] - first["head"]) / elapsed
        if abs(second["fps"] - seen) < 0.15 * seen:
            return
    raise AssertionError((second["fps"], seen))


def check_listing(line, name):
    listing = json.loads(line)
    assert list(listing) == ["version", "streams"] and listing["version"] == 1
    (stream,) = [s for s in listing["streams"] if s["name"] == name]
    assert list(stream) == STREAM_KEYS, list(stream)
    (reader,) = stream["readers"]
    assert list(reader) == READER_KEYS and reader["name"] == "every second", reader
    assert 0 < reader["latency_p50_ns"] <= reader["latency_p99_ns"], reader
    return stream["head"]


def check_listings(path, name, count):
    lines = open(path).read().splitlines()
    assert len(lines) == int(count), len(lines)
    heads = [check_listing(line, name) for line in lines]
    assert heads == sorted(heads), heads


def check_advances(tachy, name):
    top = began([tachy, "top", "--interval", "0.05", "--json"], stdout=subprocess.PIPE, text=True)
    heads = set()
    while len(heads) < 3:
        heads.add(check_listing(top.stdout.readline(), name))
    interrupt(top)


def run_on_terminal(command, columns, rows, is_enough):
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    child = began(command, stdout=secondary)
    os.close(secondary)
    seen, asked, end = b"", False, time.monotonic() + HANG_S
    while time.monotonic() < end:
        if not asked and is_enough(seen):
            child.send_signal(signal.SIGINT)
            asked = True
        if not select.select([primary], [], [], 1)[0]:
            continue
        try:
            seen += os.read(primary, 65536)
        except OSError: # nobody has the terminal open any more
            break
    assert child.wait(HANG_S) == 130, child.returncode
    return seen


def check_terminal(tachy, stream):
    columns, rows = 48, 3
    command = [tachy, "top", "--interval", "0.1"]
    seen = run_on_terminal(command, columns, rows, lambda seen: seen.count(b"\x1b[H") >= 6)
    assert seen.startswith(b"\x1b[H\x1b[2J"), seen[:40]
    for text in seen.split(b"\x1b[H")[1:-1]:
        assert text.count(b"\n") <= rows - 1, text
        assert re.search(rb"\.\.\. \d+ more\r$", text), text # nothing after it that would erase it
        plain = re.sub(rb"\x1b\[[0-9]*[JKH]", b"", text)
        assert b"\x1b" not in plain, plain
        for line in plain.replace(b"\r", b"").split(b"\n"):
            assert len(line.decode()) <= columns, line
    run_on_terminal(command, 200, 60, lambda seen: stream.encode() in seen and b'\\x1b[31m"nasty"\\xff' in seen)


def check_figures(line, stream):
    assert list(line) == PULSE_KEYS, list(line)
    assert line["version"] == 1 and line["stream"] == stream and line["lost"] == 0, line
    latencies = [line[f"latency_{which}_ns"] for which in ["p50", "p99", "max"]]
    assert latencies == sorted(latencies) and (latencies[0] > 0) == (line["frames"] > 0), line
    assert latencies[2] <= line["seconds"] * 1e9 + 1e6, line
    if line["interval_max_ns"] > 0: # two frames at least
        assert 9e6 < line["interval_min_ns"] <= line["interval_max_ns"], line
    assert 0 <= line["jitter_ns"] <= line["interval_max_ns"], line


def expect_rate(line, shortest, longest):
    published = line["frames"] + line["skipped"]
    assert published / longest - 0.1 <= line["per_second"] <= published / shortest + 0.1, (line, shortest, longest)


def check_pulse(tachy, stream):
    hz = began([tachy, "hz", stream, "--json"], stdout=subprocess.PIPE, text=True)
    seconds, frames = [], 0
    while len(seconds) < 3 or frames < 50:
        seconds.append(json.loads(hz.stdout.readline()))
        frames += seconds[-1]["frames"]
    hz.send_signal(signal.SIGINT)
    *more, whole = [json.loads(line) for line in hz.stdout]
    assert hz.wait(HANG_S) == 130, hz.returncode
    seconds += more
    # Each counts a second or more, and is said after it ended.
    for number, line in enumerate(seconds):
        assert line["summary"] is False
        check_figures(line, stream)
        expect_rate(line, 1, line["seconds"] - number)
    assert whole["summary"] is True
    check_figures(whole, stream)
    expect_rate(whole, len(seconds), whole["seconds"])
    assert sum(line["frames"] for line in seconds) <= whole["frames"] <= 100 * whole["seconds"] + 1, whole
    assert sum(line["lost"] for line in seconds) <= whole["lost"], whole


CHECKS = {"table": check_table, "rate": check_rate, "listings": check_listings, "advances": check_advances,
          "terminal": check_terminal, "pulse": check_pulse}
CHECKS[sys.argv[1]](*sys.argv[2:])
