// What all kernels share. Compiled by NVRTC at run time, or by nvcc in the tests: no header of the toolkit is needed.
//
// Every source is compiled once per combination of element types (-DREAL=float or bf16 and the like), so that types and head sizes
// are constants and an F32 user never compiles a BF16 kernel. Activations are REAL; parameters of norms, biases, gates, statistics and
// losses are always float, and so is all arithmetic. Sums are taken in a fixed order: no kernel uses floating-point atomics.
#pragma once

#ifdef LLAMA3V_HOST
#include "host_cuda.h"
#else
#ifndef KERNEL
#define KERNEL(name) extern "C" __global__ void name
#define KERNEL_BOUNDS(name, threads, blocks) extern "C" __global__ void __launch_bounds__(threads, blocks) name
#endif
#define DYNAMIC_SHARED(T, name)                                         \
  extern __shared__ __align__(16) unsigned char dynamic_shared_bytes[]; \
  T* name = reinterpret_cast<T*>(dynamic_shared_bytes)
#define INFINITY_F __int_as_float(0x7f800000)
#endif

#define DEVICE __device__ __forceinline__
#define FULL_WARP 0xffffffffu

typedef long long int64;

// bfloat16: the upper half of a float.
struct bf16 {
  unsigned short bits;
};

DEVICE float to_float(float x) { return x; }
DEVICE float to_float(bf16 x) { return __uint_as_float(static_cast<unsigned>(x.bits) << 16); }
DEVICE float to_float(int x) { return static_cast<float>(x); }

// Round to nearest, ties to even; NaN stays NaN.
DEVICE unsigned short bf16_bits(float x) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  unsigned short bits;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
#else
  unsigned u = __float_as_uint(x);
  if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fff;
  return static_cast<unsigned short>((u + 0x7fffu + ((u >> 16) & 1u)) >> 16);
#endif
}

// Two floats as bf16, the first in the lower half, as matrix instructions want them.
DEVICE unsigned bf16_pair(float low, float high) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  unsigned pair;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(pair) : "f"(high), "f"(low));
  return pair;
#else
  return static_cast<unsigned>(bf16_bits(low)) | (static_cast<unsigned>(bf16_bits(high)) << 16);
#endif
}

DEVICE void put(float* p, float x) { *p = x; }
DEVICE void put(int* p, float x) { *p = static_cast<int>(x); }
DEVICE void put(bf16* p, float x) { p->bits = bf16_bits(x); }

// *to = from, converting where the types differ: integers are copied as they are.
template <typename T>
DEVICE void assign(T* to, T from) {
  *to = from;
}
template <typename T, typename F>
DEVICE void assign(T* to, F from) {
  put(to, to_float(from));
}

// N consecutive elements, moved by one instruction where they make 16 bytes (8 bf16 or 4 floats).
template <typename T, int N>
struct __align__(sizeof(T) * N) Pack {
  T v[N];
};

// First index of this thread in a loop over the whole grid, and its stride.
DEVICE int64 grid_index() { return static_cast<int64>(blockIdx.x) * blockDim.x + threadIdx.x; }
DEVICE int64 grid_stride() { return static_cast<int64>(gridDim.x) * blockDim.x; }

DEVICE float warp_sum(float v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(FULL_WARP, v, o);
  return v;
}

DEVICE double warp_sum(double v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v += __shfl_xor_sync(FULL_WARP, v, o);
  return v;
}

DEVICE float warp_max(float v) {
#pragma unroll
  for (int o = 16; o > 0; o >>= 1) v = fmaxf(v, __shfl_xor_sync(FULL_WARP, v, o));
  return v;
}

// The sum over all threads of the block, in every thread. Blocks are whole warps, at most 32 of them. All threads must call it; the
// first barrier lets the buffer be used again at once.
template <typename S>
DEVICE S block_sum(S v) {
  __shared__ S partial[32];
  v = warp_sum(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  int warps = blockDim.x >> 5;
  S total = partial[0];
  for (int i = 1; i < warps; i++) total += partial[i];
  return total;
}

DEVICE float block_max(float v) {
  __shared__ float partial[32];
  v = warp_max(v);
  __syncthreads();
  if ((threadIdx.x & 31) == 0) partial[threadIdx.x >> 5] = v;
  __syncthreads();
  int warps = blockDim.x >> 5;
  float total = partial[0];
  for (int i = 1; i < warps; i++) total = fmaxf(total, partial[i]);
  return total;
}

// Rows are worked on by teams: a warp each (blockDim.y of them in a block) where rows are short, else a whole block (blockDim.y = 1).
// threadIdx.x is the lane within the team, blockDim.x the size of the team.
struct WarpTeam {
  static DEVICE float sum(float v) { return warp_sum(v); }
  static DEVICE float max(float v) { return warp_max(v); }
};
struct BlockTeam {
  static DEVICE float sum(float v) { return block_sum(v); }
  static DEVICE float max(float v) { return block_max(v); }
};
DEVICE int64 team_row() { return static_cast<int64>(blockIdx.x) * blockDim.y + threadIdx.y; }
