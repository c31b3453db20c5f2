package io.llama3v.vision;

import io.llama3v.backend.UnaryOp;

/**
 * What the blocks of a stack have in common.
 *
 * @param width width of the residual stream
 * @param heads attention heads; divides {@code width}
 * @param hidden inner width of the MLP
 * @param activation of the MLP
 * @param epsilon ε of the layer norms
 * @param attentionBias whether the four projections of the attention have biases
 * @param depth number of blocks: fresh weights of the branches' last layers shrink with it
 */
public record BlockShape(int width, int heads, int hidden, UnaryOp activation, double epsilon, boolean attentionBias, int depth) {
  /** Checks that heads divide the width. */
  public BlockShape {
    if (width < 1 || hidden < 1 || heads < 1 || width % heads != 0 || depth < 0) {
      throw new IllegalArgumentException("no transformer block has width " + width + ", " + heads + " heads, an MLP of " + hidden
          + " and depth " + depth + "; all must be positive, and the heads must divide the width");
    }
  }

  /** Standard deviation of fresh query, key and value weights: {@code 1/√width}. */
  double inDeviation() {
    return 1 / Math.sqrt(width);
  }

  /** Of the last layer of each branch: {@code 1/√(2 depth width)}, so that the sum over the branches keeps its size. */
  double outDeviation() {
    return 1 / Math.sqrt(2.0 * Math.max(1, depth) * width);
  }

  /** Of the MLP's first layer: {@code 1/√(2 width)}. */
  double mlpDeviation() {
    return 1 / Math.sqrt(2.0 * width);
  }
}
