#!/usr/bin/env bash
# The whole story on one machine: builds the project, makes a corpus of real pictures out of icon sets, trains a tiny Llama 3-V through
# every stage, and shows that it sees. Needs a JDK 17 or newer, Maven 3.8 or newer, about 6 GB of memory and a network for downloads.
# Run it again after an interruption: what is done stays done.
#
#   CONFIG=configs/tiny.yaml bash examples/quickstart.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
config=${CONFIG:-configs/tiny.yaml}

part() { # NAME COMMAND...: runs a part and says how long it took
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  "$@"
  echo "== $name: $(( (SECONDS - start) / 60 )) min $(( (SECONDS - start) % 60 )) s"
}

build() {
  mvn -B -q -Dstyle.color=never -DskipTests package
  touch llama3v-train/target/.launcher # the launcher need not build again
}

download() {
  local coordinates name
  mkdir -p data/webjars
  for coordinates in org.webjars.npm:mdi__svg:5.2.45 org.webjars.npm:tabler__icons:3.35.0 org.webjars.npm:bootstrap-icons:1.13.1 \
    org.webjars:font-awesome:7.2.0 org.webjars.npm:flag-icons:7.5.0; do
    name=${coordinates#*:}
    name=${name/:/-}.jar
    if [[ ! -s data/webjars/$name ]]; then
      mvn -B -q -Dstyle.color=never -N org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy -Dartifact="$coordinates" -DoutputDirectory=data/webjars
    fi
    echo "data/webjars/$name"
  done
}

# What a configuration says once defaults and base files are in it: a top-level value, or one of a section.
setting() { # SECTION KEY, where SECTION may be empty
  examples/bin/llama3v validate "$config" --print | awk -v section="$1" -v key="$2" '
    /^[a-z]/ { here = $1; sub(":.*", "", here); depth = 0 }
    (section == "" && /^[a-z]/ || section == here && /^  [a-z]/) && $1 == key ":" { gsub("\"", "", $2); print $2; exit }'
}

show() {
  local run corpus shard json question answer
  run=$(setting "" run)
  corpus=$(setting corpus folder)
  shard=$(find "$corpus/eval" -name 'questions-[0-9]*.tar' | sort | sed -n 1p)
  # The second sample asks for a colour. Tar's members come in order: png, txt and json of a sample beside each other.
  local key
  key=$(tar -tf "$shard" | sed -n 's/\.json$//p' | sed -n 2p)
  tar -xOf "$shard" "$key.png" > "$run/sample.png"
  json=$(tar -xOf "$shard" "$key.json")
  question=$(sed -n 's/.*"question" *: *"\([^"]*\)".*/\1/p' <<< "$json" | sed -n 1p)
  answer=$(sed -n 's/.*"answer" *: *"\([^"]*\)".*/\1/p' <<< "$json" | sed -n 1p)
  echo "The table above is in $run/evaluation.json; the report with curves, pictures and answers: $run/report.html"
  echo
  echo "One of the held-out pictures, $run/sample.png; the right answer is '$answer':"
  echo "\$ examples/bin/llama3v generate $run --image $run/sample.png '$question'"
  examples/bin/llama3v generate "$run" --image "$run/sample.png" "$question"
}

part "build" build
part "download the icon sets" download
part "train and evaluate: $config" examples/bin/llama3v run "$config"
part "ask" show
echo "all of it took $(( SECONDS / 60 )) min $(( SECONDS % 60 )) s"
