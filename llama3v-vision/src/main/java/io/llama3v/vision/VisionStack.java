package io.llama3v.vision;

import io.llama3v.backend.AttentionMask;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Recompute;
import io.llama3v.tensor.Scope;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** Blocks one after another, called {@code layers.0}, {@code layers.1}, … Used by both of CLIP's towers and by Mllama's. */
public final class VisionStack extends Module {
  private final List<VisionBlock> blocks;
  private boolean recompute;

  /** Declares {@code shape.depth()} blocks. */
  public VisionStack(BlockShape shape, VisionBlock.Naming naming, boolean gated) {
    List<VisionBlock> list = new ArrayList<>();
    for (int i = 0; i < shape.depth(); i++) list.add(new VisionBlock(shape, naming, gated));
    this.blocks = children("layers", list);
  }

  /**
   * What a stack returns.
   *
   * @param output of the last block
   * @param features the inputs of the blocks asked for, in the order asked for
   */
  public record Output(Tensor output, Tensor[] features) {}

  /** Chooses whether backward runs each block again instead of keeping its activations. */
  public void recompute(boolean chosen) {
    this.recompute = chosen;
  }

  /** Number of blocks. */
  public int depth() {
    return blocks.size();
  }

  /**
   * Runs all blocks. Outside of training, a hidden state lives until the next block has read it, and features longer.
   *
   * @param features the blocks whose <em>inputs</em> are wanted; the number of blocks means the output of the last
   * @param names what the trace calls the output of block i
   */
  public Output forward(Tensor x, AttentionMask mask, int[] features, Trace trace, IntFunction<String> names) {
    Tensor[] kept = new Tensor[features.length];
    try (Scope scope = x.backend().scope()) {
      Tensor h = x;
      Storage held = null;
      keepFeatures(scope, 0, h, features, kept);
      for (int i = 0; i < blocks.size(); i++) {
        try (Scope step = x.backend().scope()) {
          // The previous hidden state dies with this step, unless a tape saved it.
          if (held != null) step.own(held);
          h = run(i, h, mask);
          held = h.storage().retain();
          trace.accept(names.apply(i), h);
        }
        keepFeatures(scope, i + 1, h, features, kept);
      }
      if (held != null) scope.own(held);
      return new Output(scope.keep(h), kept);
    }
  }

  /** Runs all blocks. */
  public Tensor forward(Tensor x, AttentionMask mask, Trace trace, IntFunction<String> names) {
    return forward(x, mask, new int[0], trace, names).output();
  }

  private static void keepFeatures(Scope scope, int index, Tensor h, int[] wanted, Tensor[] kept) {
    for (int f = 0; f < wanted.length; f++) {
      if (wanted[f] != index) continue;
      scope.own(h.storage().retain());
      kept[f] = scope.keep(h);
    }
  }

  private Tensor run(int i, Tensor x, AttentionMask mask) {
    VisionBlock block = blocks.get(i);
    if (!recompute) return block.forward(x, mask);
    // The mask's tensors travel as inputs, so that the tape keeps them until backward has run.
    Tensor[] m = mask.tensors();
    return Recompute.block(block.parameters().values(), in -> block.forward(in[0], mask.with(in, 1)), x, m[0], m[1], m[2], m[3], m[4]);
  }
}
