// rotary: with (a, b) = (x[i], x[i + d/2]) of each head, y = (a cos - b sin, b cos + a sin); sign = -1 turns back. One thread a pair:
// reads two elements, writes two; cosines and sines are shared by all heads of a token and come from L1.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif

KERNEL(rotary)(const REAL* __restrict__ x, const float* __restrict__ cosines, const float* __restrict__ sines, float sign,
               REAL* __restrict__ y, int64 tokens, int64 table_tokens, int heads, int half) {
  int pairs = heads * half;
  for (int64 i = grid_index(); i < tokens * pairs; i += grid_stride()) {
    int64 token = i / pairs;
    int rest = static_cast<int>(i - token * pairs);
    int h = rest / half;
    int k = rest - h * half;
    int64 at = (token * heads + h) * 2 * half + k;
    // A table of one row of the batch serves all rows.
    int64 t = (token % table_tokens) * half + k;
    float c = cosines[t];
    float s = sign * sines[t];
    float a = to_float(x[at]);
    float b = to_float(x[at + half]);
    put(y + at, a * c - b * s);
    put(y + at + half, b * c + a * s);
  }
}
