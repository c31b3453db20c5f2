// silu_gate: y = silu(gate) up, the middle of SwiGLU, and its backward in one pass over dy, gate and up.
// gated_add: y = x + tanh(g) h with a gate g of one element that is read on the device, so that the host never waits for it.
// gated_add_backward: dh = tanh(g) dy; partial[block] = the block's share of sum(dy h). gate_gradient adds the shares up in order and
// accumulates (1 - tanh^2 g) sum(dy h) into dg.
// Bound by memory; blocks of 256.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
enum { WIDTH = 16 / sizeof(REAL) };

DEVICE float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }

KERNEL(silu_gate)(const REAL* __restrict__ gate, const REAL* __restrict__ up, REAL* __restrict__ y, int64 n, int aligned) {
  int64 done = 0;
  if (aligned) {
    const Pack<REAL, WIDTH>* pg = reinterpret_cast<const Pack<REAL, WIDTH>*>(gate);
    const Pack<REAL, WIDTH>* pu = reinterpret_cast<const Pack<REAL, WIDTH>*>(up);
    Pack<REAL, WIDTH>* py = reinterpret_cast<Pack<REAL, WIDTH>*>(y);
    for (int64 i = grid_index(); i < n / WIDTH; i += grid_stride()) {
      Pack<REAL, WIDTH> g = pg[i];
      Pack<REAL, WIDTH> u = pu[i];
#pragma unroll
      for (int k = 0; k < WIDTH; k++) {
        float v = to_float(g.v[k]);
        put(g.v + k, v * logistic(v) * to_float(u.v[k]));
      }
      py[i] = g;
    }
    done = n / WIDTH * WIDTH;
  }
  for (int64 i = done + grid_index(); i < n; i += grid_stride()) {
    float v = to_float(gate[i]);
    put(y + i, v * logistic(v) * to_float(up[i]));
  }
}

KERNEL(silu_gate_backward)(const REAL* __restrict__ dy, const REAL* __restrict__ gate, const REAL* __restrict__ up,
                           REAL* __restrict__ d_gate, REAL* __restrict__ d_up, int64 n) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    float d = to_float(dy[i]);
    float g = to_float(gate[i]);
    float s = logistic(g);
    if (d_gate) put(d_gate + i, d * to_float(up[i]) * s * (1.0f + g * (1.0f - s)));
    if (d_up) put(d_up + i, d * g * s);
  }
}

KERNEL(gated_add)(const REAL* __restrict__ x, const REAL* __restrict__ h, const float* __restrict__ gate, REAL* __restrict__ y, int64 n) {
  float open = tanhf(*gate);
  for (int64 i = grid_index(); i < n; i += grid_stride()) put(y + i, to_float(x[i]) + open * to_float(h[i]));
}

KERNEL(gated_add_backward)(const REAL* __restrict__ dy, const REAL* __restrict__ h, const float* __restrict__ gate,
                           REAL* __restrict__ dh, double* __restrict__ partial, int64 n) {
  float open = tanhf(*gate);
  double sum = 0;
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    float d = to_float(dy[i]);
    if (dh) put(dh + i, open * d);
    if (partial) sum += static_cast<double>(d * to_float(h[i]));
  }
  if (partial) {
    sum = block_sum(sum);
    if (threadIdx.x == 0) partial[blockIdx.x] = sum;
  }
}

KERNEL(gate_gradient)(const double* __restrict__ partial, int count, const float* __restrict__ gate, float* __restrict__ d_gate) {
  double sum = 0;
  for (int i = threadIdx.x; i < count; i += blockDim.x) sum += partial[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) {
    double open = tanhf(*gate);
    *d_gate += static_cast<float>((1.0 - open * open) * sum);
  }
}
