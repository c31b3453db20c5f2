#!/usr/bin/env bash
# Curation's two inner loops, measured in one run: matching and balancing of captions beside a Python loop of the same semantics on the
# same captions (equal finds and equal expected sizes are asserted), and encoded pictures to descriptors. Leave the machine alone meanwhile.
#
#   examples/bench/curation.sh [--captions 200000] [--entries 500000] [--rounds 5] [--shards PATTERN] [--folder DIR]
#
#   PYTHON    a Python 3, by default python3. With pyahocorasick it runs Aho-Corasick; the plain substring loop runs always, on the first
#             200 captions. To make one:
#               python3 -m venv .venv && .venv/bin/pip install pyahocorasick
#               PYTHON=.venv/bin/python examples/bench/curation.sh
#   --shards  pictures to describe; by default JPEG files of 512 x 384 pixels that it makes
#   --folder  where captions and vocabulary lie, made if they are not there; by default a temporary one
set -euo pipefail

die() { echo "curation.sh: $*" >&2; exit 2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=$here/../../llama3v-train/target
python=${PYTHON:-python3}
captions=200000 entries=500000 rounds=5 shards="" folder=""
while (( $# )); do
  case $1 in
    --captions) captions=${2:?--captions needs a number}; shift 2 ;;
    --entries) entries=${2:?--entries needs a number}; shift 2 ;;
    --rounds) rounds=${2:?--rounds needs a number}; shift 2 ;;
    --shards) shards=${2:?--shards needs a pattern}; shift 2 ;;
    --folder) folder=${2:?--folder needs a folder}; shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) die "unknown option $1; see --help" ;;
  esac
done
"$here/../bin/llama3v" --version > /dev/null || die "examples/bin/llama3v does not run"
jar=$(find "$target" -maxdepth 1 -name 'llama3v-train-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' -print -quit)
temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT
folder=${folder:-$temporary/match}
out=$temporary/out.txt

# The launcher's word on incubating modules, and the log, are no results.
run_java() { java --add-modules jdk.incubator.vector -Xmx2g -cp "$jar:$target/lib/*" "$@" 2> "$temporary/log" || { cat "$temporary/log" >&2; exit 1; }; }
# The last line 'finds N, expected size X' of an output, and the last number before 'captions/s'.
sums() { grep '^finds ' "$1" | sort -u; }
rate() { sed -n 's/.*: \([0-9,]*\) captions\/s.*/\1/p' "$1" | tr -d , | tail -1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", a / b }'; }

[[ -s $folder/captions.txt && -s $folder/vocabulary.txt ]] || "$python" "$here/match.py" make "$folder" --captions "$captions" --entries "$entries"
echo "== matching and balancing: $(wc -l < "$folder/captions.txt") captions, $(wc -l < "$folder/vocabulary.txt") entries"
cores=$(getconf _NPROCESSORS_ONLN)
for threads in $(printf '1\n%s\n' "$cores" | sort -un); do
  run_java "$here/Match.java" "$folder" 200 "$threads" "$rounds" | tee "$out.$threads"
done
run_java "$here/Match.java" "$folder" 200 1 1 200 > "$out.first"

compare() { # name, output of Python, our output on the same captions
  [[ $(sums "$2") == "$(sums "$3")" ]] || die "finds differ: $1 has '$(sums "$2")', ours has '$(sums "$3")'"
  for threads in $(printf '1\n%s\n' "$cores" | sort -un); do
    echo "ratio to $1 (one process, equal finds): $(ratio "$(rate "$out.$threads")" "$(rate "$2")") with $threads thread(s):" \
      "$(rate "$out.$threads") and $(rate "$2") captions/s"
  done
}
if "$python" -c 'import ahocorasick' 2> /dev/null; then
  "$python" "$here/match.py" run "$folder" --method ahocorasick --rounds 3 | tee "$out.python"
  compare pyahocorasick "$out.python" "$out.1"
else
  echo "no pyahocorasick in $python: see --help"
fi
"$python" "$here/match.py" run "$folder" --method substring --limit 200 | tee "$out.python"
compare 'the substring loop (on the first 200 captions)' "$out.python" "$out.first"

echo "== encoded pictures to descriptors"
describe=("$here/Describe.java" phash,small,sscd 3 ${shards:+"$shards"})
if command -v taskset > /dev/null; then
  # A first CPU of those allowed, whatever its number.
  cpu=$(taskset -cp $$ | sed 's/.*: \([0-9]*\).*/\1/')
  java() { taskset -c "$cpu" "$(type -P java)" "$@"; }
  run_java "${describe[@]}"
  unset -f java
fi
(( cores == 1 )) || run_java "${describe[@]}"
