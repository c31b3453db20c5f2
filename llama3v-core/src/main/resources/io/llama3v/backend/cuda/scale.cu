// scale: y = a x (x may be y). axpy: y += a x. lerp: y += t (x - y). -DFROM is the type of x, -DTO that of y.
// Bound by memory, one pass.
#include "common.cuh"

#ifndef FROM
#define FROM float
#endif
#ifndef TO
#define TO float
#endif

KERNEL(scale)(const FROM* x, float a, TO* y, int64 n) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) put(y + i, a * to_float(x[i]));
}

KERNEL(axpy)(float a, const FROM* __restrict__ x, TO* __restrict__ y, int64 n, int aligned) {
  int64 done = 0;
  if (aligned) {
    const Pack<FROM, 4>* from = reinterpret_cast<const Pack<FROM, 4>*>(x);
    Pack<TO, 4>* to = reinterpret_cast<Pack<TO, 4>*>(y);
    for (int64 i = grid_index(); i < n / 4; i += grid_stride()) {
      Pack<FROM, 4> u = from[i];
      Pack<TO, 4> v = to[i];
#pragma unroll
      for (int k = 0; k < 4; k++) put(v.v + k, to_float(v.v[k]) + a * to_float(u.v[k]));
      to[i] = v;
    }
    done = n / 4 * 4;
  }
  for (int64 i = done + grid_index(); i < n; i += grid_stride()) put(y + i, to_float(y[i]) + a * to_float(x[i]));
}

KERNEL(lerp)(const FROM* __restrict__ x, float t, TO* __restrict__ y, int64 n) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    float v = to_float(y[i]);
    put(y + i, v + t * (to_float(x[i]) - v));
  }
}
