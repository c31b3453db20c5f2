// Attention in BF16 on tensor cores with F32 accumulation and F32 softmax; sm_80 on. -DHEAD_DIM: a multiple of 8, at most 128.
//
// Forward: a block of 4 warps takes 64 queries, a warp 16 of them; keys pass by in tiles of 64, K and V of the next tile being copied
// (cp.async) while this one is multiplied. Q lies in registers; scores, probabilities and the output never leave them (matrix.cuh).
// Shared memory: 2 x 2 tiles of 64 x (HEAD_DIM + 8) bf16, that is 70 KB at 128 (three blocks on an H100's multiprocessor), 46 KB at 80.
// Rows are padded by 16 bytes: eight rows then start at eight different groups of four banks, so that ldmatrix has no conflicts.
// Head sizes that are no multiple of 16 are filled up with zeros in shared memory.
//
// Backward: twice over the scores, by keys (dK, dV) and by queries (dQ), as in attention.cu and for the same reason: each sum has one
// owner. By keys the scores are computed transposed, S^T = K Q^T, so that P^T and dS^T are already in the layout that the products
// P^T dO and dS^T Q want. Queries pass by in tiles of 32 there: two accumulators of 16 x HEAD_DIM a warp leave no registers for more.
#include "common.cuh"
#include "attention_mask.cuh"
#include "matrix.cuh"

#ifndef HEAD_DIM
#define HEAD_DIM 64
#endif

enum { D = (HEAD_DIM + 15) / 16 * 16, STRIDE = D + 8, STEPS = D / 16, ROWS = 64, PASSING = 32 };

#define LOG2E 1.4426950408889634f

// Rows [from, from + count) of one head of x [B, T, H, HEAD_DIM]; zeros past the end and beyond HEAD_DIM.
DEVICE void copy_rows_async(const bf16* __restrict__ x, int b, int from, int count, int length, int h, int heads, bf16* to) {
  enum { CHUNKS = D / 8 };
  for (int i = threadIdx.x; i < count * CHUNKS; i += 128) {
    int r = i / CHUNKS;
    int c = (i - r * CHUNKS) * 8;
    int t = from + r;
    bool exists = t < length && c < HEAD_DIM;
    int64 at = exists ? ((static_cast<int64>(b) * length + t) * heads + h) * HEAD_DIM + c : 0;
    copy_async(to + r * STRIDE + c, x + at, exists);
  }
}

// Writes a warp's 16 x D accumulator (rows row0 + g and + 8) to one head of y [B, T, H, HEAD_DIM], each row times its factor.
DEVICE void store_rows(const float (&acc)[D / 8][4], float factor0, float factor1, int b, int row0, int length, int h, int heads,
                       bf16* __restrict__ y) {
  int lane = threadIdx.x & 31;
  int t0 = row0 + (lane >> 2);
#pragma unroll
  for (int half = 0; half < 2; half++) {
    int t = t0 + 8 * half;
    if (t >= length) continue;
    float f = half ? factor1 : factor0;
    bf16* row = y + ((static_cast<int64>(b) * length + t) * heads + h) * HEAD_DIM;
#pragma unroll
    for (int n = 0; n < D / 8; n++) {
      int c = 8 * n + 2 * (lane & 3);
      if (c < HEAD_DIM) *reinterpret_cast<unsigned*>(row + c) = bf16_pair(acc[n][2 * half] * f, acc[n][2 * half + 1] * f);
    }
  }
}

