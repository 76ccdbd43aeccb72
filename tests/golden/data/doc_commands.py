"""doc_commands.py - every `catchment ...` line in README.md and doc/ names commands and options that exist.

Usage: doc_commands.py PROGRAM FILE.md...   Prints what does not exist; exit status 1 then, and how many
there were.
An option exists when the help of its command (of `lab` and `load`: of its subcommand) shows it.
"""
import re
import subprocess
import sys

helps = {}


def help_of(program, words):
    key = tuple(words)
    if key not in helps:
        shown = subprocess.run([program, *words, "--help"], capture_output=True, text=True)
        helps[key] = shown.stdout + shown.stderr if shown.returncode == 0 else None
    return helps[key]


def lines_of(text):
    """Shell lines of code blocks, continuations joined, and what stands in `backquotes`."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.S | re.M)
    indented = re.findall(r"^(?: {4}|\t)(.*)$", text, re.M)
    blocks = [line for block in fenced for line in block.replace("\\\n", " ").splitlines()]
    rest = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
    yield from blocks
    yield from indented
    yield from re.findall(r"`([^`\n]*\bcatchment [^`\n]*)`", rest)


def commands_of(line):
    line = re.sub(r"\s#.*|\s{2,}#.*", "", line)
    # Data that a program printed has no prompt; prose has no command at its beginning.
    for part in re.split(r"&&|\|\||[|;()]", line):
        found = re.match(r"^\s*(?:- run:\s+|run:\s+|[-$#>]\s+|sudo\s+|[A-Z_]+=\S+\s+)*catchment\s+(.*)$", part)
        if found:
            yield found.group(1).split()


def main():
    program, bad, found = sys.argv[1], 0, 0
    top = help_of(program, [])
    for path in sys.argv[2:]:
        seen = 0
        with open(path, encoding="utf-8") as f:
            text = f.read()
        for line in lines_of(text):
            for words in commands_of(line):
                name = words[0].strip("`,.:")
                if name.startswith("-") or not re.fullmatch(r"[a-z]+", name):
                    continue
                seen += 1
                if not re.search(rf"^  {name} ", top, re.M):
                    print(f"{path}: no command '{name}': {line.strip()}")
                    bad += 1
                    continue
                place = [name]
                if name in ("lab", "load") and len(words) > 1 and not words[1].startswith("-"):
                    if words[1].isupper() or words[1] in ("exec", "shell"):
                        continue
                    if help_of(program, [name, words[1]]) is None:
                        print(f"{path}: no '{name} {words[1]}': {line.strip()}")
                        bad += 1
                        continue
                    place.append(words[1])
                shown = help_of(program, place) or ""
                for word in words[len(place):]:
                    option = re.match(r"(--[a-z][a-z0-9-]*)", word)
                    if option and option.group(1) not in ("--help", "--color") and not re.search(
                            re.escape(option.group(1)) + r"(?![a-z0-9-])", shown):
                        print(f"{path}: '{' '.join(place)}' has no {option.group(1)}: {line.strip()}")
                        bad += 1
        found += seen
    print("nothing is wrong" if bad == 0 else f"{bad} wrong", "in", "many" if found > 60 else found, "commands")
    return 1 if bad else 0


sys.exit(main())
