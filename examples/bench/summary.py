#!/usr/bin/env python3
"""Sums up the lines that compare.sh has collected: python3 summary.py FILE"""
import json
import platform
import statistics
import sys
from pathlib import Path


def processor():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def main():
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines() if line.strip()]
    ours = [r for r in lines if "llama3v" in r]
    theirs = [r for r in lines if "torch" in r]
    if not ours or len(ours) != len(theirs):
        sys.exit(f"{sys.argv[1]}: {len(ours)} runs of ours and {len(theirs)} of PyTorch; expected as many of each, and at least one")
    print(f"{processor()}, {platform.system()} {platform.release()}, {ours[0]['threads']} threads")
    print(f"llama3v {ours[0]['llama3v']}, Java {ours[0]['java']}, {ours[0]['backend']}")
    print(f"PyTorch {theirs[0]['torch']}, Python {platform.python_version()}, {theirs[0]['device']}, {theirs[0]['dtype']}")
    print(f"{'':10} {'ours ms':>9} {'torch ms':>9} {'ratio':>6} {'by round':>13} {'ours MiB':>9} {'torch MiB':>9} {'ratio':>6}"
          f" {'floor ms':>9} {'of SGEMM':>8}")
    for name in dict.fromkeys(r["workload"] for r in ours):
        a = [r for r in ours if r["workload"] == name]
        b = [r for r in theirs if r["workload"] == name]
        rounds = [x["ms"] / y["ms"] for x, y in zip(a, b)]
        ms, torch_ms = (statistics.median(r["ms"] for r in side) for side in (a, b))
        mb, torch_mb = (statistics.median(r["peak_mb"] for r in side) for side in (a, b))
        floor, share = (statistics.median(r[key] for r in a) for key in ("floor_ms", "floor_over_median"))
        print(f"{name:10} {ms:9.1f} {torch_ms:9.1f} {ms / torch_ms:6.2f} {min(rounds):6.2f}-{max(rounds):<6.2f} {mb:9.0f} {torch_mb:9.0f}"
              f" {mb / torch_mb:6.2f} {floor:9.1f} {100 * share:7.0f}%")
    print(f"{len(ours) // len(set(r['workload'] for r in ours))} alternating rounds, median of {ours[0]['steps']} steps each; ratio: ours over"
          " PyTorch's, of the medians over all rounds; by round: smallest and largest ratio within one.")


if __name__ == "__main__":
    main()
