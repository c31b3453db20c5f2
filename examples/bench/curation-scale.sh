#!/usr/bin/env bash
# How curation grows with its data: makes N synthetic pairs, small pictures and captions, curates them, and prints the time of each pass,
# what the steps in it cost, and the total. Run it for several N; 2 KB of disk a pair, and as much again for the result.
#
#   bash examples/bench/curation-scale.sh 10000 [a.b=c ...]     # values that replace those below
#
#   FOLDER  where to work; a temporary folder by default, removed at the end
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
pairs=${1:?"how many pairs? bash examples/bench/curation-scale.sh 10000"}
shift
if [[ -n ${FOLDER:-} ]]; then folder=$FOLDER; else folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT; fi
examples/bin/llama3v --version > /dev/null # builds, where that is needed

echo "== $pairs pairs"
if [[ ! -e $folder/raw/.$pairs ]]; then
  rm -rf "$folder/raw"
  java -Xmx1g -cp "${CLASSES:-llama3v-train/target/lib/*}" examples/bench/SyntheticPairs.java "$folder/raw" "$pairs"
  touch "$folder/raw/.$pairs"
fi
rm -rf "$folder/run"
cat > "$folder/curate.yaml" <<YAML
run: $folder/run
seed: 1
inputs: [{shards: '$folder/raw/pairs-*.tar'}]
steps: [rules, language, boilerplate, copies, resample]
rules: {min_words: 3, min_characters: 6, min_side: 16}
boilerplate: {max_count: 20, max_fraction: 1e-3}
copies: {descriptor: phash}
resample: {words: ['$folder/raw/words.txt'], size: $((pairs / 2))}
output: {shard_samples: 5000}
YAML
start=$(date +%s%N)
examples/bin/llama3v curate "$folder/curate.yaml" "$@" 2> "$folder/log" || { cat "$folder/log" >&2; exit 1; }
millis=$((($(date +%s%N) - start) / 1000000))
echo "== time"
sed -nE 's/^.* INFO (.*): ([0-9]+) of \2 shards, ([0-9.]+ s).*/\1 | \3/p
  s/^.* INFO ([a-z]+): reduced in ([0-9.]+ s)/\1, reduction | \2/p
  s/^.* INFO pass ([0-9]+): threads spent (.*)/    over all threads: \2/p
  s/^.* INFO (copies: .*)/    \1/p' "$folder/log" | awk -F ' \\| ' 'NF == 2 { printf "%-60s %s\n", $1, $2; next } { print }'
awk -v pairs="$pairs" -v ms="$millis" 'BEGIN { printf "total, with the start of the JVM: %.1f s; %.0f pairs/s\n", ms / 1e3, pairs / ms * 1e3 }'
