// adamw: one AdamW update of F32 master weights and moments in place, in one pass: reads p, g, m, v and writes p, m, v (28 bytes a
// weight with F32 gradients). Where the weights have a BF16 copy for products, it is written in the same pass. The coefficients are
// rounded once, by the host. -DREAL is the type of the gradient.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif

KERNEL(adamw)(float* __restrict__ p, const REAL* __restrict__ g, float* __restrict__ m, float* __restrict__ v, bf16* __restrict__ copy,
              int64 n, float scale, float keep, float one_minus_beta1, float beta2, float one_minus_beta2, float size, float unbias,
              float epsilon) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    float d = to_float(g[i]) * scale;
    float first = m[i] + (d - m[i]) * one_minus_beta1;
    float second = v[i] * beta2 + d * d * one_minus_beta2;
    m[i] = first;
    v[i] = second;
    float fresh = p[i] * keep - first / (sqrtf(second) / unbias + epsilon) * size;
    p[i] = fresh;
    if (copy) put(copy + i, fresh);
  }
}
