#!/usr/bin/env bash
# Ours and PyTorch's time for the same steps on the same machine in the same minutes: runs 'llama3v bench' with OpenBLAS, the same with
# MKL, and torch_step.py alternately, a process a run, and prints the ratios of the medians with their spread. Leave the machine alone
# meanwhile. Building, and fetching MKL (180 MB) where it is not there yet, comes before the first run.
#
#   examples/bench/compare.sh [--rounds 5] [--steps 10] [--threads N] [--blas openblas,mkl] [--out FILE] [WORKLOAD ...]
#
#   PYTHON    a Python 3 with PyTorch, by default python3. To make one:
#               python3 -m venv .venv && .venv/bin/pip install torch --index-url https://download.pytorch.org/whl/cpu
#               PYTHON=.venv/bin/python examples/bench/compare.sh
#   LLAMA3V   our command, by default examples/bin/llama3v
#   DEVICE    cpu or cuda: PyTorch's device and our backend; by default cpu
#   DTYPE     fp32 or bf16, by default fp32; ours computes in bf16 on a GPU only
#   WORKLOADS the file of workloads, by default workloads.json beside this script
set -euo pipefail

die() { echo "compare.sh: $*" >&2; exit 2; }

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${PYTHON:-python3}
llama3v=${LLAMA3V:-$here/../bin/llama3v}
device=${DEVICE:-cpu}
dtype=${DTYPE:-fp32}
file=${WORKLOADS:-$here/workloads.json}
precision=()
[[ $device != cuda ]] || precision=(--precision "$dtype")
rounds=5 steps=10 threads=$(getconf _NPROCESSORS_ONLN) out="" workloads=()
blas=${LLAMA3V_BLAS:-openblas,mkl}
[[ $device == cpu ]] || blas=auto
while (( $# )); do
  case $1 in
    --rounds) rounds=${2:?--rounds needs a number}; shift 2 ;;
    --steps) steps=${2:?--steps needs a number}; shift 2 ;;
    --threads) threads=${2:?--threads needs a number}; shift 2 ;;
    --blas) blas=${2:?--blas needs openblas, mkl or both with a comma}; shift 2 ;;
    --out) out=${2:?--out needs a file}; shift 2 ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
    -*) die "unknown option $1; see --help" ;;
    *) workloads+=("$1"); shift ;;
  esac
done
(( ${#workloads[@]} )) || workloads=(clip lm adapter generate)
"$python" -c 'import torch' 2> /dev/null || die "$python has no PyTorch; see --help for how to make one that has"
IFS=, read -r -a libraries <<< "$blas"
for library in "${libraries[@]}"; do
  # Also what builds and fetches, so that no timed run does.
  LLAMA3V_BLAS=$library "$llama3v" --version > /dev/null || die "$llama3v does not run with LLAMA3V_BLAS=$library"
done
done=0
if [[ -z $out ]]; then
  out=$(mktemp)
  trap '(( done )) && rm -f "$out" || echo "compare.sh: stopped early; what was measured is in $out, for summary.py" >&2' EXIT
fi
: > "$out"

for (( round = 1; round <= rounds; round++ )); do
  for workload in "${workloads[@]}"; do
    echo "round $round of $rounds: $workload" >&2
    for library in "${libraries[@]}"; do
      LLAMA3V_BLAS=$library "$llama3v" bench --workload "$workload" --steps "$steps" --threads "$threads" --backend "$device" --json \
        ${precision[@]+"${precision[@]}"} --file "$file" >> "$out"
    done
    # PyTorch takes as many OpenMP threads as it is told, whatever the environment says about others.
    "$python" "$here/torch_step.py" "$workload" --steps "$steps" --threads "$threads" --device "$device" --dtype "$dtype" \
      --file "$file" >> "$out"
  done
done
"$python" "$here/summary.py" "$out"
done=1
