// permute: y[i_axes[0], ...] = x[i_0, ...]. Axes that stay together are merged by the host first.
//   transpose: [B, M, N] -> [B, N, M] by way of a 32 x 33 tile of shared memory (the odd row length keeps columns off one bank), so
//              that reads and writes are both coalesced; 32 x 8 threads, four rows each.
//   permute:   anything else, one output element a thread, writes coalesced.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#define MAX_AXES 8

struct Axes {
  int64 count;
  int64 size[MAX_AXES];    // of y, outermost first
  int64 stride[MAX_AXES];  // in x, of the same axis
};

KERNEL(permute)(const REAL* __restrict__ x, REAL* __restrict__ y, int64 n, Axes axes) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    int64 rest = i;
    int64 from = 0;
    for (int a = static_cast<int>(axes.count) - 1; a >= 0; a--) {
      int64 q = rest / axes.size[a];
      from += (rest - q * axes.size[a]) * axes.stride[a];
      rest = q;
    }
    y[i] = x[from];
  }
}

KERNEL_BOUNDS(transpose, 256, 4)(const REAL* __restrict__ x, REAL* __restrict__ y, int64 batch, int64 m, int64 n) {
  __shared__ REAL tile[32][33];
  int64 across = (n + 31) / 32;
  int64 tiles = (m + 31) / 32 * across;
  int column = threadIdx.x;
  for (int64 t = blockIdx.x; t < batch * tiles; t += gridDim.x) {
    int64 b = t / tiles;
    int64 i0 = (t % tiles) / across * 32;
    int64 j0 = (t % tiles) % across * 32;
    for (int r = threadIdx.y; r < 32; r += 8) {
      if (i0 + r < m && j0 + column < n) tile[r][column] = x[(b * m + i0 + r) * n + j0 + column];
    }
    __syncthreads();
    for (int r = threadIdx.y; r < 32; r += 8) {
      if (j0 + r < n && i0 + column < m) y[(b * n + j0 + r) * m + i0 + column] = tile[column][r];
    }
    __syncthreads();
  }
}
