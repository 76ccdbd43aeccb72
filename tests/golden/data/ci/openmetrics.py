#!/usr/bin/env python3
"""openmetrics.py - is a file OpenMetrics text? Families whole and once, names and labels well formed, instants of a series rising."""
import re
import sys

NAME = r"[a-zA-Z_][a-zA-Z0-9_]*"
LABEL = NAME + r'="(?:[^"\\\n]|\\[\\"n])*"'
SAMPLE = re.compile(rf"({NAME})\{{({LABEL}(?:,{LABEL})*)\}} (\S+) (\d+\.\d+)$")
SUFFIXES = {"info": ["_info"], "summary": ["", "_count"], "gauge": [""], "stateset": [""]}

text = open(sys.argv[1], encoding="utf-8").read()
assert text.endswith("# EOF\n"), "no # EOF at the end"
seen, kind, family, units, points, done = set(), None, None, {}, {}, set()
for number, line in enumerate(text.splitlines()[:-1], 1):
    where = f"line {number}: {line}"
    if line.startswith("# TYPE "):
        _, _, family, kind = line.split(" ")
        assert family not in seen and kind in SUFFIXES, where
        seen.add(family)
        points, done, last = {}, set(), None
    elif line.startswith("# UNIT "):
        assert line.split(" ")[2] == family and family.endswith("_" + line.split(" ")[3]), where
    elif line.startswith("# HELP "):
        assert line.split(" ")[2] == family, where
    else:
        match = SAMPLE.match(line)
        assert match, where
        name, labels, value, at = match.groups()
        assert name in [family + s for s in SUFFIXES[kind]], where
        float(value)
        pairs = dict(re.findall(rf'({NAME})=("(?:[^"\\]|\\.)*")', labels))
        part = {"summary": "quantile", "stateset": family}.get(kind)
        series = tuple(sorted((k, v) for k, v in pairs.items() if k != part))
        if series != last:
            assert series not in done, where + ": a series in two places"
            done.add(series)
            last = series
        key = (name, labels)
        assert key not in points or float(at) > points[key], where + ": an instant that does not rise"
        points[key] = float(at)
print(len(seen), "families")
