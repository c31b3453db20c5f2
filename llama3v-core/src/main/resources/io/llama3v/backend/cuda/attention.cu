// Attention without tensor cores, for F32 and for head sizes that the matrix instructions do not take: exact arithmetic in float.
// -DREAL, -DHEAD_DIM (any), -DTILE = 16, 32 or 64.
//
// Tiling: TILE queries by TILE keys; 16 x 16 threads, of which each holds EACH x EACH scores (EACH = TILE / 16), at rows ty + 16 i and
// columns tx + 16 j. Scores live in registers, then once in shared memory to be multiplied with V; the running maximum and sum of a row
// (online softmax: Dao et al., FlashAttention, 2022) are kept by the 16 threads of the row, which are half a warp and talk by shuffles.
// Shared memory: forward (2 HEAD_DIM + 1 + TILE + 1) TILE floats; rows of K are padded by one word, since 16 threads read 16 rows of it.
// With TILE 64 and HEAD_DIM 64 that is 50 KB: four blocks on an H100's multiprocessor. The host takes the largest TILE that fits.
//
// Backward goes twice over the scores, once by keys (dK, dV) and once by queries (dQ), so that each sum has one owner and one order:
// atomics would save two of seven products and make results depend on timing. P is recomputed from the row's log-sum-exp.
#include "common.cuh"
#include "attention_mask.cuh"

#ifndef REAL
#define REAL float
#endif
#ifndef HEAD_DIM
#define HEAD_DIM 64
#endif
#ifndef TILE
#define TILE 32
#endif

enum { EACH = TILE / 16, COLUMNS = (HEAD_DIM + 15) / 16, PADDED = HEAD_DIM + 1 };

// Sum or maximum over the 16 threads of a row: they differ in the lower four bits of the lane.
DEVICE float row_sum(float v) {
#pragma unroll
  for (int o = 8; o > 0; o >>= 1) v += __shfl_xor_sync(FULL_WARP, v, o);
  return v;
}
DEVICE float row_max(float v) {
#pragma unroll
  for (int o = 8; o > 0; o >>= 1) v = fmaxf(v, __shfl_xor_sync(FULL_WARP, v, o));
  return v;
}

// Rows [from, from + TILE) of one head of x [B, T, H, HEAD_DIM] into shared memory with a row length of `stride`; zeros past the end.
DEVICE void load_rows(const REAL* __restrict__ x, int b, int from, int length, int h, int heads, float* to, int stride) {
  for (int i = threadIdx.x; i < TILE * HEAD_DIM; i += 256) {
    int r = i / HEAD_DIM;
    int c = i - r * HEAD_DIM;
    int t = from + r;
    to[r * stride + c] = t < length ? to_float(x[((static_cast<int64>(b) * length + t) * heads + h) * HEAD_DIM + c]) : 0.0f;
  }
}

// out[i][j] = row (ty + 16 i) of a times row (tx + 16 j) of k.
DEVICE void rows_times_rows(const float* a, int a_stride, const float* k, int k_stride, float (&out)[EACH][EACH]) {
  int tx = threadIdx.x & 15;
  int ty = threadIdx.x >> 4;
#pragma unroll
  for (int i = 0; i < EACH; i++)
#pragma unroll
    for (int j = 0; j < EACH; j++) out[i][j] = 0;
  for (int c = 0; c < HEAD_DIM; c++) {
    float u[EACH];
    float v[EACH];
#pragma unroll
    for (int i = 0; i < EACH; i++) u[i] = a[(ty + 16 * i) * a_stride + c];
#pragma unroll
    for (int j = 0; j < EACH; j++) v[j] = k[(tx + 16 * j) * k_stride + c];
#pragma unroll
    for (int i = 0; i < EACH; i++)
#pragma unroll
      for (int j = 0; j < EACH; j++) out[i][j] += u[i] * v[j];
  }
}

