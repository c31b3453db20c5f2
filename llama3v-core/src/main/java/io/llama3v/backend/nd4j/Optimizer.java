package io.llama3v.backend.nd4j;

import io.llama3v.backend.AdamWStep;
import io.llama3v.tensor.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/** AdamW and the norm it is clipped by. */
final class Optimizer {
  private static final long ELEMENTS_AT_A_TIME = 1 << 22;

  private Optimizer() {}

  static void adamW(Tensor parameter, Tensor grad, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    if (parameter.elements() == 0) return;
    double correction1 = 1 - Math.pow(step.beta1(), step.step());
    double correction2 = 1 - Math.pow(step.beta2(), step.step());
    try (Scratch s = new Scratch()) {
      INDArray p = Views.flat(parameter);
      INDArray m = Views.flat(firstMoment);
      INDArray v = Views.flat(secondMoment);
      INDArray g = s.of(Views.flat(grad).mul(step.gradScale()));
      p.muli(1 - step.learningRate() * step.decay());
      m.muli(step.beta1()).addi(s.of(g.mul(1 - step.beta1())));
      v.muli(step.beta2()).addi(s.of(g.mul(g)).muli(1 - step.beta2()));
      INDArray divisor = s.of(Transforms.sqrt(v, true)).divi(Math.sqrt(correction2)).addi(step.epsilon());
      p.subi(s.of(m.mul(step.learningRate() / correction1)).divi(divisor));
    }
  }

  static double sumOfSquares(Tensor x) {
    double sum = 0;
    for (long from = 0; from < x.elements(); from += ELEMENTS_AT_A_TIME) {
      try (Scratch s = new Scratch()) {
        INDArray part = s.doubles(Views.at(x, from, Math.min(ELEMENTS_AT_A_TIME, x.elements() - from)));
        sum += s.of(part.mul(part)).sumNumber().doubleValue();
      }
    }
    return sum;
  }
}
