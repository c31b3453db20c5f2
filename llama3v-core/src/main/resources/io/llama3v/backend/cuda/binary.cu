// binary: y = a op b with broadcasting (-DOP, and a type each: -DA, -DB, -DY).
//   binary_same:   equal shapes, 4 elements a thread and step where pointers are aligned
//   binary_spread: any broadcast; the host merges axes, and an axis along which an operand is stretched has stride 0
#include "common.cuh"

#ifndef A
#define A float
#endif
#ifndef B
#define B float
#endif
#ifndef Y
#define Y float
#endif
#ifndef OP
#define OP ADD
#endif
#define MAX_AXES 8

#define CONCATENATED(a, b) a##b
#define NAMED(a, b) CONCATENATED(a, b)

DEVICE float apply_ADD(float a, float b) { return a + b; }
DEVICE float apply_SUB(float a, float b) { return a - b; }
DEVICE float apply_MUL(float a, float b) { return a * b; }
DEVICE float apply_DIV(float a, float b) { return a / b; }
#define APPLY NAMED(apply_, OP)

KERNEL(binary_same)(const A* __restrict__ a, const B* __restrict__ b, Y* __restrict__ y, int64 n, int aligned) {
  int64 done = 0;
  if (aligned) {
    const Pack<A, 4>* pa = reinterpret_cast<const Pack<A, 4>*>(a);
    const Pack<B, 4>* pb = reinterpret_cast<const Pack<B, 4>*>(b);
    Pack<Y, 4>* py = reinterpret_cast<Pack<Y, 4>*>(y);
    for (int64 i = grid_index(); i < n / 4; i += grid_stride()) {
      Pack<A, 4> u = pa[i];
      Pack<B, 4> v = pb[i];
      Pack<Y, 4> w;
#pragma unroll
      for (int k = 0; k < 4; k++) put(w.v + k, APPLY(to_float(u.v[k]), to_float(v.v[k])));
      py[i] = w;
    }
    done = n / 4 * 4;
  }
  for (int64 i = done + grid_index(); i < n; i += grid_stride()) put(y + i, APPLY(to_float(a[i]), to_float(b[i])));
}

struct Broadcast {
  int64 count;
  int64 size[MAX_AXES];  // of y, outermost first
  int64 a[MAX_AXES];     // strides of a and b, 0 where stretched
  int64 b[MAX_AXES];
};

KERNEL(binary_spread)(const A* __restrict__ a, const B* __restrict__ b, Y* __restrict__ y, int64 n, Broadcast axes) {
  for (int64 i = grid_index(); i < n; i += grid_stride()) {
    int64 rest = i;
    int64 ia = 0;
    int64 ib = 0;
    for (int k = static_cast<int>(axes.count) - 1; k >= 0; k--) {
      int64 at;
      // Division of 64-bit integers takes tens of instructions; of 32-bit ones, few.
      if (rest <= 0x7fffffff && axes.size[k] <= 0x7fffffff) {
        int q = static_cast<int>(rest) / static_cast<int>(axes.size[k]);
        at = rest - static_cast<int64>(q) * axes.size[k];
        rest = q;
      } else {
        int64 q = rest / axes.size[k];
        at = rest - q * axes.size[k];
        rest = q;
      }
      ia += at * axes.a[k];
      ib += at * axes.b[k];
    }
    put(y + i, APPLY(to_float(a[ia]), to_float(b[ib])));
  }
}