KERNEL_BOUNDS(attention, 128, 2)(const bf16* __restrict__ q, const bf16* __restrict__ k, const bf16* __restrict__ v, bf16* __restrict__ out,
                                 float* __restrict__ log_sum_exp, Geometry g) {
  DYNAMIC_SHARED(bf16, shared);
  enum { TILE_SIZE = ROWS * STRIDE };
  int warp = threadIdx.x >> 5;
  int lane = threadIdx.x & 31;
  int i0 = blockIdx.x * ROWS;
  int h = blockIdx.y;
  int b = blockIdx.z;
  int hk = h / (g.heads / g.key_heads);
  int row = i0 + warp * 16 + (lane >> 2);
  bool simple = plain(g);

  // Q goes through the buffer of the second tile into registers.
  copy_rows_async(q, b, i0, ROWS, g.queries, h, g.heads, shared + 2 * TILE_SIZE);
  copies_end_group();
  copies_wait<0>();
  __syncthreads();
  unsigned aq[STEPS][4];
#pragma unroll
  for (int s = 0; s < STEPS; s++) load_a(aq[s], shared + 2 * TILE_SIZE, STRIDE, warp * 16, 16 * s);
  __syncthreads();

  float acc[D / 8][4];
#pragma unroll
  for (int n = 0; n < D / 8; n++)
#pragma unroll
    for (int e = 0; e < 4; e++) acc[n][e] = 0;
  float largest[2] = {-INFINITY_F, -INFINITY_F};
  float total[2] = {0, 0};

  int last = reach(g, min(i0 + ROWS, g.queries) - 1);
  int tiles = (last + ROWS - 1) / ROWS;
  if (tiles > 0) {
    copy_rows_async(k, b, 0, ROWS, g.keys, hk, g.key_heads, shared);
    copy_rows_async(v, b, 0, ROWS, g.keys, hk, g.key_heads, shared + TILE_SIZE);
  }
  copies_end_group();
  for (int tile = 0; tile < tiles; tile++) {
    int j0 = tile * ROWS;
    if (tile + 1 < tiles) {
      copy_rows_async(k, b, j0 + ROWS, ROWS, g.keys, hk, g.key_heads, shared + ((tile + 1) & 1) * 2 * TILE_SIZE);
      copy_rows_async(v, b, j0 + ROWS, ROWS, g.keys, hk, g.key_heads, shared + ((tile + 1) & 1) * 2 * TILE_SIZE + TILE_SIZE);
    }
    copies_end_group();
    copies_wait<1>();
    __syncthreads();
    const bf16* ks = shared + (tile & 1) * 2 * TILE_SIZE;  // K, V of one tile, then of the other
    const bf16* vs = ks + TILE_SIZE;

    float s[ROWS / 8][4];
#pragma unroll
    for (int n = 0; n < ROWS / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) s[n][e] = 0;
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
#pragma unroll
      for (int n = 0; n < ROWS / 16; n++) {
        unsigned bk[4];
        load_b_of_rows(bk, ks, STRIDE, 16 * n, 16 * step);
        multiply_add(s[2 * n], aq[step], bk[0], bk[1]);
        multiply_add(s[2 * n + 1], aq[step], bk[2], bk[3]);
      }
    }
    // Whole tiles that every row sees need no rule looked at.
    bool open = simple && j0 + ROWS <= reach(g, i0 + warp * 16) && i0 + warp * 16 + 16 <= g.queries;
    float top[2] = {largest[0], largest[1]};
#pragma unroll
    for (int n = 0; n < ROWS / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) {
        s[n][e] *= g.scale;
        if (!open) s[n][e] = masked(g, b, h, row + (e >> 1) * 8, j0 + 8 * n + 2 * (lane & 3) + (e & 1), s[n][e]);
        top[e >> 1] = fmaxf(top[e >> 1], s[n][e]);
      }
    float base[2];
#pragma unroll
    for (int r = 0; r < 2; r++) {
      // A row lies in the four lanes of a quad.
      top[r] = fmaxf(top[r], __shfl_xor_sync(FULL_WARP, top[r], 1));
      top[r] = fmaxf(top[r], __shfl_xor_sync(FULL_WARP, top[r], 2));
      base[r] = top[r] == -INFINITY_F ? 0.0f : top[r] * LOG2E;
      float keep = exp2f(largest[r] * LOG2E - base[r]);
      largest[r] = top[r];
      total[r] *= keep;
#pragma unroll
      for (int n = 0; n < D / 8; n++) {
        acc[n][2 * r] *= keep;
        acc[n][2 * r + 1] *= keep;
      }
    }
#pragma unroll
    for (int n = 0; n < ROWS / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) {
        s[n][e] = exp2f(s[n][e] * LOG2E - base[e >> 1]);
        total[e >> 1] += s[n][e];
      }
#pragma unroll
    for (int step = 0; step < ROWS / 16; step++) {
      unsigned ap[4] = {bf16_pair(s[2 * step][0], s[2 * step][1]), bf16_pair(s[2 * step][2], s[2 * step][3]),
                        bf16_pair(s[2 * step + 1][0], s[2 * step + 1][1]), bf16_pair(s[2 * step + 1][2], s[2 * step + 1][3])};
#pragma unroll
      for (int n = 0; n < D / 16; n++) {
        unsigned bv[4];
        load_b_of_columns(bv, vs, STRIDE, 16 * step, 16 * n);
        multiply_add(acc[2 * n], ap, bv[0], bv[1]);
        multiply_add(acc[2 * n + 1], ap, bv[2], bv[3]);
      }
    }
    __syncthreads();
  }
  float share[2];
