// unary: y = f(x); unary_backward: dx = dy f'(x). -DOP names the function, so that each module holds one.
// Bound by memory; 16 bytes a thread and step where pointers are aligned. erff, expf and tanhf are the accurate ones (2 ulp at most).
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef OP
#define OP GELU
#endif

#define CONCATENATED(a, b) a##b
#define NAMED(a, b) CONCATENATED(a, b)

DEVICE float logistic(float x) { return 1.0f / (1.0f + expf(-x)); }
// Derivative of x s(a x): s (1 + a x (1 - s)).
DEVICE float logistic_times_slope(float x, float a) {
  float s = logistic(a * x);
  return s * (1.0f + a * x * (1.0f - s));
}

// x Phi(x), the exact one. erfc keeps the digits of the left tail, where 1 + erf would cancel.
DEVICE float value_GELU(float x) { return 0.5f * x * erfcf(-0.70710678118654752f * x); }
DEVICE float slope_GELU(float x, float) {
  return 0.5f * erfcf(-0.70710678118654752f * x) + x * 0.39894228040143268f * expf(-0.5f * x * x);
}
DEVICE float value_QUICK_GELU(float x) { return x * logistic(1.702f * x); }
DEVICE float slope_QUICK_GELU(float x, float) { return logistic_times_slope(x, 1.702f); }
DEVICE float value_SILU(float x) { return x * logistic(x); }
DEVICE float slope_SILU(float x, float) { return logistic_times_slope(x, 1.0f); }
DEVICE float value_TANH(float x) { return tanhf(x); }
DEVICE float slope_TANH(float, float y) { return 1.0f - y * y; }
DEVICE float value_SIGMOID(float x) { return logistic(x); }
DEVICE float slope_SIGMOID(float, float y) { return y * (1.0f - y); }
DEVICE float value_RELU(float x) { return fmaxf(x, 0.0f); }
DEVICE float slope_RELU(float, float y) { return y > 0.0f ? 1.0f : 0.0f; }
DEVICE float value_EXP(float x) { return expf(x); }
DEVICE float slope_EXP(float, float y) { return y; }
DEVICE float value_LOG(float x) { return logf(x); }
DEVICE float slope_LOG(float x, float) { return 1.0f / x; }

#define VALUE NAMED(value_, OP)
#define SLOPE NAMED(slope_, OP)
enum { WIDTH = 16 / sizeof(REAL) };

KERNEL(unary)(const REAL* __restrict__ x, REAL* __restrict__ y, int64 n, int aligned) {
  int64 done = 0;
  if (aligned) {
    const Pack<REAL, WIDTH>* from = reinterpret_cast<const Pack<REAL, WIDTH>*>(x);
    Pack<REAL, WIDTH>* to = reinterpret_cast<Pack<REAL, WIDTH>*>(y);
    for (int64 i = grid_index(); i < n / WIDTH; i += grid_stride()) {
      Pack<REAL, WIDTH> p = from[i];
#pragma unroll
      for (int k = 0; k < WIDTH; k++) put(p.v + k, VALUE(to_float(p.v[k])));
      to[i] = p;
    }
    done = n / WIDTH * WIDTH;
  }
  for (int64 i = done + grid_index(); i < n; i += grid_stride()) put(y + i, VALUE(to_float(x[i])));
}

// Either x or y may be null where f' follows from the other: given says which are there (1 x, 2 y).
KERNEL(unary_backward)(const REAL* __restrict__ x, const REAL* __restrict__ y, const REAL* __restrict__ dy, REAL* __restrict__ dx,
                       int64 n, int given) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    float in = (given & 1) ? to_float(x[i]) : 0.0f;
    float out = (given & 2) ? to_float(y[i]) : VALUE(in);
    put(dx + i, to_float(dy[i]) * SLOPE(in, out));
  }
}