KERNEL_BOUNDS(attention, 256, 1)(const REAL* __restrict__ q, const REAL* __restrict__ k, const REAL* __restrict__ v,
                                 REAL* __restrict__ out, float* __restrict__ log_sum_exp, Geometry g) {
  DYNAMIC_SHARED(float, shared);
  float* sq = shared;
  float* skv = sq + TILE * HEAD_DIM;
  float* sp = skv + TILE * PADDED;
  int tx = threadIdx.x & 15;
  int ty = threadIdx.x >> 4;
  int i0 = blockIdx.x * TILE;
  int h = blockIdx.y;
  int b = blockIdx.z;
  int hk = h / (g.heads / g.key_heads);
  load_rows(q, b, i0, g.queries, h, g.heads, sq, HEAD_DIM);
  float acc[EACH][COLUMNS];
  float largest[EACH];
  float total[EACH];
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    largest[i] = -INFINITY_F;
    total[i] = 0;
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) acc[i][c] = 0;
  }
  int last = reach(g, min(i0 + TILE, g.queries) - 1);
  for (int j0 = 0; j0 < last; j0 += TILE) {
    __syncthreads();
    load_rows(k, b, j0, g.keys, hk, g.key_heads, skv, PADDED);
    __syncthreads();
    float s[EACH][EACH];
    rows_times_rows(sq, HEAD_DIM, skv, PADDED, s);
#pragma unroll
    for (int i = 0; i < EACH; i++) {
      float top = largest[i];
#pragma unroll
      for (int j = 0; j < EACH; j++) {
        s[i][j] = masked(g, b, h, i0 + ty + 16 * i, j0 + tx + 16 * j, s[i][j] * g.scale);
        top = fmaxf(top, s[i][j]);
      }
      top = row_max(top);
      float base = top == -INFINITY_F ? 0.0f : top;
      float keep = expf(largest[i] - base);
      float sum = 0;
#pragma unroll
      for (int j = 0; j < EACH; j++) {
        float p = expf(s[i][j] - base);
        sum += p;
        sp[(ty + 16 * i) * (TILE + 1) + tx + 16 * j] = p;
      }
      total[i] = total[i] * keep + row_sum(sum);
      largest[i] = top;
#pragma unroll
      for (int c = 0; c < COLUMNS; c++) acc[i][c] *= keep;
    }
    __syncthreads();
    load_rows(v, b, j0, g.keys, hk, g.key_heads, skv, PADDED);
    __syncthreads();
    for (int j = 0; j < TILE; j++) {
#pragma unroll
      for (int i = 0; i < EACH; i++) {
        float p = sp[(ty + 16 * i) * (TILE + 1) + j];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
          if (tx + 16 * c < HEAD_DIM) acc[i][c] += p * skv[j * PADDED + tx + 16 * c];
        }
      }
    }
  }
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    int t = i0 + ty + 16 * i;
    if (t >= g.queries) continue;
    float share = total[i] > 0 ? 1.0f / total[i] : 0.0f;
    int64 at = ((static_cast<int64>(b) * g.queries + t) * g.heads + h) * HEAD_DIM;
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      if (tx + 16 * c < HEAD_DIM) put(out + at + tx + 16 * c, acc[i][c] * share);
    }
    if (tx == 0) {
      log_sum_exp[(static_cast<int64>(b) * g.heads + h) * g.queries + t] = total[i] > 0 ? largest[i] + logf(total[i]) : INFINITY_F;
    }
  }
}