#pragma unroll
  for (int r = 0; r < 2; r++) {
    total[r] += __shfl_xor_sync(FULL_WARP, total[r], 1);
    total[r] += __shfl_xor_sync(FULL_WARP, total[r], 2);
    share[r] = total[r] > 0 ? 1.0f / total[r] : 0.0f;
    int t = row + 8 * r;
    if ((lane & 3) == 0 && t < g.queries) {
      log_sum_exp[(static_cast<int64>(b) * g.heads + h) * g.queries + t] = total[r] > 0 ? largest[r] + logf(total[r]) : INFINITY_F;
    }
  }
  store_rows(acc, share[0], share[1], b, i0 + warp * 16, g.queries, h, g.heads, out);
}

// dK and dV of 64 keys, 16 a warp. Shared memory: K and V of the block, and Q and dO of 32 queries, double: 8 tiles of 32 rows.
KERNEL_BOUNDS(attention_backward_keys, 128, 1)(const bf16* __restrict__ d_out, const bf16* __restrict__ q, const bf16* __restrict__ k,
                                               const bf16* __restrict__ v, const float* __restrict__ log_sum_exp,
                                               const float* __restrict__ delta, bf16* __restrict__ dk, bf16* __restrict__ dv, Geometry g) {
  DYNAMIC_SHARED(bf16, shared);
  bf16* sk = shared;
  bf16* sv = sk + ROWS * STRIDE;
  bf16* passing = sv + ROWS * STRIDE;  // Q, dO of one tile, then of the other
  int warp = threadIdx.x >> 5;
  int lane = threadIdx.x & 31;
  int j0 = blockIdx.x * ROWS;
  int hk = blockIdx.y;
  int b = blockIdx.z;
  int shared_by = g.heads / g.key_heads;
  int key = j0 + warp * 16 + (lane >> 2);
  bool simple = plain(g);

  copy_rows_async(k, b, j0, ROWS, g.keys, hk, g.key_heads, sk);
  copy_rows_async(v, b, j0, ROWS, g.keys, hk, g.key_heads, sv);
  float sum_k[D / 8][4];
  float sum_v[D / 8][4];
#pragma unroll
  for (int n = 0; n < D / 8; n++)
#pragma unroll
    for (int e = 0; e < 4; e++) sum_k[n][e] = sum_v[n][e] = 0;

  int start = g.causal ? max(0, j0 - (g.keys - g.queries)) / PASSING * PASSING : 0;
  int per_head = start < g.queries ? (g.queries - start + PASSING - 1) / PASSING : 0;
  int tiles = per_head * shared_by;
  for (int tile = -1; tile < tiles; tile++) {
    if (tile + 1 < tiles) {
      int h = hk * shared_by + (tile + 1) / per_head;
      int i0 = start + (tile + 1) % per_head * PASSING;
      bf16* to = passing + ((tile + 1) & 1) * 2 * PASSING * STRIDE;
      copy_rows_async(q, b, i0, PASSING, g.queries, h, g.heads, to);
      copy_rows_async(d_out, b, i0, PASSING, g.queries, h, g.heads, to + PASSING * STRIDE);
    }
    copies_end_group();
    if (tile < 0) continue;
    copies_wait<1>();
    __syncthreads();
    int h = hk * shared_by + tile / per_head;
    int i0 = start + tile % per_head * PASSING;
    const bf16* sq = passing + (tile & 1) * 2 * PASSING * STRIDE;
    const bf16* sdo = sq + PASSING * STRIDE;

    float s[PASSING / 8][4];
    float dp[PASSING / 8][4];
#pragma unroll
    for (int n = 0; n < PASSING / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) s[n][e] = dp[n][e] = 0;
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
      unsigned ak[4];
      unsigned av[4];
      load_a(ak, sk, STRIDE, warp * 16, 16 * step);
      load_a(av, sv, STRIDE, warp * 16, 16 * step);
#pragma unroll
      for (int n = 0; n < PASSING / 16; n++) {
        unsigned bq[4];
        unsigned bo[4];
        load_b_of_rows(bq, sq, STRIDE, 16 * n, 16 * step);
        load_b_of_rows(bo, sdo, STRIDE, 16 * n, 16 * step);
        multiply_add(s[2 * n], ak, bq[0], bq[1]);
        multiply_add(s[2 * n + 1], ak, bq[2], bq[3]);
        multiply_add(dp[2 * n], av, bo[0], bo[1]);
        multiply_add(dp[2 * n + 1], av, bo[2], bo[3]);
      }
    }
    bool open = simple && i0 + PASSING <= g.queries && j0 + warp * 16 + 16 <= reach(g, i0);
#pragma unroll
    for (int n = 0; n < PASSING / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) {
        int i = i0 + 8 * n + 2 * (lane & 3) + (e & 1);
        int64 at = (static_cast<int64>(b) * g.heads + h) * g.queries + i;
        bool real = i < g.queries;
        float score = s[n][e] * g.scale;
        if (!open) score = masked(g, b, h, i, key + (e >> 1) * 8, score);
        float p = exp2f((score - (real ? log_sum_exp[at] : INFINITY_F)) * LOG2E);
        s[n][e] = p;
        dp[n][e] = p * (dp[n][e] - (real ? delta[at] : 0.0f)) * g.scale;
      }
#pragma unroll
    for (int step = 0; step < PASSING / 16; step++) {
      unsigned ap[4] = {bf16_pair(s[2 * step][0], s[2 * step][1]), bf16_pair(s[2 * step][2], s[2 * step][3]),
                        bf16_pair(s[2 * step + 1][0], s[2 * step + 1][1]), bf16_pair(s[2 * step + 1][2], s[2 * step + 1][3])};
      unsigned ad[4] = {bf16_pair(dp[2 * step][0], dp[2 * step][1]), bf16_pair(dp[2 * step][2], dp[2 * step][3]),
                        bf16_pair(dp[2 * step + 1][0], dp[2 * step + 1][1]), bf16_pair(dp[2 * step + 1][2], dp[2 * step + 1][3])};
#pragma unroll
      for (int n = 0; n < D / 16; n++) {
        unsigned bo[4];
        unsigned bq[4];
        load_b_of_columns(bo, sdo, STRIDE, 16 * step, 16 * n);
        load_b_of_columns(bq, sq, STRIDE, 16 * step, 16 * n);
        multiply_add(sum_v[2 * n], ap, bo[0], bo[1]);
        multiply_add(sum_v[2 * n + 1], ap, bo[2], bo[3]);
        multiply_add(sum_k[2 * n], ad, bq[0], bq[1]);
        multiply_add(sum_k[2 * n + 1], ad, bq[2], bq[3]);
      }
    }
    __syncthreads();
  }
  copies_wait<0>();
  if (dk) store_rows(sum_k, 1.0f, 1.0f, b, j0 + warp * 16, g.keys, hk, g.key_heads, dk);
  if (dv) store_rows(sum_v, 1.0f, 1.0f, b, j0 + warp * 16, g.keys, hk, g.key_heads, dv);
}

