#!/usr/bin/env python3
"""Matching and balancing of captions, the straightforward way: the other side of Match.java, with the same semantics.

  match.py make FOLDER [--captions 200000] [--entries 500000]     captions.txt and vocabulary.txt, of words in a Zipf distribution
  match.py run FOLDER [--method ahocorasick|substring] [--threshold 200] [--limit N] [--rounds 1]

`ahocorasick` needs pyahocorasick (Debian: python3-ahocorasick). `substring` asks `" entry " in text` for every entry: use --limit.
Prints captions a second, of the fastest round, and the sums that Match.java prints; equal sums mean equal finds and equal probabilities.
"""
import argparse
import itertools
import math
import pathlib
import random
import time

MARKS = (",", ".", ";", ":", "?", "!", "`")


def make(folder, captions, entries):
    rng = random.Random(1)
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    weights = [1 / (i + 2) for i in range(26)]
    words = dict.fromkeys("".join(rng.choices(letters, weights, k=rng.randint(2, 10))) for _ in range(entries))
    words = list(words)
    zipf = list(itertools.accumulate(1 / (i + 3) for i in range(len(words))))
    vocabulary = dict.fromkeys(words[: entries // 2])
    while len(vocabulary) < entries:
        vocabulary[" ".join(rng.choices(words, cum_weights=zipf, k=rng.choice((2, 2, 2, 3))))] = None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocabulary.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    with open(folder / "captions.txt", "w", encoding="utf-8") as out:
        for _ in range(captions):
            text = " ".join(rng.choices(words, cum_weights=zipf, k=rng.randint(3, 24)))
            out.write(text + rng.choice(("", "", ".", "!")) + "\n")


def spaced(text):
    text = f" {text} "
    for mark in MARKS:
        if mark in text:
            text = text.replace(mark, f" {mark} ")
    return text.replace("\t", " ").replace("\r", " ")


def run(folder, method, threshold, limit, rounds):
    entries = (folder / "vocabulary.txt").read_text(encoding="utf-8").splitlines()
    captions = (folder / "captions.txt").read_text(encoding="utf-8").splitlines()[:limit]
    padded = [f" {e} " for e in entries]
    begin = time.perf_counter()
    if method == "ahocorasick":
        import ahocorasick
        automaton = ahocorasick.Automaton()
        for i, p in enumerate(padded):
            automaton.add_word(p, i)
        automaton.make_automaton()
        find = lambda text: {i for _, i in automaton.iter(text)}
    else:
        find = lambda text: {i for i, p in enumerate(padded) if p in text}
    prepared = time.perf_counter() - begin
    best = None
    for _ in range(rounds):
        matching, balancing, finds, checksum, expected = balance(find, captions, len(entries), threshold)
        if best is None or matching + balancing < sum(best):
            best = matching, balancing
    print(f"{method}: {len(entries):,} entries, {len(captions):,} captions; built in {prepared:.2f} s, matched in"
          f" {best[0]:.2f} s, balanced in {best[1]:.2f} s: {len(captions) / sum(best):,.0f} captions/s")
    print(f"finds {finds}, checksum {checksum}, expected size {expected:.6f}")


def balance(find, captions, entries, threshold):
    begin = time.perf_counter()
    counts = [0] * entries
    found = []
    for caption in captions:
        hits = find(spaced(caption))
        for i in hits:
            counts[i] += 1
        found.append(hits)
    matched = time.perf_counter()
    miss = [1 - min(1.0, math.sqrt(threshold / c)) if c else 0.0 for c in counts]
    expected = 0.0
    for hits in found:
        if hits:
            p = 1.0
            for i in hits:
                p *= miss[i]
            expected += 1 - p
    done = time.perf_counter()
    checksum = sum((c + 1) * (i + 1) for c, hits in enumerate(found) for i in hits)
    return matched - begin, done - matched, sum(counts), checksum, expected


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("make", "run"))
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--captions", type=int, default=200_000)
    parser.add_argument("--entries", type=int, default=500_000)
    parser.add_argument("--method", choices=("ahocorasick", "substring"), default="ahocorasick")
    parser.add_argument("--threshold", type=float, default=200)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--rounds", type=int, default=1)
    a = parser.parse_args()
    if a.verb == "make":
        make(a.folder, a.captions, a.entries)
    else:
        run(a.folder, a.method, a.threshold, a.limit, a.rounds)


if __name__ == "__main__":
    main()
