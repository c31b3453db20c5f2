package io.llama3v.backend.simd;

import io.llama3v.backend.AdamWStep;
import io.llama3v.tensor.Tensor;
import java.nio.ByteBuffer;
import jdk.incubator.vector.FloatVector;

/** AdamW over flat memory: one pass, parameter and moments in place. */
final class OptimizerKernels {
  private final Parallel team;

  OptimizerKernels(Parallel team) {
    this.team = team;
  }

  void adamW(Tensor parameter, Tensor grad, Tensor first, Tensor second, AdamWStep step) {
    float b2 = (float) step.beta2();
    // Rounded once: 1 - (float) beta2 would be 1e-5 off.
    float c1 = (float) (1 - step.beta1());
    float c2 = (float) (1 - step.beta2());
    float keep = (float) (1 - step.learningRate() * step.decay());
    float size = (float) (step.learningRate() / (1 - Math.pow(step.beta1(), step.step())));
    float unbias = (float) Math.sqrt(1 - Math.pow(step.beta2(), step.step()));
    float scale = (float) step.gradScale();
    float epsilon = (float) step.epsilon();
    team.elements(parameter.elements(), 16_384, (from, to, part) -> {
      ByteBuffer p = HostStorage.buffer(parameter, from, to - from);
      ByteBuffer g = HostStorage.buffer(grad, from, to - from);
      ByteBuffer m = HostStorage.buffer(first, from, to - from);
      ByteBuffer v = HostStorage.buffer(second, from, to - from);
      int n = Math.toIntExact(to - from);
      int i = 0;
      for (int end = Vec.bound(n); i < end; i += Vec.N) {
        FloatVector d = Vec.load(g, i).mul(scale);
        FloatVector mean = Vec.load(m, i);
        mean = d.sub(mean).fma(Vec.broadcast(c1), mean);
        FloatVector square = Vec.load(v, i).mul(b2).add(d.mul(d).mul(c2));
        Vec.store(mean, m, i);
        Vec.store(square, v, i);
        FloatVector denominator = square.sqrt().div(unbias).add(epsilon);
        Vec.store(Vec.load(p, i).mul(keep).sub(mean.div(denominator).mul(size)), p, i);
      }
      for (; i < n; i++) {
        float d = Vec.get(g, i) * scale;
        float mean = Vec.get(m, i) + (d - Vec.get(m, i)) * c1;
        float square = Vec.get(v, i) * b2 + d * d * c2;
        Vec.put(m, i, mean);
        Vec.put(v, i, square);
        Vec.put(p, i, Vec.get(p, i) * keep - mean / ((float) Math.sqrt(square) / unbias + epsilon) * size);
      }
    });
  }
}
