#!/usr/bin/env bash
# Copies of pictures, from training to decontamination, on the quickstart's corpus: what docs/results/deduplication.md has the figures of.
# Needs data/corpus-tiny, which examples/quickstart.sh or 'llama3v stage corpus configs/tiny.yaml' makes.
#
#   STEPS=1000 bash examples/curation/copies.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
llama3v=examples/bin/llama3v
corpus=data/corpus-tiny
if [[ ! -d $corpus ]]; then
  echo "there is no $corpus; run examples/quickstart.sh, or: examples/bin/llama3v stage corpus configs/tiny.yaml" >&2
  exit 1
fi

echo "== a network, trained on the scenes of the corpus"
[[ -f runs/descriptor/copy_model.json ]] \
  || $llama3v descriptor train "$corpus/scenes/train-*.tar" --out runs/descriptor --steps "${STEPS:-1000}" --side 64 --rate 0.002 --seed 1

echo "== thresholds with a precision of 0.9, on pictures that it has not seen"
for descriptor in runs/descriptor phash dhash; do
  echo "$descriptor:"
  $llama3v descriptor calibrate "$descriptor" "$corpus/scenes/validation-*.tar" --target-precision 0.9 --pictures 500 | tee "runs/threshold.txt"
  [[ $descriptor != runs/descriptor ]] || threshold=$(sed -n 's/^threshold \([0-9.]*\):.*/\1/p' runs/threshold.txt)
done

echo "== one sample of each picture: blocks of 256, and what they lose against comparing all with all"
$llama3v curate examples/curation/copies.yaml copies.threshold="$threshold"

echo "== nothing of a benchmark: the benchmark itself, as input 'leak', must go"
$llama3v curate examples/curation/decontaminate.yaml
