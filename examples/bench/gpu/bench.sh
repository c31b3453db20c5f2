#!/usr/bin/env bash
# Training steps of GPU size beside PyTorch on the same card, alternately, in bf16: ratio of the medians, peaks of memory.
#
#   bench.sh [options of ../compare.sh] [WORKLOAD...]     of workloads.json beside this script: clip, adapter, lm; all by default
#
#   PYTHON, LLAMA3V   as for ../compare.sh
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
case ${1:-} in -h | --help) sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;; esac
named=()
for argument; do [[ $argument =~ ^(clip|adapter|lm)$ ]] && named+=("$argument"); done
(( ${#named[@]} )) || set -- "$@" clip adapter lm
export DEVICE=cuda DTYPE=bf16 WORKLOADS=$here/workloads.json LLAMA3V_CUDA=1 LLAMA3V_JAVA_OPTS=${LLAMA3V_JAVA_OPTS:--Xmx32g}
exec bash "$here/../compare.sh" --rounds 3 "$@"