// dQ of 64 queries, 16 a warp. Shared memory: Q and dO of the block, and K and V of 32 keys, double.
KERNEL_BOUNDS(attention_backward_queries, 128, 2)(const bf16* __restrict__ d_out, const bf16* __restrict__ q, const bf16* __restrict__ k,
                                                  const bf16* __restrict__ v, const float* __restrict__ log_sum_exp,
                                                  const float* __restrict__ delta, bf16* __restrict__ dq, Geometry g) {
  DYNAMIC_SHARED(bf16, shared);
  bf16* sq = shared;
  bf16* sdo = sq + ROWS * STRIDE;
  bf16* passing = sdo + ROWS * STRIDE;
  int warp = threadIdx.x >> 5;
  int lane = threadIdx.x & 31;
  int i0 = blockIdx.x * ROWS;
  int h = blockIdx.y;
  int b = blockIdx.z;
  int hk = h / (g.heads / g.key_heads);
  int row = i0 + warp * 16 + (lane >> 2);
  bool simple = plain(g);

  copy_rows_async(q, b, i0, ROWS, g.queries, h, g.heads, sq);
  copy_rows_async(d_out, b, i0, ROWS, g.queries, h, g.heads, sdo);
  float lse[2];
  float d[2];
#pragma unroll
  for (int r = 0; r < 2; r++) {
    int64 at = (static_cast<int64>(b) * g.heads + h) * g.queries + row + 8 * r;
    bool real = row + 8 * r < g.queries;
    lse[r] = real ? log_sum_exp[at] : INFINITY_F;
    d[r] = real ? delta[at] : 0.0f;
  }
  float acc[D / 8][4];
#pragma unroll
  for (int n = 0; n < D / 8; n++)
#pragma unroll
    for (int e = 0; e < 4; e++) acc[n][e] = 0;

  int tiles = (reach(g, min(i0 + ROWS, g.queries) - 1) + PASSING - 1) / PASSING;
  for (int tile = -1; tile < tiles; tile++) {
    if (tile + 1 < tiles) {
      bf16* to = passing + ((tile + 1) & 1) * 2 * PASSING * STRIDE;
      copy_rows_async(k, b, (tile + 1) * PASSING, PASSING, g.keys, hk, g.key_heads, to);
      copy_rows_async(v, b, (tile + 1) * PASSING, PASSING, g.keys, hk, g.key_heads, to + PASSING * STRIDE);
    }
    copies_end_group();
    if (tile < 0) continue;
    copies_wait<1>();
    __syncthreads();
    int j0 = tile * PASSING;
    const bf16* sk = passing + (tile & 1) * 2 * PASSING * STRIDE;
    const bf16* sv = sk + PASSING * STRIDE;

    float s[PASSING / 8][4];
    float dp[PASSING / 8][4];
#pragma unroll
    for (int n = 0; n < PASSING / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) s[n][e] = dp[n][e] = 0;
#pragma unroll
    for (int step = 0; step < STEPS; step++) {
      unsigned aq[4];
      unsigned ao[4];
      load_a(aq, sq, STRIDE, warp * 16, 16 * step);
      load_a(ao, sdo, STRIDE, warp * 16, 16 * step);
#pragma unroll
      for (int n = 0; n < PASSING / 16; n++) {
        unsigned bk[4];
        unsigned bv[4];
        load_b_of_rows(bk, sk, STRIDE, 16 * n, 16 * step);
        load_b_of_rows(bv, sv, STRIDE, 16 * n, 16 * step);
        multiply_add(s[2 * n], aq, bk[0], bk[1]);
        multiply_add(s[2 * n + 1], aq, bk[2], bk[3]);
        multiply_add(dp[2 * n], ao, bv[0], bv[1]);
        multiply_add(dp[2 * n + 1], ao, bv[2], bv[3]);
      }
    }
    bool open = simple && j0 + PASSING <= reach(g, i0 + warp * 16) && i0 + warp * 16 + 16 <= g.queries;
#pragma unroll
    for (int n = 0; n < PASSING / 8; n++)
#pragma unroll
      for (int e = 0; e < 4; e++) {
        float score = s[n][e] * g.scale;
        if (!open) score = masked(g, b, h, row + (e >> 1) * 8, j0 + 8 * n + 2 * (lane & 3) + (e & 1), score);
        float p = exp2f((score - lse[e >> 1]) * LOG2E);
        dp[n][e] = p * (dp[n][e] - d[e >> 1]) * g.scale;
      }
#pragma unroll
    for (int step = 0; step < PASSING / 16; step++) {
      unsigned ad[4] = {bf16_pair(dp[2 * step][0], dp[2 * step][1]), bf16_pair(dp[2 * step][2], dp[2 * step][3]),
                        bf16_pair(dp[2 * step + 1][0], dp[2 * step + 1][1]), bf16_pair(dp[2 * step + 1][2], dp[2 * step + 1][3])};
#pragma unroll
      for (int n = 0; n < D / 16; n++) {
        unsigned bk[4];
        load_b_of_columns(bk, sk, STRIDE, 16 * step, 16 * n);
        multiply_add(acc[2 * n], ad, bk[0], bk[1]);
        multiply_add(acc[2 * n + 1], ad, bk[2], bk[3]);
      }
    }
    __syncthreads();
  }
  copies_wait<0>();
  store_rows(acc, 1.0f, 1.0f, b, i0 + warp * 16, g.queries, h, g.heads, dq);
}
