// attention_delta: the first step of attention's backward, for both attention sources.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif

// delta[b, h, i] = dO . O of the row: what the softmax's backward subtracts. A warp a row, 8 rows a block.
KERNEL(attention_delta)(const REAL* __restrict__ d_out, const REAL* __restrict__ out, float* __restrict__ delta, int64 rows, int heads,
                        int queries, int width) {
  int64 row = static_cast<int64>(blockIdx.x) * 8 + (threadIdx.x >> 5);
  float sum = 0;
  if (row < rows) {
    for (int c = threadIdx.x & 31; c < width; c += 32) sum += to_float(d_out[row * width + c]) * to_float(out[row * width + c]);
  }
  sum = warp_sum(sum);
  if (row < rows && (threadIdx.x & 31) == 0) {
    int64 token = row / heads;
    int h = static_cast<int>(row - token * heads);
    int64 b = token / queries;
    delta[(b * heads + h) * queries + token - b * queries] = sum;
  }
}
