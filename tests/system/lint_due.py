# Which C files clang-tidy has to look at: of the paths on stdin those that it has not passed as they are. "KEY PATH" per line.
#
# usage: lint_due.py TREE PASSED, where PASSED is a folder of empty files called by their keys. A key is the hash of all
# that decides: the file, what it includes, its commands, clang-tidy's rules and version. Keys of other contents are removed.
import hashlib
import json
import os
import subprocess
import sys

tree, passed = sys.argv[1:]
contents = {}


def digest(path):
    if path not in contents:
        with open(path, "rb") as file:
            contents[path] = hashlib.sha256(file.read()).hexdigest()
    return contents[path]


def included():
    """What each source includes, itself first, as the compiler said when it was built."""
    files = {}
    for block in subprocess.check_output(["ninja", "-C", tree, "-t", "deps"], text=True).split("\n\n"):
        lines = block.strip().split("\n")
        if len(lines) > 1 and lines[0].endswith("(VALID)"):
            paths = [os.path.join(tree, line.strip()) for line in lines[1:]]
            files.setdefault(os.path.realpath(paths[0]), set()).update(paths)
    return files


def commands():
    of = {}
    for entry in json.load(open(os.path.join(tree, "compile_commands.json"))):
        of.setdefault(os.path.realpath(os.path.join(entry["directory"], entry["file"])), []).append(entry["command"])
    return of


rules = digest(".clang-tidy") + subprocess.check_output(["clang-tidy-14", "--version"], text=True)
files, compiled, keys = included(), commands(), set()
for path in sys.stdin.read().split():
    source = os.path.realpath(path)
    parts = [rules, path] + sorted(compiled.get(source, []))
    parts += [digest(file) for file in sorted(files.get(source, []))]
    # What was never built is always looked at: nobody knows what it includes.
    key = hashlib.sha256("\0".join(parts).encode()).hexdigest() if source in files else "unbuilt"
    keys.add(key)
    if key == "unbuilt" or not os.path.exists(os.path.join(passed, key)):
        print(key, path)
for old in set(os.listdir(passed)) - keys:
    os.remove(os.path.join(passed, old))
