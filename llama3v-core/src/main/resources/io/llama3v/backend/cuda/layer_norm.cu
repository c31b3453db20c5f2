// layer_norm: y = (x - mean) rstd w + b, and its backward. -DTEAM=WarpTeam (rows up to 512: 8 rows in a block of 32 x 8 threads) or
// BlockTeam (a row a block of 256).
// The row is read from device memory once and comes from L1 in the passes after; the variance is that of the centred values, since
// E[x^2] - mean^2 cancels where the mean is large.
// norm_weight_gradient: partial sums of dy x^ and dy over a chunk of rows for 32 columns by 8 lanes of rows (see reduce.cu), which
// add_partials there adds up.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef TEAM
#define TEAM WarpTeam
#endif

KERNEL_BOUNDS(layer_norm, 256, 4)(const REAL* __restrict__ x, const float* __restrict__ weight, const float* __restrict__ bias,
                                  float epsilon, REAL* __restrict__ y, float* __restrict__ mean, float* __restrict__ rstd, int64 rows,
                                  int width) {
  int64 r = team_row();
  bool real = r < rows;
  const REAL* row = x + (real ? r : 0) * width;
  float sum = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) sum += to_float(row[c]);
  float mu = TEAM::sum(sum) / width;
  float squares = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float d = to_float(row[c]) - mu;
    squares += d * d;
  }
  float s = 1.0f / sqrtf(TEAM::sum(squares) / width + epsilon);
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float v = (to_float(row[c]) - mu) * s;
    if (weight) v *= weight[c];
    if (bias) v += bias[c];
    put(y + r * width + c, v);
  }
  if (threadIdx.x == 0) {
    mean[r] = mu;
    rstd[r] = s;
  }
}

// dx = rstd (g - mean(g) - x^ mean(g x^)) with g = dy w and x^ = (x - mean) rstd; added to what dx holds if asked for: the gradient of a
// residual stream is the sum of its branches.
KERNEL_BOUNDS(layer_norm_backward, 256, 4)(const REAL* __restrict__ dy, const REAL* __restrict__ x, const float* __restrict__ weight,
                                           const float* __restrict__ mean, const float* __restrict__ rstd, REAL* __restrict__ dx,
                                           int64 rows, int width, int add) {
  int64 r = team_row();
  bool real = r < rows;
  int64 at = (real ? r : 0) * width;
  float mu = mean[real ? r : 0];
  float s = rstd[real ? r : 0];
  float sum = 0;
  float along = 0;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float g = to_float(dy[at + c]) * (weight ? weight[c] : 1.0f);
    sum += g;
    along += g * (to_float(x[at + c]) - mu) * s;
  }
  sum = TEAM::sum(sum) / width;
  along = TEAM::sum(along) / width;
  if (!real) return;
  for (int c = threadIdx.x; c < width; c += blockDim.x) {
    float g = to_float(dy[at + c]) * (weight ? weight[c] : 1.0f);
    float d = s * (g - sum - (to_float(x[at + c]) - mu) * s * along);
    put(dx + at + c, add ? to_float(dx[at + c]) + d : d);
  }
}

// d_weight and d_bias are partial sums [chunks, width]; either may be null.
KERNEL(norm_weight_gradient)(const REAL* __restrict__ dy, const REAL* __restrict__ x, const float* __restrict__ mean,
                             const float* __restrict__ rstd, float* __restrict__ d_weight, float* __restrict__ d_bias, int64 rows,
                             int width, int64 rows_per_chunk) {
  __shared__ float weights[8][33];
  __shared__ float biases[8][33];
  int c = blockIdx.x * 32 + threadIdx.x;
  int64 from = blockIdx.y * rows_per_chunk;
  int64 to = from + rows_per_chunk < rows ? from + rows_per_chunk : rows;
  float w = 0;
  float b = 0;
  if (c < width) {
    for (int64 r = from + threadIdx.y; r < to; r += 8) {
      float d = to_float(dy[r * width + c]);
      if (d_weight) w += d * (to_float(x[r * width + c]) - mean[r]) * rstd[r];
      b += d;
    }
  }
  weights[threadIdx.y][threadIdx.x] = w;
  biases[threadIdx.y][threadIdx.x] = b;
  __syncthreads();
  if (threadIdx.y != 0 || c >= width) return;
  for (int i = 1; i < 8; i++) {
    w += weights[i][threadIdx.x];
    b += biases[i][threadIdx.x];
  }
  if (d_weight) d_weight[static_cast<int64>(blockIdx.y) * width + c] = w;
  if (d_bias) d_bias[static_cast<int64>(blockIdx.y) * width + c] = b;
}
