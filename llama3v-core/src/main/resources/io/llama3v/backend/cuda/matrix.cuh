// The tensor-core instructions used here, and how a warp's registers hold the matrices (PTX ISA: mma.m16n8k16, ldmatrix; sm_80 on).
// With g = lane / 4 and t = lane % 4, a lane holds
//   A 16 x 16 (4 words of two bf16): rows g, g+8, g, g+8 at columns 2t, 2t, 2t+8, 2t+8 and the next one
//   B 16 x 8  (2 words):             rows 2t, 2t+8 and the next one, at column g
//   C 16 x 8  (4 floats):            row g at columns 2t, 2t+1; row g+8 at the same
// so that two neighbouring C tiles, rounded to bf16, are an A tile, and no score ever leaves its registers.
#pragma once

#ifndef LLAMA3V_HOST
// c += a b
DEVICE void multiply_add(float (&c)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
  asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"
               : "+f"(c[0]), "+f"(c[1]), "+f"(c[2]), "+f"(c[3])
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));
}

// Four 8 x 8 matrices; lane 8 m + r gives the address of row r of matrix m.
DEVICE void load_matrices(unsigned (&to)[4], const bf16* row) {
  unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}

// The same, each matrix transposed.
DEVICE void load_matrices_transposed(unsigned (&to)[4], const bf16* row) {
  unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(row));
  asm volatile("ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16 {%0,%1,%2,%3}, [%4];"
               : "=r"(to[0]), "=r"(to[1]), "=r"(to[2]), "=r"(to[3])
               : "r"(address)
               : "memory");
}

// 16 bytes from device to shared memory, in the background; zeros where the source does not exist.
DEVICE void copy_async(bf16* to, const bf16* from, bool exists) {
  unsigned address = static_cast<unsigned>(__cvta_generic_to_shared(to));
  int bytes = exists ? 16 : 0;
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(address), "l"(from), "r"(bytes) : "memory");
}
DEVICE void copies_end_group() { asm volatile("cp.async.commit_group;" ::: "memory"); }
// Waits until at most `pending` groups are under way.
template <int pending>
DEVICE void copies_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(pending) : "memory");
}
#endif

// A 16 x 16 at (row0, column0) of a matrix in shared memory.
DEVICE void load_a(unsigned (&a)[4], const bf16* m, int stride, int row0, int column0) {
  int lane = threadIdx.x & 31;
  load_matrices(a, m + (row0 + (lane & 15)) * stride + column0 + (lane >> 4) * 8);
}

// Two B tiles (columns n0..n0+7 in b[0], b[1] and n0+8..n0+15 in b[2], b[3]) of the transpose of a matrix whose rows are n: K in Q K^T.
DEVICE void load_b_of_rows(unsigned (&b)[4], const bf16* m, int stride, int n0, int k0) {
  int lane = threadIdx.x & 31;
  load_matrices(b, m + (n0 + (lane & 7) + (lane >> 4) * 8) * stride + k0 + ((lane >> 3) & 1) * 8);
}

// The same of a matrix whose rows are k: V in P V.
DEVICE void load_b_of_columns(unsigned (&b)[4], const bf16* m, int stride, int k0, int n0) {
  int lane = threadIdx.x & 31;
  load_matrices_transposed(b, m + (k0 + (lane & 15)) * stride + n0 + (lane >> 4) * 8);
}
