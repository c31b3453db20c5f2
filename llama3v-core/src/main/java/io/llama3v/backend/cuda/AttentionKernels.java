package io.llama3v.backend.cuda;

import io.llama3v.backend.AttentionMask;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;

/**
 * Attention: on tensor cores ({@code attention_bf16.cu}) for BF16 where head size and alignment allow, else in plain float arithmetic
 * ({@code attention.cu}).
 */
final class AttentionKernels {
  /** Largest head of the tensor-core kernels: beyond it two accumulators do not fit a thread's registers. */
  private static final int LARGEST_MATRIX_HEAD = 128;
  private static final int MATRIX_ROWS = 64;
  private static final int MATRIX_THREADS = 128;

  private final Gpu gpu;

  AttentionKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Which kernel, how large its tiles are, and how much shared memory forward and backward take. */
  record Plan(boolean matrix, int tile, KernelSource source, int forwardBytes, int keysBytes, int queriesBytes) {
    static Plan of(DType type, int headDim, boolean aligned, DeviceInfo info) {
      if (type == DType.BF16 && info.hasBf16() && aligned && headDim % 8 == 0 && headDim <= LARGEST_MATRIX_HEAD) {
        int row = 2 * ((headDim + 15) / 16 * 16 + 8);
        int all = 4 * MATRIX_ROWS * row;
        if (all <= info.sharedPerBlock()) {
          return new Plan(true, MATRIX_ROWS, KernelSource.of("attention_bf16.cu", "HEAD_DIM=" + headDim), all, all, all);
        }
      }
      for (int tile = 64; tile >= 16; tile /= 2) {
        int padded = 4 * tile * (headDim + 1);
        int dense = 4 * tile * headDim;
        int scores = 4 * tile * (tile + 1);
        int keys = 2 * padded + 2 * dense + 2 * scores;
        if (keys <= info.sharedPerBlock()) {
          KernelSource source = KernelSource.of("attention.cu", "REAL=" + Gpu.name(type), "HEAD_DIM=" + headDim, "TILE=" + tile);
          return new Plan(false, tile, source, dense + padded + scores, keys, 2 * padded + 2 * dense + scores);
        }
      }
      throw new IllegalArgumentException("attention with heads of " + headDim + " elements needs more shared memory than the "
          + info.sharedPerBlock() + " bytes a block gets on " + info.name());
    }

    int threads() {
      return matrix ? MATRIX_THREADS : Gpu.THREADS;
    }
  }

  private Plan plan(Tensor q, Tensor... others) {
    long all = Gpu.read(q);
    for (Tensor t : others) all |= Gpu.read(t);
    return Plan.of(q.type(), Math.toIntExact(q.size(3)), all % 16 == 0, gpu.device().info());
  }

  private static void geometry(Arguments arguments, Tensor q, Tensor k, AttentionMask mask, double scale) {
    Tensor groups = mask.groups();
    Tensor bias = mask.bias();
    Gpu.requireF32("an attention mask", mask.tensors());
    int[] integers = {(int) q.size(0), (int) q.size(1), (int) k.size(1), (int) q.size(2), (int) k.size(2), mask.causal() ? 1 : 0,
        groups == null ? 0 : (int) groups.size(2), bias == null ? 0 : (int) bias.size(0), bias == null ? 0 : (int) bias.size(1)};
    arguments.struct(integers, scale,
        new long[] {Gpu.read(mask.keys()), Gpu.read(mask.padding()), Gpu.read(groups), Gpu.read(bias), Gpu.read(mask.starts())});
  }

  private static Grid grid(Plan plan, long length, long heads, long batch, int shared) {
    return new Grid(Grid.blocks(length, plan.tile()), Math.toIntExact(heads), Math.toIntExact(batch), plan.threads(), 1, shared);
  }

  void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    if (q.elements() == 0) return;
    Gpu.requireF32("attention", logSumExp);
    Plan plan = plan(q, k, v, out);
    Arguments arguments = gpu.arguments().l(Gpu.read(q)).l(Gpu.read(k)).l(Gpu.read(v)).l(Gpu.write(out)).l(Gpu.write(logSumExp));
    geometry(arguments, q, k, mask, scale);
    gpu.launch(plan.source(), "attention", grid(plan, q.size(1), q.size(2), q.size(0), plan.forwardBytes()));
  }

  void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask, double scale,
      Tensor dq, Tensor dk, Tensor dv) {
    if (q.elements() == 0 || dq == null && dk == null && dv == null) return;
    Gpu.requireF32("attentionBackward", logSumExp);
    Plan plan = plan(q, k, v, dOut, dq, dk, dv);
    long rows = q.size(0) * q.size(1) * q.size(2);
    try (Gpu.Temporary delta = gpu.temporary(4 * rows)) {
      // The tensor-core source has no kernel of its own for this pass over two tensors.
      KernelSource plain = KernelSource.of("attention_delta.cu", Gpu.macro("REAL", q));
      gpu.arguments().l(Gpu.read(dOut)).l(Gpu.read(out)).l(delta.address()).l(rows).i((int) q.size(2)).i((int) q.size(1))
          .i((int) q.size(3));
      gpu.launch(plain, "attention_delta", Grid.of(Grid.blocks(rows, 8), Gpu.THREADS));
      if (dk != null || dv != null) {
        Arguments arguments = backwardArguments(dOut, q, k, v, logSumExp, delta).l(Gpu.write(dk)).l(Gpu.write(dv));
        geometry(arguments, q, k, mask, scale);
        gpu.launch(plan.source(), "attention_backward_keys", grid(plan, k.size(1), k.size(2), k.size(0), plan.keysBytes()));
      }
      if (dq != null) {
        Arguments arguments = backwardArguments(dOut, q, k, v, logSumExp, delta).l(Gpu.write(dq));
        geometry(arguments, q, k, mask, scale);
        gpu.launch(plan.source(), "attention_backward_queries", grid(plan, q.size(1), q.size(2), q.size(0), plan.queriesBytes()));
      }
    }
  }

  private Arguments backwardArguments(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor logSumExp, Gpu.Temporary delta) {
    return gpu.arguments().l(Gpu.read(dOut)).l(Gpu.read(q)).l(Gpu.read(k)).l(Gpu.read(v)).l(Gpu.read(logSumExp)).l(delta.address());
  }
}
