package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The backward pass of attention against finite differences, for every kind of mask. */
class AttentionGradientTest {
  private record Case(String name, int batch, int queries, int keys, int heads, int keyHeads, int width) {
    @Override
    public String toString() {
      return name + " " + batch + "x" + queries + "x" + keys + " heads " + heads + "/" + keyHeads;
    }
  }

  private Backend backend;
  private Scope scope;
  private GradientCheck check;

  @BeforeEach
  void open(TestInfo test) {
    backend = Backend.named("nd4j");
    scope = backend.scope();
    check = new GradientCheck(backend, test.getDisplayName());
  }

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  static Stream<Case> cases() {
    return Stream.of(new Case("none", 2, 3, 5, 2, 2, 3), new Case("none", 1, 1, 1, 1, 1, 1), new Case("none", 1, 4, 3, 4, 1, 2),
        new Case("causal", 1, 5, 5, 2, 1, 3), new Case("causal", 2, 2, 5, 4, 1, 2), new Case("causal", 1, 5, 3, 1, 1, 2),
        new Case("keys", 2, 3, 4, 2, 1, 3), new Case("causal keys", 2, 4, 4, 2, 2, 3), new Case("padding", 2, 5, 5, 2, 2, 3),
        new Case("groups", 2, 3, 6, 4, 2, 3), new Case("bias", 2, 3, 4, 2, 1, 3), new Case("shared bias", 2, 3, 4, 2, 1, 3),
        new Case("everything", 1, 4, 4, 2, 1, 2), new Case("packed", 2, 5, 5, 2, 1, 3));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradients(Case c) {
    AttentionMask mask = mask(c);
    check.check(in -> ScaledDotProductAttention.apply(in[0], in[1], in[2], mask, 0.7),
        check.normal(c.batch, c.queries, c.heads, c.width), check.normal(c.batch, c.keys, c.keyHeads, c.width),
        check.normal(c.batch, c.keys, c.keyHeads, c.width));
  }

  private AttentionMask mask(Case c) {
    // Bits that hide something, leave something, and (keys, groups) hide everything from some query.
    Tensor keys = check.values(i -> i == 0 || i == c.keys + 1 ? 0 : 1, c.batch, c.keys);
    Tensor padding = check.values(i -> i % c.keys >= c.keys - 2 ? 1 : 0, c.batch, c.queries);
    Tensor groups = check.values(i -> i / 2 == 1 ? 0 : i == 0 || i % 3 == 1 ? 1 : 0, c.batch, c.queries, 2);
    return switch (c.name) {
      case "none" -> AttentionMask.NONE;
      case "causal" -> AttentionMask.CAUSAL;
      case "keys" -> new AttentionMask(false, keys, null, null, null);
      case "causal keys" -> AttentionMask.causal(keys);
      case "padding" -> AttentionMask.padding(padding);
      case "groups" -> AttentionMask.groups(groups);
      case "bias" -> new AttentionMask(false, null, null, null, check.normal(c.batch, c.heads, c.queries, c.keys));
      case "shared bias" -> new AttentionMask(false, null, null, null, check.normal(1, 1, c.queries, c.keys));
      // The second row's last token may see nothing: its sample begins behind every key.
      case "packed" -> AttentionMask.packed(check.values(i -> i < 5 ? (i / 2) * 2 : i == 9 ? 5 : 1, c.batch, c.queries));
      case "everything" -> new AttentionMask(true, keys, padding, groups, check.normal(1, c.heads, c.queries, c.keys));
      default -> throw new IllegalArgumentException(c.name);
    };
  }

  @Test
  void blindRowsAreZeroAndHaveNoGradient() {
    Tensor groups = backend.tensor(new double[] {1, 0, 0, 0, 0, 1}, 1, 3, 2);
    Tensor q = check.normal(1, 3, 2, 3).requireGrad(true);
    Tensor k = check.normal(1, 4, 1, 3);
    Tensor v = check.normal(1, 4, 1, 3);
    try (io.llama3v.tensor.Tape tape = io.llama3v.tensor.Tape.record(backend)) {
      Tensor y = ScaledDotProductAttention.apply(q, k, v, AttentionMask.groups(groups));
      double[] out = y.toDoubles();
      for (int i = 6; i < 12; i++) assertEquals(0, out[i]);
      tape.backward(y, check.normal(1, 3, 2, 3));
    }
    double[] dq = q.grad().toDoubles();
    for (int i = 6; i < 12; i++) assertEquals(0, dq[i]);
    q.clearGrad();
  }
}
