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


def by_backend(runs):
    """Runs of the same backend and BLAS, in the order in which they were made."""
    groups = {}
    for run in runs:
        groups.setdefault(run["backend"], []).append(run)
    return groups


def short(backend):
    """'cpu (MKL 2025.3 on 2 threads, ...)' as 'MKL': what differs within one comparison."""
    inner = backend.partition("(")[2].split()
    return inner[0].rstrip(",)") if inner else backend


def row(name, label, a, b):
    rounds = [x["ms"] / y["ms"] for x, y in zip(a, b)]
    ms, torch_ms = (statistics.median(r["ms"] for r in side) for side in (a, b))
    mb, torch_mb = (statistics.median(r["peak_mb"] for r in side) for side in (a, b))
    floor, share = (statistics.median(r[key] for r in a) for key in ("floor_ms", "floor_over_median"))
    return (f"{name:10} {label:9} {ms:9.1f} {torch_ms:9.1f} {ms / torch_ms:6.2f} {min(rounds):6.2f}-{max(rounds):<6.2f} {mb:9.0f} {torch_mb:9.0f}"
            f" {mb / torch_mb:6.2f} {floor:9.1f} {100 * share:7.0f}%")


def main():
    lines = [json.loads(line) for line in Path(sys.argv[1]).read_text().splitlines() if line.strip()]
    ours = by_backend(r for r in lines if "llama3v" in r)
    theirs = [r for r in lines if "torch" in r]
    counts = [len(runs) for runs in ours.values()]
    if not theirs or not counts or set(counts) != {len(theirs)}:
        sys.exit(f"{sys.argv[1]}: {counts} runs of ours, by backend, and {len(theirs)} of PyTorch; expected as many of each, and at least one")
    first = next(iter(ours.values()))[0]
    print(f"{processor()}, {platform.system()} {platform.release()}, {first['threads']} threads")
    for backend in ours:
        print(f"llama3v {first['llama3v']}, Java {first['java']}, {backend}")
    print(f"PyTorch {theirs[0]['torch']}, Python {platform.python_version()}, {theirs[0]['device']}, {theirs[0]['dtype']}")
    print(f"{'':10} {'ours with':9} {'ours ms':>9} {'torch ms':>9} {'ratio':>6} {'by round':>13} {'ours MiB':>9} {'torch MiB':>9} {'ratio':>6}"
          f" {'floor ms':>9} {'of SGEMM':>8}")
    names = list(dict.fromkeys(r["workload"] for r in theirs))
    for name in names:
        b = [r for r in theirs if r["workload"] == name]
        for backend, runs in ours.items():
            print(row(name, short(backend), [r for r in runs if r["workload"] == name], b))
    print(f"{len(theirs) // len(names)} alternating rounds, median of {first['steps']} steps each; ratio: ours over"
          " PyTorch's, of the medians over all rounds; by round: smallest and largest ratio within one.")


if __name__ == "__main__":
    main()
