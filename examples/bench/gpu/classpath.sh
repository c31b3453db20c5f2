#!/usr/bin/env bash
# Prints the class path that check.sh and pack.sh use: the built classes, the tests of llama3v-core, all dependencies with the cuda
# bindings, and the JUnit console launcher. Builds what is missing (Maven, profile cuda).
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
version=1.14.1
console=${MAVEN_REPOSITORY:-$HOME/.m2/repository}/org/junit/platform/junit-platform-console-standalone/$version/junit-platform-console-standalone-$version.jar
(cd "$root" && mvn -B -q -Dstyle.color=never -Pcuda -DskipTests package) >&2
[[ -f $console ]] || mvn -B -q -Dstyle.color=never dependency:get -Dartifact=org.junit.platform:junit-platform-console-standalone:$version >&2
jar=$(find "$root/llama3v-train/target" -maxdepth 1 -name 'llama3v-train-*.jar' ! -name '*-sources.jar' ! -name '*-javadoc.jar' -print -quit)
printf '%s' "$console:$root/llama3v-core/target/test-classes:$jar:$(find "$root/llama3v-train/target/lib" -name '*.jar' | sort | paste -sd:)"
