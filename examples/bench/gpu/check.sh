#!/usr/bin/env bash
# Checks the cuda backend on the GPU of this machine: every kernel against the reference in double on odd shapes, the models against the
# golden values (if given), and memory accesses with compute-sanitizer (if it is there). Prints a summary; exits with 1 on any failure.
#
#   check.sh [GOLDEN_DIR...]     folders of golden values, as 'llama3v parity' takes them
#
#   LLAMA3V_TEST_CP   class path of the built classes, tests and dependencies, with the JUnit console launcher: for a machine
#                     without Maven (pack.sh makes a package for one). By default classpath.sh makes it out of this checkout.
#   JUNIT_CONSOLE     the JUnit console launcher's jar, where LLAMA3V_TEST_CP does not hold it
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
case ${1:-} in -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;; esac
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
failed=0
say() { printf '\n== %s\n' "$*"; }
verdict() { if [[ $1 -eq 0 ]]; then echo "PASS $2"; else echo "FAIL $2"; failed=1; fi; }

say "GPU"
nvidia-smi --query-gpu=name,compute_cap,driver_version,memory.total --format=csv,noheader || { echo "no GPU"; exit 1; }

if [[ -z ${LLAMA3V_TEST_CP:-} ]]; then
  LLAMA3V_TEST_CP=$(bash "$here/classpath.sh") || exit 1
fi
cp=${JUNIT_CONSOLE:+$JUNIT_CONSOLE:}$LLAMA3V_TEST_CP
run() { "$java" --add-modules jdk.incubator.vector -Xmx8g -cp "$cp" "$@"; }
tests() { run org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=none "$@"; }
command_line() { run io.llama3v.train.cli.Llama3vCommand "$@"; }

say "backends"
command_line backends
command_line backends --backend cuda
verdict $? "the cuda backend opens"

say "kernels against the reference in double, F32 and BF16"
tests --select-class io.llama3v.backend.BackendAgreementTest --select-class io.llama3v.backend.GpuAgreementTest
verdict $? "kernels"

say "a small model: gradients, the same bits twice"
tests --select-class io.llama3v.backend.CudaModelTest
verdict $? "small model"

if [[ $# -gt 0 ]]; then
  say "golden values, fp32"
  command_line parity "$@" --backend cuda --precision fp32
  verdict $? "golden values in fp32"
fi

say "memory accesses"
if command -v compute-sanitizer > /dev/null; then
  compute-sanitizer --tool memcheck --error-exitcode 9 --target-processes all \
    "$java" --add-modules jdk.incubator.vector -Xmx8g -cp "$cp" org.junit.platform.console.ConsoleLauncher execute --disable-banner \
    --details=none --select-class io.llama3v.backend.GpuAgreementTest 2>&1 | tail -20
  verdict "${PIPESTATUS[0]}" "memcheck"
else
  echo "SKIP memcheck: no compute-sanitizer on the PATH"
fi
exit $failed
