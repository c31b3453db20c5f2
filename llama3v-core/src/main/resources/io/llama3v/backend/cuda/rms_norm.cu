// rms_norm: y = x rstd w with rstd = 1/sqrt(mean(x^2) + epsilon), and its backward; teams as in layer_norm.cu.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef TEAM
#define TEAM WarpTeam
#endif

KERNEL_BOUNDS(rms_norm, 256, 4)(const REAL* __restrict__ x, const float* __restrict__ weight, float epsilon, REAL* __restrict__ y,
                                float* __restrict__ rstd, int64 rows, int width) {
  int64 r = team_row();
  bool real = r < rows;
  const REAL* row = x + (real ? r : 0) * width;
  float squares = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float v = to_float(row[c]);
    squares += v * v;
  }
  float s = 1.0f / sqrtf(TEAM::sum(squares) / width + epsilon);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) put(y + r * width + c, to_float(row[c]) * s * weight[c]);
  if (threadIdx.x == 0) rstd[r] = s;
}

// dx = rstd (g - x^ mean(g x^)) with g = dy w and x^ = x rstd; added to what dx holds if asked for.
KERNEL_BOUNDS(rms_norm_backward, 256, 4)(const REAL* __restrict__ dy, const REAL* __restrict__ x, const float* __restrict__ weight,
                                         const float* __restrict__ rstd, REAL* __restrict__ dx, int64 rows, int width,
                                         int add) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float s = rstd[real ? r : 0];
  float along = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) along += to_float(dy[at + c]) * weight[c] * to_float(x[at + c]) * s;
  along = TEAM::sum(along) / width;
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float d = s * (to_float(dy[at + c]) * weight[c] - to_float(x[at + c]) * s * along);
    put(dx + at + c, add ? to_float(dx[at + c]) + d : d);
  }
}

// Partial sums [chunks, width] of dy x^ over chunks of rows; see reduce.cu.
KERNEL(rms_weight_gradient)(const REAL* __restrict__ dy, const REAL* __restrict__ x, const float* __restrict__ rstd,
                            float* __restrict__ d_weight, int64 rows, int width, int64 rows_per_chunk) {
  __shared__ float lanes[8][33];
  int c = blockIdx.x * 32 + threadIdx.x;
  int64 from = blockIdx.y * rows_per_chunk;
  int64 to = from + rows_per_chunk < rows ? from + rows_per_chunk : rows;
  float w = 0;
  if (c < width) {
    for (int64 r = from + threadIdx.y; r < to; r += 8) w += to_float(dy[r * width + c]) * to_float(x[r * width + c]) * rstd[r];
  }
  lanes[threadIdx.y][threadIdx.x] = w;
  __syncthreads();
  if (threadIdx.y != 0 || c >= width) return;
  for (int i = 1; i < 8; i++) w += lanes[i][threadIdx.x];
  d_weight[static_cast<int64>(blockIdx.y) * width + c] = w;
}
