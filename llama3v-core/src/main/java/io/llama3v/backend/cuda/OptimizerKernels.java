package io.llama3v.backend.cuda;

import io.llama3v.backend.AdamWStep;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;

/** AdamW on F32 master weights: {@code adamw.cu}. */
final class OptimizerKernels {
  private final Gpu gpu;

  OptimizerKernels(Gpu gpu) {
    this.gpu = gpu;
  }

  void adamW(Tensor parameter, Tensor grad, Tensor first, Tensor second, AdamWStep step) {
    long n = parameter.elements();
    if (n == 0) return;
    Gpu.require(parameter, DType.F32, "a parameter that AdamW updates");
    Gpu.requireF32("adamW", first, second);
    double size = step.learningRate() / (1 - Math.pow(step.beta1(), step.step()));
    double unbias = Math.sqrt(1 - Math.pow(step.beta2(), step.step()));
    long p = Gpu.write(parameter);
    // The BF16 copy for products is kept in step, but only by an update of all it is a copy of.
    CudaStorage storage = Gpu.storage(parameter);
    boolean whole = parameter.offset() == 0 && 4 * n == storage.bytes();
    long copy = whole ? storage.copyToWrite() : 0;
    gpu.arguments().l(p).l(Gpu.read(grad)).l(Gpu.write(first)).l(Gpu.write(second)).l(copy).l(n).f(step.gradScale())
        .f(1 - step.learningRate() * step.decay()).f(1 - step.beta1()).f(step.beta2()).f(1 - step.beta2()).f(size).f(unbias)
        .f(step.epsilon());
    gpu.launchOver(n, 2, KernelSource.of("adamw.cu", Gpu.macro("REAL", grad)), "adamw");
  }
}
