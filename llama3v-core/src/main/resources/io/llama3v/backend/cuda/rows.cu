// Per-row kernels without weights; teams as in layer_norm.cu.
//   l2_normalize: y = x / max(|x|, 1e-12) and its backward; -DREAL is the type of x, y and norms are float.
//   softmax: three passes over a row that stays in L1 (maximum, sum, result), and its backward.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef TEAM
#define TEAM WarpTeam
#endif

KERNEL_BOUNDS(l2_normalize, 256, 4)(const REAL* __restrict__ x, float* __restrict__ y, float* __restrict__ norm, int64 rows, int width) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float squares = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float v = to_float(x[at + c]);
    squares += v * v;
  }
  float length = fmaxf(sqrtf(TEAM::sum(squares)), 1e-12f);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) y[at + c] = to_float(x[at + c]) / length;
  if (threadIdx.x == 0) norm[r] = length;
}

// dx = (dy - y (y . dy)) / norm
KERNEL_BOUNDS(l2_normalize_backward, 256, 4)(const float* __restrict__ dy, const float* __restrict__ y, const float* __restrict__ norm,
                                             REAL* __restrict__ dx, int64 rows, int width) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float along = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) along += dy[at + c] * y[at + c];
  along = TEAM::sum(along);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) put(dx + at + c, (dy[at + c] - y[at + c] * along) / norm[r]);
}

KERNEL_BOUNDS(softmax, 256, 4)(const REAL* __restrict__ x, REAL* __restrict__ y, int64 rows, int width) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float largest = -INFINITY_F;
  for (int c = threadIdx.x; c < width; c += blockDim.x) largest = fmaxf(largest, to_float(x[at + c]));
  largest = TEAM::max(largest);
  float sum = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) sum += expf(to_float(x[at + c]) - largest);
  float share = 1.0f / TEAM::sum(sum);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) put(y + at + c, expf(to_float(x[at + c]) - largest) * share);
}

// dx = y (dy - sum(dy y))
KERNEL_BOUNDS(softmax_backward, 256, 4)(const REAL* __restrict__ dy, const REAL* __restrict__ y, REAL* __restrict__ dx, int64 rows,
                                        int width) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float along = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) along += to_float(dy[at + c]) * to_float(y[at + c]);
  along = TEAM::sum(along);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) put(dx + at + c, to_float(y[at + c]) * (to_float(dy[at + c]) - along));
}
