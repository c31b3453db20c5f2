package io.llama3v.backend.cuda;

import io.llama3v.tensor.Tensor;

/** Embedding, rotary positions and cross-entropy: {@code embedding.cu}, {@code rotary.cu}, {@code cross_entropy.cu}. */
final class RowKernels {
  private static final int MOST_BLOCKS = 1 << 20;
  private static final int LOSS_THREADS = 512;

  private final Gpu gpu;

  RowKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  private static KernelSource embedding(Tensor table, Tensor rows) {
    return KernelSource.of("embedding.cu", Gpu.macro("TABLE", table), Gpu.macro("REAL", rows));
  }

  private static int threads(long width) {
    return width <= 32 ? 32 : width <= 128 ? 128 : Gpu.THREADS;
  }

  void gatherRows(Tensor table, Tensor ids, Tensor y) {
    if (y.elements() == 0) return;
    long rows = ids.elements();
    gpu.arguments().l(Gpu.read(table)).l(Gpu.read(ids)).l(Gpu.write(y)).l(rows).l(table.size(0)).l(table.size(1));
    gpu.launch(embedding(table, y), "gather_rows", Grid.of((int) Math.min(rows, MOST_BLOCKS), threads(table.size(1))));
  }

  void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable) {
    if (dy.elements() == 0) return;
    int rows = Math.toIntExact(ids.elements());
    KernelSource source = embedding(dTable, dy);
    try (Gpu.Temporary links = gpu.temporary(8L * rows)) {
      long next = links.address();
      long first = next + 4L * rows;
      gpu.arguments().l(Gpu.read(ids)).l(next).l(first).i(rows);
      gpu.launchOver(rows, 1, source, "link_rows");
      gpu.arguments().l(Gpu.read(dy)).l(Gpu.read(ids)).l(next).l(first).l(Gpu.write(dTable)).i(rows).l(dTable.size(0)).l(dTable.size(1));
      gpu.launch(source, "scatter_add_rows", Grid.of(Math.min(rows, MOST_BLOCKS), threads(dTable.size(1))));
    }
  }

  void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    if (x.elements() == 0) return;
    Gpu.requireF32("rotary", cos, sin);
    int heads = Math.toIntExact(x.size(2));
    int half = Math.toIntExact(x.size(3) / 2);
    long tokens = x.size(0) * x.size(1);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.read(cos)).l(Gpu.read(sin)).f(inverse ? -1 : 1).l(Gpu.write(y)).l(tokens)
        .l(cos.size(0) * cos.size(1)).i(heads).i(half);
    gpu.launchOver(tokens * heads * half, 2, KernelSource.of("rotary.cu", Gpu.macro("REAL", x)), "rotary");
  }

  void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    long rows = logits.size(0);
    if (rows == 0) return;
    Gpu.requireF32("crossEntropy", weights, losses, logSumExp);
    gpu.arguments().l(Gpu.read(logits)).l(Gpu.read(labels)).l(Gpu.read(weights)).i(ignore).l(Gpu.write(losses)).l(Gpu.write(logSumExp))
        .l(rows).l(logits.size(1));
    gpu.launch(KernelSource.of("cross_entropy.cu", Gpu.macro("REAL", logits)), "cross_entropy",
        Grid.of((int) Math.min(rows, MOST_BLOCKS), LOSS_THREADS));
  }

  void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp, Tensor dLogits) {
    long rows = logits.size(0);
    if (rows == 0) return;
    Gpu.requireF32("crossEntropyBackward", dLosses, weights, logSumExp);
    gpu.arguments().l(Gpu.read(dLosses)).l(Gpu.read(logits)).l(Gpu.read(labels)).l(Gpu.read(weights)).i(ignore).l(Gpu.read(logSumExp))
        .l(Gpu.write(dLogits)).l(rows).l(logits.size(1));
    gpu.launch(KernelSource.of("cross_entropy.cu", Gpu.macro("REAL", logits)), "cross_entropy_backward",
        Grid.of((int) Math.min(rows, MOST_BLOCKS), LOSS_THREADS));
  }
}
