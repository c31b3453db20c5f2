package io.llama3v.backend.cuda;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;

/** Matrix products, by cuBLASLt. Where one operand is BF16, products are in BF16 and an F32 weight is read through its BF16 copy. */
final class ProductKernels {
  private final Gpu gpu;
  private final boolean tf32;
  private final MemoryKernels memory;
  private final ElementKernels elements;

  ProductKernels(Gpu gpu, boolean tf32, MemoryKernels memory, ElementKernels elements) {
    this.gpu = gpu;
    this.tf32 = tf32;
    this.memory = memory;
    this.elements = elements;
  }

  void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n, long k, double alpha,
      double beta) {
    if (batch == 0 || m == 0 || n == 0) return;
    if (k == 0) {
      if (beta == 0) memory.fill(c, 0);
      else elements.scale(c, beta, c);
      return;
    }
    boolean half = a.type() == DType.BF16 || b.type() == DType.BF16;
    DType type = half ? DType.BF16 : DType.F32;
    long pa = half ? Gpu.readBf16(a) : f32(a);
    long pb = half ? Gpu.readBf16(b) : f32(b);
    gpu.device().multiply(MatrixProduct.rowMajor(pa, type, transposeA, pb, type, transposeB, Gpu.write(c), c.type(), 0, batch, m, n, k,
        alpha, beta, tf32));
  }

  private static long f32(Tensor t) {
    Gpu.require(t, DType.F32, "an operand of a product");
    return Gpu.read(t);
  }

  /** The bias is added in the product's epilogue, which wants it in the type of the result. */
  void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    if (y.elements() == 0) return;
    long in = weight.size(1);
    long out = weight.size(0);
    long rows = y.elements() / out;
    if (in == 0) {
      memory.fill(y, 0);
      if (bias != null) elements.binary(io.llama3v.backend.BinaryOp.ADD, y, bias, y);
      return;
    }
    boolean half = x.type() == DType.BF16;
    DType type = half ? DType.BF16 : DType.F32;
    long px = half ? Gpu.readBf16(x) : f32(x);
    long pw = half ? Gpu.readBf16(weight) : f32(weight);
    long pb = bias == null ? 0 : y.type() == DType.BF16 ? Gpu.readBf16(bias) : f32(bias);
    gpu.device().multiply(MatrixProduct.rowMajor(px, type, false, pw, type, true, Gpu.write(y), y.type(), pb, 1, rows, out, in, 1, 0, tf32));
  }
}
