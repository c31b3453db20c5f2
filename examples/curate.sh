#!/usr/bin/env bash
# Curation, measured: puts known dirt into the quickstart's corpus, curates it, and tells what each filter found of the dirt.
# Needs what examples/quickstart.sh leaves behind: the corpus in data/corpus-tiny, and its CLIP in runs/tiny.
#
#   SAMPLES=6000 bash examples/curate.sh [a.b=c ...]     # values that replace those of examples/curation/curate.yaml
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
corpus=${CORPUS:-data/corpus-tiny}
dirty=data/dirty

if [[ ! -d $corpus ]]; then
  echo "there is no $corpus; run examples/quickstart.sh, or: examples/bin/llama3v stage corpus configs/tiny.yaml" >&2
  exit 1
fi
steps=()
if [[ ! -d runs/tiny/clip ]]; then
  echo "there is no CLIP in runs/tiny: pairs that do not belong together will not be found" >&2
  steps=('steps=[rules, language, boilerplate]')
fi

echo "== dirt, samples of each kind"
rm -rf "$dirty"
examples/bin/llama3v dirt seed "$corpus/icons/train-*.tar::$corpus/scenes/train-*.tar" "$dirty" --samples "${SAMPLES:-6000}"
echo "== curate"
examples/bin/llama3v curate examples/curation/curate.yaml ${steps[@]+"${steps[@]}"} "$@"
echo "== found"
examples/bin/llama3v dirt score "$dirty" runs/curate
