"""Runs the benchmark programs and reports; bench/run starts it when all is built."""
import argparse
import json
import os
import subprocess
import sys

import figures
import report

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AREAS = {"limits": "bench-limits", "latency": "bench-latency", "publish": "bench-publish", "render": "bench-render"}
ROUNDS, ROUNDS_QUICK, PROGRAM_SECONDS_MAX = 9, 3, 120

HELP = """\
Runs the benchmark programs one after the other, several rounds of each in turn, and prints the goals: limit, measured
value, met or missed. Values are medians over the rounds; a ratio is taken within each round, and the median of those
counts. A missed goal stays in the table and is no error. Everything lands in bench/report: results.json, table.md, plot.png."""


def parse_options():
    parser = argparse.ArgumentParser(prog="bench/run", description=HELP,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("areas", nargs="*", metavar="AREA", help="of: %s; none = all" % ", ".join(AREAS))
    parser.add_argument("--quick", action="store_true", help="%d shorter rounds, under a minute; the figures are rough" % ROUNDS_QUICK)
    parser.add_argument("--rounds", type=int, help="default %d" % ROUNDS)
    parser.add_argument("--no-setup", action="store_true", help="install and build nothing: take build/ as it is")
    parser.add_argument("--last", action="store_true", help="measure nothing: report bench/report/results.json again")
    parser.add_argument("--readme", action="store_true", help="also put the table into README.md, between its two marks")
    options = parser.parse_args()
    unknown = [area for area in options.areas if area not in AREAS]
    if unknown:
        parser.error("no area %s; there are: %s" % (unknown[0], ", ".join(AREAS)))
    if options.rounds is not None and options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def run_program(area, quick):
    """One round of one area: its rows, or a row that says why there is none."""
    command = [os.path.join(ROOT, "build", "bin", AREAS[area])] + (["--quick"] if quick else [])
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=PROGRAM_SECONDS_MAX)
    except (OSError, subprocess.TimeoutExpired) as error:
        return [], "%s: %s" % (AREAS[area], error)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return rows, "%s ended with %d" % (AREAS[area], done.returncode) if done.returncode else None


def measure(options):
    """All rounds, area after area within each, so that what drifts on the machine meets all alike."""
    rounds = options.rounds or (ROUNDS_QUICK if options.quick else ROUNDS)
    results = figures.Results(rounds)
    failures = []
    for number in range(rounds):
        for area in options.areas or AREAS:
            print("\rround %d of %d: %-8s" % (number + 1, rounds, area), end="", file=sys.stderr, flush=True)
            rows, failure = run_program(area, options.quick)
            results.add(number, rows)
            failures += [failure] if failure else []
    print("\r%40s\r" % "", end="", file=sys.stderr, flush=True)
    return results, failures


def main():
    options = parse_options()
    if options.last:
        results, failures = figures.Results.load(report.path("results.json")), []
    else:
        results, failures = measure(options)
        results.facts.update(report.machine_facts())
        results.facts["rounds"] = "%d%s" % (results.rounds, ", quick" if options.quick else "")
        results.save(report.path("results.json"))
    table = report.table(results)
    print(table)
    report.write(results, table)
    if options.readme:
        report.rewrite_readme(os.path.join(ROOT, "README.md"), table)
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
