package io.llama3v.backend.cuda;

import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sums in a fixed order: {@code reduce.cu}. */
final class SumKernels {
  private final Gpu gpu;
  private final ElementKernels elements;
  private final ByteBuffer scalar = ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder());

  SumKernels(Gpu gpu, ElementKernels elements) {
    this.gpu = gpu;
    this.elements = elements;
  }

  private static KernelSource source(Tensor from, Tensor to) {
    return KernelSource.of("reduce.cu", Gpu.macro("REAL", from), "TO=" + Gpu.name(to.type()));
  }

  void sumInto(Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    MergedAxes axes = MergedAxes.broadcast(x.shape(), y.shape(), x.shape());
    long[] inY = axes.strides()[0];
    int last = axes.count() - 1;
    // An axis of y of stride 0 is summed over.
    if (last == 0 && inY[0] != 0 || x.elements() == 1) {
      elements.axpy(1, x, y);
    } else if (last == 0) {
      sumRows(x, y, 1, axes.sizes()[0]);
    } else if (last == 1 && inY[0] == 0) {
      sumColumns(x, y, axes.sizes()[0], axes.sizes()[1]);
    } else if (last == 1) {
      sumRows(x, y, axes.sizes()[0], axes.sizes()[1]);
    } else {
      sumSpread(x, y, axes);
    }
  }

  private void sumRows(Tensor x, Tensor y, long rows, long columns) {
    gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(rows).l(columns);
    gpu.launch(source(x, y), "sum_rows", Grid.of(Grid.blocks(Math.min(rows, 1 << 20), 1), columns < 64 ? 32 : Gpu.THREADS));
  }

  /** Rows of a chunk, so that a column's sum is cut into at most 64 pieces, and into enough to fill the device. */
  static long rowsPerChunk(long rows) {
    return Math.max(32, (rows + 63) / 64);
  }

  private void sumColumns(Tensor x, Tensor y, long rows, long columns) {
    long perChunk = rowsPerChunk(rows);
    int chunks = Grid.blocks(rows, perChunk);
    try (Gpu.Temporary partial = gpu.temporary(4 * chunks * columns)) {
      gpu.arguments().l(Gpu.read(x)).l(partial.address()).l(rows).l(columns).l(perChunk);
      gpu.launch(source(x, y), "sum_columns", new Grid(Grid.blocks(columns, 32), chunks, 1, 32, 8, 0));
      addPartials(partial.address(), chunks, columns, y);
    }
  }

  /** {@code y[c] += Σ_k partial[k, c]}. */
  void addPartials(long partial, int chunks, long columns, Tensor y) {
    gpu.arguments().l(partial).l(chunks).l(columns).l(Gpu.write(y));
    gpu.launchOver(columns, 1, source(y, y), "add_partials");
  }

  private void sumSpread(Tensor x, Tensor y, MergedAxes axes) {
    long[][] lists = new long[4][MergedAxes.MOST];
    int[] counts = new int[2];
    long outputs = 1;
    long terms = 1;
    for (int i = 0; i < axes.count(); i++) {
      int side = axes.strides()[0][i] != 0 ? 0 : 1;
      if (axes.count() > MergedAxes.MOST) throw new IllegalArgumentException("a sum over " + axes.count() + " axes that do not merge");
      lists[2 * side][counts[side]] = axes.sizes()[i];
      lists[2 * side + 1][counts[side]++] = axes.strides()[1][i];
      if (side == 0) outputs *= axes.sizes()[i];
      else terms *= axes.sizes()[i];
    }
    long[] struct = new long[2 + 4 * MergedAxes.MOST];
    struct[0] = counts[0];
    System.arraycopy(lists[0], 0, struct, 1, MergedAxes.MOST);
    System.arraycopy(lists[1], 0, struct, 1 + MergedAxes.MOST, MergedAxes.MOST);
    struct[1 + 2 * MergedAxes.MOST] = counts[1];
    System.arraycopy(lists[2], 0, struct, 2 + 2 * MergedAxes.MOST, MergedAxes.MOST);
    System.arraycopy(lists[3], 0, struct, 2 + 3 * MergedAxes.MOST, MergedAxes.MOST);
    gpu.arguments().l(Gpu.read(x)).l(Gpu.write(y)).l(outputs).l(terms).longs(struct);
    gpu.launch(source(x, y), "sum_spread", Grid.of((int) Math.min(outputs, 1 << 20), terms < 64 ? 32 : Gpu.THREADS));
  }

  double sumOfSquares(Tensor x) {
    long n = x.elements();
    if (n == 0) return 0;
    int blocks = gpu.blocks(n, 8);
    try (Gpu.Temporary partial = gpu.temporary(8L * (blocks + 1))) {
      KernelSource source = source(x, x);
      long result = partial.address() + 8L * blocks;
      gpu.arguments().l(Gpu.read(x)).l(partial.address()).l(n);
      gpu.launch(source, "sum_of_squares", Grid.of(blocks, Gpu.THREADS));
      gpu.arguments().l(partial.address()).i(blocks).l(result);
      gpu.launch(source, "add_doubles", Grid.of(1, Gpu.THREADS));
      gpu.download(result, scalar.clear());
      return scalar.getDouble(0);
    }
  }
}
