#!/usr/bin/env bash
# Packs all that a GPU machine without Java, Maven and network needs for check.sh, bench.sh and training: a Java runtime, the class path,
# and this checkout's examples, configurations and golden values.
#
#   pack.sh OUT.tar.gz [PATH...]     PATHs of this checkout to pack too, such as data/webjars
#
# There: mkdir llama3v && tar -xzf OUT.tar.gz -C llama3v && . llama3v/env.sh && llama3v/examples/bench/gpu/check.sh
#
#   LLAMA3V_TEST_CP   class path to pack; made by classpath.sh unless given
#   JAVA_HOME         the JDK whose runtime is packed; else that of the javac on the PATH
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
case ${1:-} in '' | -h | --help) sed -n '2,11s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
out=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
shift
jdk=${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}
[[ -x $jdk/bin/jlink ]] || { echo "pack.sh: no jlink in $jdk; set JAVA_HOME to a JDK" >&2; exit 2; }
class_path=${LLAMA3V_TEST_CP:-$(bash "$here/classpath.sh")}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$jdk/bin/jlink" --output "$work/jre" --strip-debug --no-header-files --no-man-pages --add-modules \
  java.se,jdk.unsupported,jdk.zipfs,jdk.incubator.vector,jdk.crypto.ec,jdk.management
mkdir "$work/cp"
packed='' number=100
IFS=: read -ra parts <<< "$class_path"
for part in "${parts[@]}"; do
  [[ -e $part ]] || continue
  number=$((number + 1)) # two jars may have one name, and their order counts
  cp -r "$part" "$work/cp/$number-$(basename "$part")"
  packed=$packed:'$here'/cp/$number-$(basename "$part")
done
cat > "$work/env.sh" << ENV
# To be sourced.
here=\$(cd "\$(dirname "\${BASH_SOURCE[0]}")" && pwd)
export JAVA_HOME=\$here/jre LLAMA3V=\$here/bin/llama3v PATH=\$here/bin:\$here/jre/bin:\$PATH
export LLAMA3V_TEST_CP=${packed#:}
ENV
mkdir "$work/bin"
cat > "$work/bin/llama3v" << 'RUN'
#!/usr/bin/env bash
# The launcher of the checkout would build first; this only runs.
exec "$JAVA_HOME/bin/java" --add-modules jdk.incubator.vector ${LLAMA3V_JAVA_OPTS:--Xmx8g} -cp "$LLAMA3V_TEST_CP" \
  io.llama3v.train.cli.Llama3vCommand "$@"
RUN
chmod +x "$work/bin/llama3v"
(cd "$root" && find . -path '*/src/test/resources/golden' -type d -not -path '*/target/*' > "$work/golden" && \
  tar -cf "$work/tree.tar" README.md configs examples --files-from="$work/golden" "$@")
tar -xf "$work/tree.tar" -C "$work"
rm "$work/tree.tar" "$work/golden"
tar -czf "$out" -C "$work" .
ls -l "$out"
