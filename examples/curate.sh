#!/usr/bin/env bash
# Curation, measured: puts known dirt into the quickstart's corpus, curates it, and tells what each filter found of the dirt.
# Needs what examples/quickstart.sh leaves behind: the corpus in data/corpus-tiny, and its CLIP in runs/tiny.
#
#   SAMPLES=6000 bash examples/curate.sh [a.b=c ...]     # values that replace those of examples/curation/curate.yaml
#   DESCRIPTOR=runs/descriptor bash examples/curate.sh   # copies by a network of one's own, which finds crops, flips and overlays too
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
copies=()
if [[ -n ${DESCRIPTOR:-} ]]; then
  if [[ ! -f $DESCRIPTOR/copy_model.json ]]; then
    echo "there is no network in $DESCRIPTOR; train one (some minutes): examples/bin/llama3v descriptor train '$corpus/icons/train-*.tar' \\" >&2
    echo "  --out $DESCRIPTOR --steps 1000 --side 64 --rate 0.002   (or 'bash examples/curation/copies.sh', which trains one on the scenes)" >&2
    exit 1
  fi
  echo "== threshold of $DESCRIPTOR with a precision of 0.9, on icons that are not curated"
  calibrated=$(examples/bin/llama3v descriptor calibrate "$DESCRIPTOR" "$corpus/icons/validation-*.tar" --target-precision 0.9 \
    --pool "${SAMPLES:-6000}" --copies 0.02)   # 0.02: what the dirt adds
  echo "$calibrated"
  copies=(copies.descriptor=model "copies.model=$DESCRIPTOR" "copies.threshold=$(sed -n 's/^threshold \([0-9.]*\):.*/\1/p' <<< "$calibrated")")
fi

echo "== dirt, samples of each kind"
rm -rf "$dirty"
examples/bin/llama3v dirt seed "$corpus/icons/train-*.tar::$corpus/scenes/train-*.tar" "$dirty" --samples "${SAMPLES:-6000}"
echo "== curate"
examples/bin/llama3v curate examples/curation/curate.yaml ${steps[@]+"${steps[@]}"} ${copies[@]+"${copies[@]}"} "$@"
echo "== found"
examples/bin/llama3v dirt score "$dirty" runs/curate
