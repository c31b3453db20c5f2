package io.llama3v.ops;

import io.llama3v.tensor.DType;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;

/** Shape checks with messages that name operation, operand, what was found and what was expected. */
final class Checks {
  private Checks() {}

  static Tensor[] list(Tensor... tensors) {
    return tensors;
  }

  static void shape(String op, String operand, Tensor t, long... expected) {
    boolean fits = t.rank() == expected.length;
    for (int i = 0; fits && i < expected.length; i++) fits = expected[i] < 0 || t.size(i) == expected[i];
    if (!fits) {
      throw new IllegalArgumentException(op + ": " + operand + " has shape " + Shape.text(t.shape()) + "; expected "
          + Shape.text(expected).replace("-1", "*"));
    }
  }

  static void rank(String op, String operand, Tensor t, int least) {
    if (t.rank() < least) {
      throw new IllegalArgumentException(op + ": " + operand + " has shape " + Shape.text(t.shape()) + "; expected at least "
          + least + " axes");
    }
  }

  /** The number of rows of an operand whose last axis is one row, which must not be empty: its mean, or its largest, does not exist. */
  static long rows(String op, Tensor x) {
    rank(op, "the operand", x, 1);
    if (x.size(-1) == 0) throw new IllegalArgumentException(op + ": the operand has shape " + Shape.text(x.shape()) + "; its rows are empty");
    return x.elements() / x.size(-1);
  }

  static void sameShape(String op, Tensor a, Tensor b) {
    if (!java.util.Arrays.equals(a.shape(), b.shape())) {
      throw new IllegalArgumentException(op + ": shapes " + Shape.text(a.shape()) + " and " + Shape.text(b.shape()) + " differ");
    }
  }

  static void sameType(String op, Tensor a, Tensor b) {
    if (a.type() != b.type()) {
      throw new IllegalArgumentException(op + ": operands are " + a.type() + " and " + b.type() + "; nothing is cast by itself");
    }
  }

  /** As {@link #sameType}, but an F32 operand (a parameter, a table) may stand beside one in BF16. */
  static void compatible(String op, Tensor a, Tensor b) {
    if (a.type().with(b.type()) != b.type().with(a.type())) sameType(op, a, b);
  }

  static void normalizer(String op, double normalizer) {
    if (!(normalizer > 0) || Double.isInfinite(normalizer)) {
      throw new IllegalArgumentException(op + ": the normalizer is " + normalizer + "; expected a positive number, as a rule the number of"
          + " labels that count: without one there is nothing to learn from");
    }
  }

  static void indices(String op, String operand, Tensor t) {
    if (t.type() != DType.I32) throw new IllegalArgumentException(op + ": " + operand + " is " + t.type() + "; expected I32");
  }

  /** Kernels of floats read the bits of integers as floats. */
  static void floating(String op, String operand, Tensor t) {
    if (!t.type().isFloating()) throw new IllegalArgumentException(op + ": " + operand + " is " + t.type() + "; expected a floating type");
  }

  /** A parameter, a table or a weight of rows beside x: in the type of x, or F32 where x is BF16. */
  static void beside(String op, String operand, Tensor t, Tensor x) {
    floating(op, "an operand", x);
    DType expected = x.type().accumulator();
    if (t.type() != expected) {
      throw new IllegalArgumentException(op + ": " + operand + " is " + t.type() + "; expected " + expected + " beside " + x.type()
          + "; nothing is cast by itself");
    }
  }
}
