#!/usr/bin/env bash
# Kills a curation with SIGKILL at random moments, starts it again each time, and compares what it leaves with what an undisturbed run
# leaves: shards, ledger, selection, funnel, and the files between passes.
#
#   bash examples/bench/curation-kill.sh examples/curation/curate.yaml [a.b=c ...]
#
#   KILLS   how many, 10 by default; those that come after the end do not count
#   SEED    of the moments, 1 by default
#   FOLDER  where to work; a temporary folder by default, removed at the end
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
config=${1:?"which configuration? bash examples/bench/curation-kill.sh examples/curation/curate.yaml"}
shift
kills=${KILLS:-10}
RANDOM=${SEED:-1}
if [[ -n ${FOLDER:-} ]]; then folder=$FOLDER; else folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT; fi
rm -rf "$folder/whole" "$folder/killed"
mkdir -p "$folder/whole" "$folder/killed"

curate() { # NAME ...: the last folder is that of the run, which the funnel names
  local run=$folder/$1/run
  shift
  exec examples/bin/llama3v curate "$config" run="$run" "$@"
}
digests() { # NAME: all files but the lock and what names the folder
  (cd "$folder/$1/run" && find . -type f ! -name .lock ! -name curation.yaml -print0 | sort -z | xargs -0 sha256sum)
}
tasks() { mkdir -p "$folder/$1/run"; find "$folder/$1/run" -type f ! -name '.*' \( -name '*.records.gz' -o -name '*.tally.json' -o -name '*.tar' \) | wc -l; }
halves() { mkdir -p "$folder/$1/run"; find "$folder/$1/run" -type f -name '.*.tmp*' \( -name '*.records.gz*' -o -name '*.jsonl.gz*' -o -name '*.tar*' \) | wc -l; }

start=$(date +%s%N)
(curate whole "$@") > "$folder/whole.log" 2>&1 || { cat "$folder/whole.log"; exit 1; }
millis=$((($(date +%s%N) - start) / 1000000))
all=$(tasks whole)
echo "undisturbed: $all tasks in $((millis / 1000)) s"
printf '%-6s %9s %12s %13s\n' kill "after, s" "tasks done" "half-written"
hit=0
redone=0
for ((i = 1; i <= kills; i++)); do
  wait=$((millis / 5 + RANDOM * 2 * millis / kills / 32768)) # the start of the JVM, and a share of the work
  (curate killed "$@") > "$folder/killed-$i.log" 2>&1 &
  pid=$!
  sleep "$((wait / 1000)).$(printf %03d $((wait % 1000)))"
  kill -9 "$pid" 2> /dev/null || { echo "it was done before kill $i"; wait "$pid" || true; break; }
  wait "$pid" 2> /dev/null || true
  hit=$((hit + 1))
  half=$(halves killed)
  redone=$((redone + half))
  printf '%-6d %9s %12d %13d\n' "$i" "$((wait / 1000)).$((wait % 1000 / 100))" "$(tasks killed)" "$half"
done
(curate killed "$@") > "$folder/killed-last.log" 2>&1 || { cat "$folder/killed-last.log"; exit 1; }
echo "$hit kills; $redone of $all tasks were begun again"
if diff <(digests whole) <(digests killed) > "$folder/diff.txt"; then
  echo "the same bytes in all $(digests whole | wc -l) files"
else
  echo "these files differ:"
  cat "$folder/diff.txt"
  exit 1
fi
