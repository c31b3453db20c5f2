package io.llama3v.backend.cuda;

import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tensor;
import java.util.Arrays;

/** Functions of single elements and gates: {@code unary.cu}, {@code binary.cu}, {@code scale.cu}, {@code gates.cu}. */
final class ElementKernels {
  private final Gpu gpu;

  ElementKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  void unary(UnaryOp op, Tensor x, Tensor y) {
    long n = x.elements();
    if (n == 0) return;
    long from = Gpu.read(x);
    long to = Gpu.write(y);
    gpu.arguments().l(from).l(to).l(n).i(Gpu.aligned(16, from, to));
    gpu.launchOver(n, 4, KernelSource.of("unary.cu", Gpu.macro("REAL", x), "OP=" + op), "unary");
  }

  void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    long n = dy.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.read(x)).l(Gpu.read(y)).l(Gpu.read(dy)).l(Gpu.write(dx)).l(n).i((x == null ? 0 : 1) | (y == null ? 0 : 2));
    gpu.launchOver(n, 4, KernelSource.of("unary.cu", Gpu.macro("REAL", dy), "OP=" + op), "unary_backward");
  }

  void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    long n = y.elements();
    if (n == 0) return;
    KernelSource source = KernelSource.of("binary.cu", Gpu.macro("A", a), Gpu.macro("B", b), Gpu.macro("Y", y), "OP=" + op);
    long pa = Gpu.read(a);
    long pb = Gpu.read(b);
    long py = Gpu.write(y);
    if (Arrays.equals(a.shape(), b.shape())) {
      gpu.arguments().l(pa).l(pb).l(py).l(n).i(Gpu.aligned(16, pa, pb, py));
      gpu.launchOver(n, 4, source, "binary_same");
    } else {
      gpu.arguments().l(pa).l(pb).l(py).l(n).longs(MergedAxes.broadcast(y.shape(), a.shape(), b.shape()).struct());
      gpu.launchOver(n, 4, source, "binary_spread");
    }
  }

  private static KernelSource scaling(Tensor from, Tensor to) {
    return KernelSource.of("scale.cu", Gpu.macro("FROM", from), Gpu.macro("TO", to));
  }

  void scale(Tensor x, double a, Tensor y) {
    long n = x.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.read(x)).f(a).l(Gpu.write(y)).l(n);
    gpu.launchOver(n, 4, scaling(x, y), "scale");
  }

  void axpy(double a, Tensor x, Tensor y) {
    long n = x.elements();
    if (n == 0) return;
    long from = Gpu.read(x);
    long to = Gpu.write(y);
    gpu.arguments().f(a).l(from).l(to).l(n).i(Gpu.aligned(16, from, to));
    gpu.launchOver(n, 4, scaling(x, y), "axpy");
  }

  void lerp(Tensor x, double t, Tensor y) {
    long n = x.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.read(x)).f(t).l(Gpu.write(y)).l(n);
    gpu.launchOver(n, 4, scaling(x, y), "lerp");
  }

  private static KernelSource gates(Tensor t) {
    return KernelSource.of("gates.cu", Gpu.macro("REAL", t));
  }

  void siluGate(Tensor gate, Tensor up, Tensor y) {
    long n = y.elements();
    if (n == 0) return;
    long pg = Gpu.read(gate);
    long pu = Gpu.read(up);
    long py = Gpu.write(y);
    gpu.arguments().l(pg).l(pu).l(py).l(n).i(Gpu.aligned(16, pg, pu, py));
    gpu.launchOver(n, 4, gates(y), "silu_gate");
  }

  void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp) {
    long n = dy.elements();
    if (n == 0) return;
    gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(gate)).l(Gpu.read(up)).l(Gpu.write(dGateIn)).l(Gpu.write(dUp)).l(n);
    gpu.launchOver(n, 4, gates(dy), "silu_gate_backward");
  }

  void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y) {
    long n = y.elements();
    if (n == 0) return;
    Gpu.requireF32("gatedAdd", gate);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.read(h)).l(Gpu.read(gate)).l(Gpu.write(y)).l(n);
    gpu.launchOver(n, 4, gates(y), "gated_add");
  }

  void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate) {
    long n = dy.elements();
    if (n == 0) return;
    Gpu.requireF32("gatedAddBackward", gate, dGate);
    int blocks = gpu.blocks(n, 8);
    try (Gpu.Temporary partial = gpu.temporary(8L * blocks)) {
      long sums = dGate == null ? 0 : partial.address();
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(h)).l(Gpu.read(gate)).l(Gpu.write(dh)).l(sums).l(n);
      gpu.launch(gates(dy), "gated_add_backward", Grid.of(blocks, Gpu.THREADS));
      if (dGate == null) return;
      gpu.arguments().l(sums).i(blocks).l(Gpu.read(gate)).l(Gpu.write(dGate));
      gpu.launch(gates(dy), "gate_gradient", Grid.of(1, Gpu.THREADS));
    }
  }
}
