"""gate_row.py COMPARE.json WHAT SECONDS TABLE: append a row to the table of gate_proof; print the verdict."""
import json
import os
import sys


def main():
    path, what, seconds, table = sys.argv[1:]
    with open(path, encoding="utf-8") as f:
        c = json.load(f)
    m = next((m for m in c["metrics"] if m["name"] == "first_good_answer_ms"), None) or c["metrics"][0]

    def ms(value):
        return "-" if value is None else "%.0f" % value

    with open(table, "a", encoding="utf-8") as f:
        if os.path.getsize(table) == 0:
            f.write("what\tverdict\ttrials\tinvalid\tbaseline, ms\tthis, ms\tshift, ms\tinterval, ms\tlimit, ms\tp\trerun\ttook, s\n")
        f.write("\t".join([what, c["verdict"], str(c["trials"]), str(c["invalid_trials"]), ms(m["baseline_p50"]), ms(m["p50"]),
                           ms(m["shift"]), "%s to %s" % (ms(m["shift_low"]), ms(m["shift_high"])), ms(m["limit"]),
                           "-" if m["p_value"] is None else "%.2g" % m["p_value"],
                           c.get("rerun", {}).get("verdict", "none"), seconds]) + "\n")
    print(c["verdict"])


main()
