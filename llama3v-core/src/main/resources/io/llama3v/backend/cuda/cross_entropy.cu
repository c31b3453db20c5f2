// cross_entropy: losses[r] = w[r] (logsumexp(z[r]) - z[r, label]). A block of 512 a row reads the logits once: each thread keeps a
// running maximum and a sum that is rescaled when the maximum moves (Milakov, Gimelshein: Online normalizer calculation for softmax,
// 2018), and the block joins the pairs in order. No probability is ever written.
// cross_entropy_backward: dz = dloss w (e^(z - lse) - onehot), one pass; dz may be z.
// A label that is neither ignored nor in the vocabulary gives NaN, since a kernel cannot raise an error.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif

DEVICE void join(float& m, float& s, float other_m, float other_s) {
  float top = fmaxf(m, other_m);
  if (top == -INFINITY_F) return;
  s = s * expf(m - top) + other_s * expf(other_m - top);
  m = top;
}

KERNEL_BOUNDS(cross_entropy, 512, 2)(const REAL* __restrict__ z, const int* __restrict__ labels, const float* __restrict__ weights,
                                     int ignore, float* __restrict__ losses, float* __restrict__ log_sum_exp, int64 rows, int64 width) {
  __shared__ float maxima[16];
  __shared__ float sums[16];
  for (int64 r = blockIdx.x; r < rows; r += gridDim.x) {
    const REAL* row = z + r * width;
    float m = -INFINITY_F;
    float s = 0;
    for (int64 c = threadIdx.x; c < width; c += blockDim.x) {
      float v = to_float(row[c]);
      if (v > m) {
        s = s * expf(m - v) + 1.0f;
        m = v;
      } else {
        s += v == -INFINITY_F ? 0.0f : expf(v - m);
      }
      if (v != v) s = v;
    }
#pragma unroll
    for (int o = 16; o > 0; o >>= 1) {
      float other_m = __shfl_xor_sync(FULL_WARP, m, o);
      float other_s = __shfl_xor_sync(FULL_WARP, s, o);
      join(m, s, other_m, other_s);
    }
    if ((threadIdx.x & 31) == 0) {
      maxima[threadIdx.x >> 5] = m;
      sums[threadIdx.x >> 5] = s;
    }
    __syncthreads();
    if (threadIdx.x == 0) {
      for (int i = 1; i < static_cast<int>(blockDim.x >> 5); i++) join(m, s, maxima[i], sums[i]);
      float lse = m + logf(s);
      int label = labels[r];
      float loss = 0;
      if (label != ignore) {
        loss = label >= 0 && label < width ? lse - to_float(row[label]) : __int_as_float(0x7fc00000);
        if (weights) loss *= weights[r];
      }
      losses[r] = loss;
      log_sum_exp[r] = lse;
    }
    __syncthreads();
  }
}

KERNEL_BOUNDS(cross_entropy_backward, 512, 2)(const float* __restrict__ d_losses, const REAL* z,
                                              const int* __restrict__ labels, const float* __restrict__ weights, int ignore,
                                              const float* __restrict__ log_sum_exp, REAL* dz, int64 rows, int64 width) {
  for (int64 r = blockIdx.x; r < rows; r += gridDim.x) {
    int label = labels[r];
    float factor = label == ignore ? 0.0f : d_losses[r] * (weights ? weights[r] : 1.0f);
    float lse = log_sum_exp[r];
    for (int64 c = threadIdx.x; c < width; c += blockDim.x) {
      float p = label == ignore ? 0.0f : expf(to_float(z[r * width + c]) - lse) - (c == label ? 1.0f : 0.0f);
      put(dz + r * width + c, factor * p);
    }
  }
}
