"""Runs the benchmark programs and reports; bench/run starts it when all is built."""
import argparse
import json
import os
import subprocess
import sys
import time

import figures
import report

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AREAS = ("limits", "latency", "round-trip", "fan-out", "throughput", "attach", "stall", "publish", "render")
ROUNDS, ROUNDS_QUICK, PROGRAM_SECONDS_MAX, MINUTES_MAX = 7, 2, 300, 12

HELP = """\
Runs the benchmark programs one after the other, several rounds of each in turn, and prints the goals: limit, measured
value, met or missed. Values are medians over the rounds; a ratio is taken within each round, and the median of those
counts. A missed goal stays in the table and is no error. bench/report gets results.json, table.md and plot.png."""


def parse_options():
    parser = argparse.ArgumentParser(prog="bench/run", description=HELP,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", nargs="*", metavar="AREA", help="%s; none = all" % ", ".join(AREAS))
    parser.add_argument("--rounds", type=int, help="how often each program runs; default %d, fewer where they would take longer than %d minutes"
                        % (ROUNDS, MINUTES_MAX))
    for flag, text in (
            ("--quick", "%d shorter rounds, about two minutes; the figures are rough" % ROUNDS_QUICK),
            ("--no-setup", "install and build nothing: take build/ as it is"),
            ("--last", "measure nothing: report bench/report/results.json again"),
            ("--readme", "also put the table into README.md, between its two marks")):
        parser.add_argument(flag, action="store_true", help=text)
    parser.add_argument("--only", action="append", default=[], metavar="AREA", help="the same as AREA")
    options = parser.parse_args()
    options.areas += options.only
    unknown = [area for area in options.areas if area not in AREAS]
    if unknown:
        parser.error("no area %s; there are: %s" % (unknown[0], ", ".join(AREAS)))
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.readme and options.areas:
        parser.error("--readme takes the table of all areas")
    return options


def run_program(area, quick):
    """One round of one area: its rows, or a row that says why there is none."""
    command = [os.path.join(ROOT, "build", "bin", "bench-" + area)] + (["--quick"] if quick else [])
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PROGRAM_SECONDS_MAX)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], "bench-%s: %s" % (area, error)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return rows, "bench-%s ended with %d" % (area, done.returncode) if done.returncode else None


def show_progress(text):
    if sys.stderr.isatty():
        print("\r%-40s\r%s" % ("", text), end="", file=sys.stderr, flush=True)


def measure(options):
    """All rounds, area after area within each, so that what drifts on the machine meets all alike."""
    rounds = options.rounds or (ROUNDS_QUICK if options.quick else ROUNDS)
    results = figures.Results(rounds)
    results.asked = options.areas or AREAS
    failures, begin = [], time.monotonic()
    for number in range(rounds):
        if not options.rounds and number and (time.monotonic() - begin) * (number + 1) / number > 60 * MINUTES_MAX:
            break
        results.done = number + 1
        for area in options.areas or AREAS:
            if options.quick and area == "render" and number:
                continue  # seconds each, and its four ways take turns within a round
            show_progress("round %d of %d: %s" % (number + 1, rounds, area))
            rows, failure = run_program(area, options.quick)
            results.add(number, rows)
            failures += [failure] if failure else []
    show_progress("")
    return results, failures


def main():
    options = parse_options()
    if options.last:
        results, failures = figures.Results.load(report.path("results.json")), []
    else:
        results, failures = measure(options)
        results.facts.update(report.machine_facts())
        results.facts["rounds"] = "%d%s" % (results.done, ", quick" if options.quick else "")
        results.save(report.path("results.json"))
    table = report.table(results)
    print(table)
    report.write(results, table)
    if options.readme:
        report.rewrite_readme(os.path.join(ROOT, "README.md"), report.short_table(results))
    for failure in dict.fromkeys(failures):
        print("bench: " + failure, file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except (OSError, ValueError) as error:
        sys.exit("bench: %s" % error)
