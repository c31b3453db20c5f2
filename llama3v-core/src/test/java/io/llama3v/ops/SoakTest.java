package io.llama3v.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.Backend;
import io.llama3v.backend.Nd4jThreads;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Tape;
import io.llama3v.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many small training steps: memory in use must be the same after each of them, and the loss must fall. */
class SoakTest {
  private final Parameter norm = new Parameter("norm", Init.ONES, 8);
  private final Parameter query = new Parameter("query", Init.normal(0.3), 8, 8);
  private final Parameter head = new Parameter("head", Init.normal(0.3), 5, 8);
  private final Parameter table = new Parameter("table", Init.normal(1), 5, 8);
  private final List<Parameter> parameters = List.of(norm, query, head, table);

  @ParameterizedTest
  @CsvSource({"nd4j, 150", "auto, 2000"})
  void memoryIsFlat(String name, int steps) {
    try (Backend backend = Backend.named(name)) {
      Nd4jThreads.one();
      Tensor[][] moments = new Tensor[parameters.size()][];
      for (int i = 0; i < moments.length; i++) {
        Parameter p = parameters.get(i).initialize(backend, 3, parameters.get(i).name());
        moments[i] = new Tensor[] {backend.zeros(p.shape()), backend.zeros(p.shape())};
      }
      long start = backend.liveBytes();
      double first = step(backend, moments, 1);
      long peak = backend.peakBytes();
      double last = first;
      for (int t = 2; t <= steps; t++) {
        last = step(backend, moments, t);
        assertEquals(start, backend.liveBytes(), "bytes live after step " + t);
        assertEquals(peak, backend.peakBytes(), "peak after step " + t);
      }
      assertTrue(last < 0.5 * first, "loss went from " + first + " to " + last);
      for (Tensor[] pair : moments) for (Tensor moment : pair) moment.close();
      for (Parameter p : parameters) p.close();
      assertEquals(0, backend.liveBytes());
    }
  }

  private double step(Backend backend, Tensor[][] moments, int t) {
    double value;
    try (Tape tape = Tape.record(backend)) {
      Tensor ids = backend.tensor(new int[] {0, 1, 2, 3, 4, 0}, 2, 3);
      Tensor labels = backend.tensor(new int[] {1, 2, 3, 4, 0, CrossEntropy.IGNORE}, 6);
      Tensor x = GatherRows.apply(table, ids);
      Tensor y = Recompute.block(parameters, in -> block(in[0]), x);
      Tensor loss = CrossEntropy.apply(LinearMap.apply(y, head, null).reshape(6, 5), labels, null, 5);
      value = loss.item();
      tape.backward(loss);
    }
    for (int i = 0; i < moments.length; i++) {
      Parameter p = parameters.get(i);
      backend.kernels().adamW(p, p.grad(), moments[i][0], moments[i][1], new AdamWStep(0.02, 0.9, 0.99, 1e-8, 0, t, 1));
      p.clearGrad();
    }
    return value;
  }

  private Tensor block(Tensor x) {
    Tensor h = LinearMap.apply(RmsNormalization.apply(x, norm, 1e-5), query, null).reshape(2, 3, 2, 4);
    return x.add(ScaledDotProductAttention.apply(h, h, h, AttentionMask.CAUSAL).reshape(2, 3, 8));
  }
}