// P and dS of one tile of scores, in place of the two products: s = Q K^T becomes P, dp = dO V^T becomes dS.
DEVICE void scores_backward(const Geometry& g, int b, int h, int i0, int j0, const float* __restrict__ log_sum_exp,
                            const float* __restrict__ delta, float (&s)[EACH][EACH], float (&dp)[EACH][EACH]) {
  int tx = threadIdx.x & 15;
  int ty = threadIdx.x >> 4;
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    int t = i0 + ty + 16 * i;
    int64 at = (static_cast<int64>(b) * g.heads + h) * g.queries + t;
    float lse = t < g.queries ? log_sum_exp[at] : INFINITY_F;
    float d = t < g.queries ? delta[at] : 0.0f;
#pragma unroll
    for (int j = 0; j < EACH; j++) {
      // Rows that see nothing have an infinite sum: e^-inf = 0.
      float p = expf(masked(g, b, h, t, j0 + tx + 16 * j, s[i][j] * g.scale) - lse);
      s[i][j] = p;
      dp[i][j] = p * (dp[i][j] - d) * g.scale;
    }
  }
}

// dK and dV of one tile of keys: a block walks over the query heads that share the key head, and over their queries. Either may be null.
KERNEL_BOUNDS(attention_backward_keys, 256, 1)(const REAL* __restrict__ d_out, const REAL* __restrict__ q, const REAL* __restrict__ k,
                                               const REAL* __restrict__ v, const float* __restrict__ log_sum_exp,
                                               const float* __restrict__ delta, REAL* __restrict__ dk, REAL* __restrict__ dv, Geometry g) {
  DYNAMIC_SHARED(float, shared);
  float* sk = shared;
  float* sv = sk + TILE * PADDED;
  float* sq = sv + TILE * PADDED;
  float* sdo = sq + TILE * HEAD_DIM;
  float* sp = sdo + TILE * HEAD_DIM;
  float* sds = sp + TILE * (TILE + 1);
  int tx = threadIdx.x & 15;
  int ty = threadIdx.x >> 4;
  int j0 = blockIdx.x * TILE;
  int hk = blockIdx.y;
  int b = blockIdx.z;
  int shared_by = g.heads / g.key_heads;
  load_rows(k, b, j0, g.keys, hk, g.key_heads, sk, PADDED);
  load_rows(v, b, j0, g.keys, hk, g.key_heads, sv, PADDED);
  float key_sum[EACH][COLUMNS];
  float value_sum[EACH][COLUMNS];
#pragma unroll
  for (int i = 0; i < EACH; i++)
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) key_sum[i][c] = value_sum[i][c] = 0;
  // The first query that the causal rule lets see the tile's first key.
  int start = g.causal ? max(0, j0 - (g.keys - g.queries)) / TILE * TILE : 0;
  for (int h = hk * shared_by; h < (hk + 1) * shared_by; h++) {
    for (int i0 = start; i0 < g.queries; i0 += TILE) {
      __syncthreads();
      load_rows(q, b, i0, g.queries, h, g.heads, sq, HEAD_DIM);
      load_rows(d_out, b, i0, g.queries, h, g.heads, sdo, HEAD_DIM);
      __syncthreads();
      float s[EACH][EACH];
      float dp[EACH][EACH];
      rows_times_rows(sq, HEAD_DIM, sk, PADDED, s);
      rows_times_rows(sdo, HEAD_DIM, sv, PADDED, dp);
      scores_backward(g, b, h, i0, j0, log_sum_exp, delta, s, dp);
#pragma unroll
      for (int i = 0; i < EACH; i++)
#pragma unroll
        for (int j = 0; j < EACH; j++) {
          sp[(ty + 16 * i) * (TILE + 1) + tx + 16 * j] = s[i][j];
          sds[(ty + 16 * i) * (TILE + 1) + tx + 16 * j] = dp[i][j];
        }
      __syncthreads();
      for (int r = 0; r < TILE; r++) {
#pragma unroll
        for (int i = 0; i < EACH; i++) {
          float p = sp[r * (TILE + 1) + ty + 16 * i];
          float ds = sds[r * (TILE + 1) + ty + 16 * i];
#pragma unroll
          for (int c = 0; c < COLUMNS; c++) {
            if (tx + 16 * c < HEAD_DIM) {
              value_sum[i][c] += p * sdo[r * HEAD_DIM + tx + 16 * c];
              key_sum[i][c] += ds * sq[r * HEAD_DIM + tx + 16 * c];
            }
          }
        }
      }
    }
  }
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    int t = j0 + ty + 16 * i;
    if (t >= g.keys) continue;
    int64 at = ((static_cast<int64>(b) * g.keys + t) * g.key_heads + hk) * HEAD_DIM;
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      if (tx + 16 * c >= HEAD_DIM) continue;
      if (dk) put(dk + at + tx + 16 * c, key_sum[i][c]);
      if (dv) put(dv + at + tx + 16 * c, value_sum[i][c]);
    }
  }
}

