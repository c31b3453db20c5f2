// fill: y = value. copy: y = x, converting between element types (-DFROM, -DTO). copy_rows: a rectangle, copied or added.
// Bound by memory. Threads move 16 bytes at a time where the host found all pointers aligned; blocks of 256 threads and a grid that
// fills the device once, since a loop over the grid costs less than launching a block for every piece.
#include "common.cuh"

#ifndef FROM
#define FROM float
#endif
#ifndef TO
#define TO float
#endif

KERNEL(fill)(TO* __restrict__ y, float value, int64 n) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) put(y + i, value);
}

KERNEL(copy)(const FROM* __restrict__ x, TO* __restrict__ y, int64 n, int aligned) {
  int64 done = 0;
  if (aligned) {
    const Pack<FROM, 4>* from = reinterpret_cast<const Pack<FROM, 4>*>(x);
    Pack<TO, 4>* to = reinterpret_cast<Pack<TO, 4>*>(y);
    for (int64 i = grid_index(); i < n / 4; i += grid_stride()) {
      Pack<FROM, 4> a = from[i];
      Pack<TO, 4> b;
#pragma unroll
      for (int k = 0; k < 4; k++) assign(b.v + k, a.v[k]);
      to[i] = b;
    }
    done = n / 4 * 4;
  }
  for (int64 i = done + grid_index(); i < n; i += grid_stride()) assign(y + i, x[i]);
}

// One row per blockIdx.y (and on, in steps of gridDim.y); threads of a row along x, so that both sides are coalesced.
KERNEL(copy_rows)(const FROM* __restrict__ x, int64 x_stride, TO* __restrict__ y, int64 y_stride, int64 rows, int64 width, int add) {
  for (int64 r = blockIdx.y; r < rows; r += gridDim.y) {
    const FROM* from = x + r * x_stride;
    TO* to = y + r * y_stride;
    for (int64 c = grid_index(); c < width; c += grid_stride()) {
      if (add) put(to + c, to_float(to[c]) + to_float(from[c]));
      else assign(to + c, from[c]);
    }
  }
}
