// CUDA C++ for a CPU: lets g++ compile the kernels as they are, and runs a launch block by block with every thread of a block a
// fiber. Fibers change at barriers and at warp instructions only, in ascending or descending order of threads by turns, so that a
// missing barrier shows as a wrong result. What this cannot see: alignment traps, memory that only a device faults on, speed.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <algorithm>
#include <tuple>
#include <utility>

#define __device__
#define __global__
#define __shared__ static
#define __forceinline__ inline
#define __restrict__
#define __align__(n) alignas(n)
#define KERNEL(name) extern "C" void name
#define KERNEL_BOUNDS(name, threads, blocks) extern "C" void name
#define DYNAMIC_SHARED(T, name) T* name = reinterpret_cast<T*>(host_cuda::dynamic_shared)
#define INFINITY_F HUGE_VALF

using std::max;
using std::min;

struct dim3 {
  unsigned x, y, z;
};

namespace host_cuda {
struct Fiber {
  dim3 thread;
  int linear;
};
extern Fiber* current;
extern dim3 grid, block, block_index;
extern unsigned char* dynamic_shared;
extern "C" {
void host_cuda_barrier();                                         // all threads of the block
void host_cuda_warp();                                            // all threads of the warp
unsigned char* host_cuda_slots();                                 // 32 slots of 64 bytes that the lanes of this warp share
}
inline int lane() { return current->linear & 31; }

// Every lane gives `mine` and sees what all lanes gave. Two barriers: nobody overwrites a slot that another lane still reads.
template <typename V, typename F>
auto exchange(const V& mine, F&& use) {
  static_assert(sizeof(V) <= 64, "slot");
  unsigned char* slots = host_cuda_slots();
  std::memcpy(slots + 64 * lane(), &mine, sizeof(V));
  host_cuda_warp();
  auto result = use([slots](int l) {
    V v;
    std::memcpy(&v, slots + 64 * l, sizeof(V));
    return v;
  });
  host_cuda_warp();
  return result;
}
}  // namespace host_cuda

#define threadIdx (host_cuda::current->thread)
#define blockIdx (host_cuda::block_index)
#define blockDim (host_cuda::block)
#define gridDim (host_cuda::grid)

inline void __syncthreads() { host_cuda::host_cuda_barrier(); }
inline void __syncwarp() { host_cuda::host_cuda_warp(); }
template <typename V>
V __shfl_xor_sync(unsigned, V v, int mask) {
  return host_cuda::exchange(v, [mask](auto of) { return of(host_cuda::lane() ^ mask); });
}
inline float __uint_as_float(unsigned u) { float f; std::memcpy(&f, &u, 4); return f; }
inline unsigned __float_as_uint(float f) { unsigned u; std::memcpy(&u, &f, 4); return u; }
inline float __int_as_float(int i) { return __uint_as_float(static_cast<unsigned>(i)); }

// ---- what matrix.cuh wraps, by the register layouts of the PTX manual ----

struct bf16;
inline float host_half(unsigned word, int which) { return __uint_as_float(which ? word & 0xffff0000u : word << 16); }

inline void multiply_add(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  struct Words { unsigned a[4], b[2]; } mine{{a[0], a[1], a[2], a[3]}, {b0, b1}};
  std::tuple<float, float, float, float> r = host_cuda::exchange(mine, [&](auto of) {
    float out[4];
    int g = host_cuda::lane() >> 2, t = host_cuda::lane() & 3;
    for (int e = 0; e < 4; e++) {
      int row = g + (e >> 1) * 8, column = 2 * t + (e & 1);
      float sum = 0;
      for (int k = 0; k < 16; k++) {
        // A: element (row, k) is in lane 4 (row % 8) + (k % 8) / 2, word (row / 8) + 2 (k / 8), half k % 2.
        float u = host_half(of(4 * (row & 7) + (k & 7) / 2).a[(row >> 3) + 2 * (k >> 3)], k & 1);
        // B: element (k, column) is in lane 4 column + (k % 8) / 2, word k / 8, half k % 2.
        float v = host_half(of(4 * column + (k & 7) / 2).b[k >> 3], k & 1);
        sum += u * v;
      }
      out[e] = c[e] + sum;
    }
    return std::make_tuple(out[0], out[1], out[2], out[3]);
  });
  std::tie(c[0], c[1], c[2], c[3]) = r;
}

inline void host_load(unsigned (&to)[4], const void* row, bool transposed) {
  struct Words { unsigned w[4]; };
  Words r = host_cuda::exchange(row, [&](auto of) {
    Words out;
    int g = host_cuda::lane() >> 2, t = host_cuda::lane() & 3;
    for (int m = 0; m < 4; m++) {
      unsigned short pair[2];
      for (int e = 0; e < 2; e++) {
        int i = transposed ? 2 * t + e : g;
        int j = transposed ? g : 2 * t + e;
        const void* source = of(8 * m + i);
        if (reinterpret_cast<uintptr_t>(source) % 16) { std::fprintf(stderr, "ldmatrix of an unaligned row\n"); std::abort(); }
        std::memcpy(pair + e, static_cast<const unsigned short*>(source) + j, 2);
      }
      out.w[m] = pair[0] | static_cast<unsigned>(pair[1]) << 16;
    }
    return out;
  });
  for (int m = 0; m < 4; m++) to[m] = r.w[m];
}
inline void load_matrices(unsigned (&to)[4], const bf16* row) { host_load(to, row, false); }
inline void load_matrices_transposed(unsigned (&to)[4], const bf16* row) { host_load(to, row, true); }

inline void copy_async(bf16* to, const bf16* from, bool exists) {
  if ((reinterpret_cast<uintptr_t>(to) | reinterpret_cast<uintptr_t>(from)) % 16) {
    std::fprintf(stderr, "cp.async of unaligned memory\n");
    std::abort();
  }
  if (exists) std::memcpy(static_cast<void*>(to), from, 16);
  else std::memset(static_cast<void*>(to), 0, 16);
}
inline void copies_end_group() {}
template <int pending>
inline void copies_wait() {}

// ---- launching ----

namespace host_cuda {
template <typename... P, size_t... I>
void call_with(void (*kernel)(P...), void** arguments, std::index_sequence<I...>) {
  kernel(*static_cast<std::remove_const_t<std::remove_reference_t<P>>*>(arguments[I])...);
}
template <typename... P>
void call(void (*kernel)(P...), void** arguments) {
  call_with(kernel, arguments, std::index_sequence_for<P...>{});
}
}  // namespace host_cuda
