# What `tachy top` and `tachy hz` must have printed about a writer of about 100 frames per second. Bounds are wide: they
# detect wrong figures, not busy machines.
import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time

STREAM_KEYS = ["name", "producer", "program", "pid", "alive", "epoch", "generation", "head", "fps", "planes", "slots",
               "slot_bytes", "shared_bytes", "held_reserved", "held_max", "tier", "pages", "published", "dropped",
               "readers"]
READER_KEYS = ["name", "pid", "reading", "received", "skipped", "lost", "lag", "held", "latency_p50_ns",
               "latency_p99_ns"]
PULSE_KEYS = ["version", "stream", "summary", "seconds", "frames", "per_second", "jitter_ns", "interval_min_ns",
              "interval_max_ns", "latency_p50_ns", "latency_p99_ns", "latency_max_ns", "skipped", "lost"]


def check_table(path, stream, reader):
    refreshes = open(path).read().split("\n\n")
    assert len(refreshes) == 2, refreshes
    for text in refreshes:
        lines = text.rstrip("\n").split("\n")
        assert re.match(r"STREAM +PID +FRAMES/S +FRAMES +P50 +P99 +LAG +SKIPPED +LOST +HELD$", lines[0]), lines[0]
        at = next(i for i, line in enumerate(lines) if line.startswith(stream + " "))
        assert " writer " in lines[at] and "37x21" in lines[at] and "1 of 64 held" in lines[at], lines[at]
        assert lines[at + 1].startswith(f"  {reader} "), lines[at + 1]
    rate = float(re.search(r" writer +([0-9.]+) ", lines[at])[1])
    row = re.search(r" newest +([0-9.]+) +(\d+) +(\S+ \S+) +(\S+ \S+) +(\d+) +(\d+) +(\d+) +(\d+)$", lines[at + 1])
    reader_rate, received, skipped, lost, held = float(row[1]), int(row[2]), int(row[6]), int(row[7]), int(row[8])
    assert 20 < rate < 110, rate
    assert 0.4 * rate < reader_rate < 0.6 * rate, (reader_rate, rate)
    assert abs(received - skipped) <= 2 and received > 20 and lost == 0 and held == 0, row[0]


def check_listings(path, name, count):
    lines = open(path).read().splitlines()
    assert len(lines) == int(count), len(lines)
    heads = []
    for line in lines:
        listing = json.loads(line)
        assert list(listing) == ["version", "streams"] and listing["version"] == 1
        (stream,) = [s for s in listing["streams"] if s["name"] == name]
        assert list(stream) == STREAM_KEYS, list(stream)
        (reader,) = stream["readers"]
        assert list(reader) == READER_KEYS and reader["name"] == "every second", reader
        assert 0 < reader["latency_p50_ns"] <= reader["latency_p99_ns"] < 10**9, reader
        heads.append(stream["head"])
    assert heads == sorted(set(heads)), heads


def run_on_terminal(command, columns, rows, seconds):
    primary, secondary = pty.openpty()
    fcntl.ioctl(secondary, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    child = subprocess.Popen(command, stdout=secondary, stdin=subprocess.DEVNULL)
    os.close(secondary)
    seen, end = b"", time.monotonic() + seconds
    os.set_blocking(primary, False)
    while time.monotonic() < end:
        try:
            seen += os.read(primary, 65536)
        except BlockingIOError:
            time.sleep(0.01)
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 130, child.returncode
    return seen


def check_terminal(tachy, stream):
    columns, rows = 48, 3
    seen = run_on_terminal([tachy, "top", "--interval", "0.1"], columns, rows, 1.5)
    assert seen.startswith(b"\x1b[H\x1b[2J"), seen[:40]
    refreshes = seen.split(b"\x1b[H")[1:]
    assert len(refreshes) >= 3, len(refreshes)
    for text in refreshes[:-1]:
        assert text.count(b"\n") <= rows - 1, text
        plain = re.sub(rb"\x1b\[[0-9]*[JKH]", b"", text)
        assert b"\x1b" not in plain, plain
        for line in plain.replace(b"\r", b"").split(b"\n"):
            assert len(line.decode()) <= columns, line
    whole = run_on_terminal([tachy, "top", "--interval", "0.1"], 200, 60, 0.5)
    assert stream.encode() in whole and b'\\x1b[31m"nasty"\\xff' in whole, whole


def check_pulse(path, stream, seconds):
    lines = [json.loads(line) for line in open(path)]
    assert len(lines) == int(seconds) + 1, len(lines)
    for line in lines:
        assert list(line) == PULSE_KEYS, list(line)
        assert line["version"] == 1 and line["stream"] == stream
        assert line["summary"] is (line is lines[-1])
        assert 20 < line["per_second"] < 110, line
        assert 0 < line["latency_p50_ns"] <= line["latency_p99_ns"] <= line["latency_max_ns"] < 10**9, line
        assert 5e6 < line["interval_min_ns"] <= line["interval_max_ns"] < 10**9, line
        assert 0 <= line["jitter_ns"] <= line["interval_max_ns"], line
        assert line["skipped"] == 0
    whole = lines[-1]
    assert whole["frames"] >= sum(line["frames"] for line in lines[:-1]), lines
    assert abs(whole["frames"] / whole["seconds"] - whole["per_second"]) < 1, whole


CHECKS = {"table": check_table, "listings": check_listings, "terminal": check_terminal, "pulse": check_pulse}
CHECKS[sys.argv[1]](*sys.argv[2:])
