package io.llama3v.backend;

import io.llama3v.tensor.Tensor;
import java.util.Optional;

/**
 * What one call of a kernel has to do at least, whoever implements it. Both numbers follow from shapes alone.
 *
 * @param operations multiplications and additions of its matrix products; 0 for kernels without products
 * @param bytes memory read and written once: operands, results, and results that are added to twice
 */
public record KernelCost(long operations, long bytes) {
  /**
   * The cost of a call, or nothing if this class does not know the kernel.
   *
   * @param kernel name of a method of {@link Kernels}
   * @param a its arguments, in order
   */
  public static Optional<KernelCost> of(String kernel, Object[] a) {
    return switch (kernel) {
      case "matmul" -> known(2 * number(a[5]) * number(a[6]) * number(a[7]) * number(a[8]),
          all(a) + ((Double) a[10] == 0 ? 0 : bytes(a[4])));
      case "linear" -> known(2 * tensor(a[3]).elements() * tensor(a[1]).size(-1), all(a));
      case "attention" -> known(4 * scores(a, 0), all(a));
      case "attentionBackward" -> known(attentionBackward(a), all(a));
      case "copyRows" -> known(0, number(a[6]) * number(a[7]) * width(a[0]) * ((Boolean) a[8] ? 3 : 2));
      case "gatherRows" -> known(0, 2 * bytes(a[2]) + bytes(a[1]));
      case "scatterAddRows" -> known(0, 3 * bytes(a[0]) + bytes(a[1]));
      case "sumInto" -> known(0, bytes(a[0]) + 2 * bytes(a[1]));
      case "axpy" -> known(0, bytes(a[1]) + 2 * bytes(a[2]));
      case "lerp" -> known(0, bytes(a[0]) + 2 * bytes(a[2]));
      case "adamW" -> known(0, 2 * all(a) - bytes(a[1]));
      case "fill", "copy", "permute", "unary", "unaryBackward", "binary", "scale", "siluGate", "siluGateBackward", "gatedAdd",
          "gatedAddBackward", "layerNorm", "layerNormBackward", "rmsNorm", "rmsNormBackward", "l2Normalize", "l2NormalizeBackward",
          "softmax", "softmaxBackward", "rotary", "unfoldPatches", "foldPatches", "unfoldWindows", "foldWindows", "maxPool",
          "maxPoolBackward", "interleave", "interleaveBackward", "crossEntropy",
          "crossEntropyBackward", "sumOfSquares" -> known(0, all(a));
      default -> Optional.empty();
    };
  }

  private static Optional<KernelCost> known(long operations, long bytes) {
    return Optional.of(new KernelCost(operations, bytes));
  }

  /** Visible pairs of query and key times the width of all query heads. Masks other than the causal one are data, and hide nothing here. */
  private static long scores(Object[] a, int q) {
    Tensor queries = tensor(a[q]);
    long n = queries.size(1);
    long m = tensor(a[q + 1]).size(1);
    AttentionMask mask = mask(a);
    long pairs = n * m;
    if (mask.causal()) {
      // Query i sees keys 0 to i + m − n.
      pairs = 0;
      for (long i = 0; i < n; i++) pairs += Math.max(0, i + m - n + 1);
    }
    return queries.size(0) * pairs * queries.size(2) * queries.size(3);
  }

  /** Two operations for every product of the chain rule that is asked for; computing the scores again is not needed and not counted. */
  private static long attentionBackward(Object[] a) {
    boolean query = a[8] != null;
    boolean key = a[9] != null;
    long products = (query || key ? 1 : 0) + (query ? 1 : 0) + (key ? 1 : 0) + (a[10] != null ? 1 : 0);
    return 2 * products * scores(a, 1);
  }

  private static AttentionMask mask(Object[] a) {
    for (Object o : a) if (o instanceof AttentionMask mask) return mask;
    return AttentionMask.NONE;
  }

  private static long all(Object[] a) {
    long sum = 0;
    for (Object o : a) {
      if (o instanceof Tensor[] list) sum += all(list);
      else if (o instanceof Tensor) sum += bytes(o);
    }
    return sum;
  }

  private static long bytes(Object tensor) {
    return tensor == null ? 0 : tensor(tensor).elements() * width(tensor);
  }

  private static long width(Object tensor) {
    return tensor(tensor).type().bytes();
  }

  private static Tensor tensor(Object o) {
    return (Tensor) o;
  }

  private static long number(Object o) {
    return (Long) o;
  }
}
