// gather_rows: y[r] = table[ids[r]] (-DTABLE, -DREAL). A block a row. An id outside the table gives NaN, which the loss will show:
// whoever makes ids checks them, since a kernel cannot raise an error and reading beyond the table could read anything.
// scatter_add_rows: dTable[ids[r]] += dy[r], in the order of r, so that the result does not depend on timing. The host sorts nothing:
//   first_of / next_of link the rows that share an id (one thread a row looks ahead for the next row with its id), and the block of the
//   first row walks the chain and writes the table once. Ids repeat a few times in a batch, so chains are short; where one id fills a
//   batch (padding), one block adds all its rows, coalesced.
#include "common.cuh"

#ifndef TABLE
#define TABLE float
#endif
#ifndef REAL
#define REAL float
#endif

KERNEL(gather_rows)(const TABLE* __restrict__ table, const int* __restrict__ ids, REAL* __restrict__ y, int64 rows, int64 table_rows,
                    int64 width) {
  for (int64 r = blockIdx.x; r < rows; r += gridDim.x) {
    int64 id = ids[r];
    bool inside = id >= 0 && id < table_rows;
    for (int64 c = threadIdx.x; c < width; c += blockDim.x) {
      put(y + r * width + c, inside ? to_float(table[id * width + c]) : __int_as_float(0x7fc00000));
    }
  }
}

// next[r] = the next row with the same id, or rows; first[r] = 1 if no row before has it. Warps read ids in step: broadcast loads.
KERNEL(link_rows)(const int* __restrict__ ids, int* __restrict__ next, int* __restrict__ first, int rows) {
  for (int64 i = grid_index(); i < rows; i += grid_stride()) {
    int r = static_cast<int>(i);
    int id = ids[r];
    int k = r + 1;
    while (k < rows && ids[k] != id) k++;
    next[r] = k;
    int before = 0;
    while (before < r && ids[before] != id) before++;
    first[r] = before == r;
  }
}

KERNEL(scatter_add_rows)(const REAL* __restrict__ dy, const int* __restrict__ ids, const int* __restrict__ next,
                         const int* __restrict__ first, TABLE* __restrict__ d_table, int rows, int64 table_rows, int64 width) {
  for (int r = blockIdx.x; r < rows; r += gridDim.x) {
    int64 id = ids[r];
    if (!first[r] || id < 0 || id >= table_rows) continue;
    for (int64 c = threadIdx.x; c < width; c += blockDim.x) {
      float sum = to_float(d_table[id * width + c]);
      for (int k = r; k < rows; k = next[k]) sum += to_float(dy[k * width + c]);
      put(d_table + id * width + c, sum);
    }
  }
}
