package io.llama3v.tensor;

import io.llama3v.backend.Backend;
import java.util.function.Function;

/**
 * Trades activations for compute: runs a block without recording it, keeps its inputs only, and runs it again during backward
 * (Chen, Xu, Zhang, Guestrin: Training Deep Nets with Sublinear Memory Cost, 2016). The gradients are bit-identical to those
 * of the recorded block, since the same kernels see the same numbers.
 */
public final class Recompute {
  private Recompute() {}

  /**
   * Runs {@code block(inputs)}.
   *
   * @param parameters the parameters that the block uses; if none of them trains and no input needs a gradient, nothing is noted
   * @param block a pure function of its inputs and parameters
   */
  public static Tensor block(Iterable<Parameter> parameters, Function<Tensor[], Tensor> block, Tensor... inputs) {
    Backend backend = inputs[0].backend();
    Tape tape = backend.currentTape();
    boolean needed = false;
    for (Tensor input : inputs) needed |= input != null && input.needsGrad();
    for (Parameter parameter : parameters) needed |= parameter.needsGrad();
    if (tape == null || !needed) return block.apply(inputs);

    Tensor output;
    backend.setTape(null);
    try (Scope scope = new Scope(backend)) {
      output = scope.keep(block.apply(inputs)).detach();
    } finally {
      backend.setTape(tape);
    }
    return Tape.noteNeeded("recompute", output, inputs, outputGrad -> rerun(backend, block, inputs, outputGrad));
  }

  private static void rerun(Backend backend, Function<Tensor[], Tensor> block, Tensor[] inputs, Tensor outputGrad) {
    Tensor[] leaves = new Tensor[inputs.length];
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null) leaves[i] = inputs[i].detach().requireGrad(inputs[i].needsGrad());
    }
    try (Tape inner = Tape.record(backend)) {
      Tensor output = block.apply(leaves);
      if (!output.needsGrad()) {
        throw new IllegalStateException("a recomputed block needs no gradient when it is run again: it must use the inputs it is given, and"
            + " no parameters but those that were named");
      }
      // What later users of an input have contributed is added to, contribution by contribution, as if the block had been recorded:
      // sums of floats depend on their order.
      for (int i = 0; i < inputs.length; i++) if (leaves[i] != null && leaves[i].needsGrad()) leaves[i].takeGrad(inputs[i]);
      inner.backward(output, outputGrad);
      for (int i = 0; i < inputs.length; i++) {
        if (leaves[i] == null || leaves[i].grad() == null) continue;
        if (inputs[i].grad() == null) {
          inputs[i].takeGrad(leaves[i]);
        } else { // the same tensor twice
          inputs[i].addGrad(leaves[i].grad());
          leaves[i].clearGrad();
        }
      }
    } finally {
      // Nothing is left here unless the block failed.
      for (Tensor leaf : leaves) if (leaf != null) leaf.clearGrad();
    }
  }
}
