// Sums, all in a fixed order.
//   sum_columns + add_partials: x [rows, columns] -> y [columns] += sum over rows. A block takes 32 columns (x) by 8 lanes of rows (y) of
//     one chunk of rows, so that loads are coalesced, and writes one partial row; add_partials adds the chunks up in order.
//   sum_rows: x [rows, columns] -> y [rows] += sum over columns, a block each.
//   sum_spread: any other pattern of kept and summed axes, one output element a block.
//   sum_of_squares + add_doubles: in double throughout; even at 1/64 of the float rate memory is what it waits for.
#include "common.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef TO
#define TO float
#endif
#define MAX_AXES 8

KERNEL(sum_columns)(const REAL* __restrict__ x, float* __restrict__ partial, int64 rows, int64 columns, int64 rows_per_chunk) {
  __shared__ float lanes[8][33];
  int64 c = static_cast<int64>(blockIdx.x) * 32 + threadIdx.x;
  int64 from = blockIdx.y * rows_per_chunk;
  int64 to = from + rows_per_chunk < rows ? from + rows_per_chunk : rows;
  float sum = 0;
  if (c < columns) {
    for (int64 r = from + threadIdx.y; r < to; r += 8) sum += to_float(x[r * columns + c]);
  }
  lanes[threadIdx.y][threadIdx.x] = sum;
  __syncthreads();
  if (threadIdx.y == 0 && c < columns) {
    for (int i = 1; i < 8; i++) sum += lanes[i][threadIdx.x];
    partial[blockIdx.y * columns + c] = sum;
  }
}

KERNEL(add_partials)(const float* __restrict__ partial, int64 chunks, int64 columns, TO* __restrict__ y) {
  for (int64 c = grid_index(); c < columns; c += grid_stride()) {
    float sum = 0;
    for (int64 k = 0; k < chunks; k++) sum += partial[k * columns + c];
    put(y + c, to_float(y[c]) + sum);
  }
}

KERNEL(sum_rows)(const REAL* __restrict__ x, TO* __restrict__ y, int64 rows, int64 columns) {
  for (int64 r = blockIdx.x; r < rows; r += gridDim.x) {
    float sum = 0;
    for (int64 c = threadIdx.x; c < columns; c += blockDim.x) sum += to_float(x[r * columns + c]);
    sum = block_sum(sum);
    if (threadIdx.x == 0) put(y + r, to_float(y[r]) + sum);
  }
}

struct Split {
  int64 kept;
  int64 kept_size[MAX_AXES];
  int64 kept_stride[MAX_AXES];
  int64 summed;
  int64 summed_size[MAX_AXES];
  int64 summed_stride[MAX_AXES];
};

DEVICE int64 place(int64 index, int64 count, const int64* size, const int64* stride) {
  int64 at = 0;
  for (int a = static_cast<int>(count) - 1; a >= 0; a--) {
    int64 q = index / size[a];
    at += (index - q * size[a]) * stride[a];
    index = q;
  }
  return at;
}

KERNEL(sum_spread)(const REAL* __restrict__ x, TO* __restrict__ y, int64 outputs, int64 terms, Split axes) {
  for (int64 o = blockIdx.x; o < outputs; o += gridDim.x) {
    int64 base = place(o, axes.kept, axes.kept_size, axes.kept_stride);
    float sum = 0;
    for (int64 t = threadIdx.x; t < terms; t += blockDim.x) {
      sum += to_float(x[base + place(t, axes.summed, axes.summed_size, axes.summed_stride)]);
    }
    sum = block_sum(sum);
    if (threadIdx.x == 0) put(y + o, to_float(y[o]) + sum);
  }
}

KERNEL(sum_of_squares)(const REAL* __restrict__ x, double* __restrict__ partial, int64 n) {
  double sum = 0;
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    double v = to_float(x[i]);
    sum += v * v;
  }
  sum = block_sum(sum);
  if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

KERNEL(add_doubles)(const double* __restrict__ partial, int count, double* __restrict__ y) {
  double sum = 0;
  for (int i = threadIdx.x; i < count; i += blockDim.x) sum += partial[i];
  sum = block_sum(sum);
  if (threadIdx.x == 0) *y = sum;
}