// dQ of one tile of queries: a block walks over the keys.
KERNEL_BOUNDS(attention_backward_queries, 256, 1)(const REAL* __restrict__ d_out, const REAL* __restrict__ q, const REAL* __restrict__ k,
                                                  const REAL* __restrict__ v, const float* __restrict__ log_sum_exp,
                                                  const float* __restrict__ delta, REAL* __restrict__ dq, Geometry g) {
  DYNAMIC_SHARED(float, shared);
  float* sk = shared;
  float* sv = sk + TILE * PADDED;
  float* sq = sv + TILE * PADDED;
  float* sdo = sq + TILE * HEAD_DIM;
  float* sds = sdo + TILE * HEAD_DIM;
  int tx = threadIdx.x & 15;
  int ty = threadIdx.x >> 4;
  int i0 = blockIdx.x * TILE;
  int h = blockIdx.y;
  int b = blockIdx.z;
  int hk = h / (g.heads / g.key_heads);
  load_rows(q, b, i0, g.queries, h, g.heads, sq, HEAD_DIM);
  load_rows(d_out, b, i0, g.queries, h, g.heads, sdo, HEAD_DIM);
  float sum[EACH][COLUMNS];
#pragma unroll
  for (int i = 0; i < EACH; i++)
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) sum[i][c] = 0;
  int last = reach(g, min(i0 + TILE, g.queries) - 1);
  for (int j0 = 0; j0 < last; j0 += TILE) {
    __syncthreads();
    load_rows(k, b, j0, g.keys, hk, g.key_heads, sk, PADDED);
    load_rows(v, b, j0, g.keys, hk, g.key_heads, sv, PADDED);
    __syncthreads();
    float s[EACH][EACH];
    float dp[EACH][EACH];
    rows_times_rows(sq, HEAD_DIM, sk, PADDED, s);
    rows_times_rows(sdo, HEAD_DIM, sv, PADDED, dp);
    scores_backward(g, b, h, i0, j0, log_sum_exp, delta, s, dp);
#pragma unroll
    for (int i = 0; i < EACH; i++)
#pragma unroll
      for (int j = 0; j < EACH; j++) sds[(ty + 16 * i) * (TILE + 1) + tx + 16 * j] = dp[i][j];
    __syncthreads();
    for (int r = 0; r < TILE; r++) {
#pragma unroll
      for (int i = 0; i < EACH; i++) {
        float ds = sds[(ty + 16 * i) * (TILE + 1) + r];
#pragma unroll
        for (int c = 0; c < COLUMNS; c++) {
          if (tx + 16 * c < HEAD_DIM) sum[i][c] += ds * sk[r * PADDED + tx + 16 * c];
        }
      }
    }
  }
#pragma unroll
  for (int i = 0; i < EACH; i++) {
    int t = i0 + ty + 16 * i;
    if (t >= g.queries) continue;
    int64 at = ((static_cast<int64>(b) * g.queries + t) * g.heads + h) * HEAD_DIM;
#pragma unroll
    for (int c = 0; c < COLUMNS; c++) {
      if (tx + 16 * c < HEAD_DIM) put(dq + at + tx + 16 * c, sum[i][c]);
    }
  }
}
