package io.llama3v.backend;

import io.llama3v.tensor.Tensor;

/**
 * The numerical kernels of a backend. Operations in {@code io.llama3v.ops} check shapes and allocate outputs; kernels fill them.
 *
 * <p>Conventions: tensors are dense and row-major; floating operands of one call share their type. Outputs do not overlap
 * inputs unless stated. Outputs named {@code dX} for an input X are <b>overwritten</b>; gradients of weights ({@code dWeight},
 * {@code dBias}, {@code dTable}, {@code dGate}) and other outputs documented so are <b>accumulated into</b>. A null gradient
 * output is skipped. Where activations are BF16, parameters may be F32, and statistics (means, log-sum-exps, norms, losses), gradients
 * of parameters, masks and tables are F32. "Rows" are all leading axes flattened; {@code D} is the last axis.
 */
public interface Kernels {
  // ---- memory ----

  /** {@code y = value}. */
  void fill(Tensor y, double value);

  /** {@code y = x}: as many elements, shapes may differ; so may the types where a backend has both F32 and BF16. */
  void copy(Tensor x, Tensor y);

  /**
   * Copies a rectangle: for every row r, {@code y[yOffset + r*yStride + c] (= or +=) x[xOffset + r*xStride + c]} for c in
   * [0, width). Offsets and strides in elements. Slices, concatenations and padding are made of this.
   */
  void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width, boolean add);

  /** {@code y[i_axes[0], …] = x[i_0, …]}: axis k of y is axis {@code axes[k]} of x. */
  void permute(Tensor x, int[] axes, Tensor y);

  // ---- element by element ----

  /** {@code y = f(x)}. */
  void unary(UnaryOp op, Tensor x, Tensor y);

  /** {@code dx = dy · f'(x)}, where {@code y = f(x)} may be used too. */
  void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx);

  /** {@code y = a ∘ b} with NumPy broadcasting to y's shape. */
  void binary(BinaryOp op, Tensor a, Tensor b, Tensor y);

  /** {@code y += Σ x} over the axes along which y (aligned at the end) is 1 or absent. */
  void sumInto(Tensor x, Tensor y);

  /** {@code y = a x}; x may be y. */
  void scale(Tensor x, double a, Tensor y);

  /** {@code y += a x}. */
  void axpy(double a, Tensor x, Tensor y);

  /** {@code y += t (x − y)}: moving averages. */
  void lerp(Tensor x, double t, Tensor y);

  /** {@code silu(gate) · up}: the inner product of SwiGLU. */
  void siluGate(Tensor gate, Tensor up, Tensor y);

  /** {@code dGateIn = dy · up · silu'(gate)}, {@code dUp = dy · silu(gate)}; either may be null. */
  void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp);

  /** {@code y = x + tanh(gate) h} with a one-element gate. */
  void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y);

  /** {@code dh = tanh(gate) dy}; {@code dGate += (1 − tanh²(gate)) Σ dy·h}. */
  void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate);

  // ---- products ----

  /**
   * {@code c = alpha op(a) op(b) + beta c} for each of {@code batch} consecutive matrices; op transposes where asked. The last two
   * axes of the (flattened) operands are the matrix.
   *
   * @param m rows of op(a) and c
   * @param n columns of op(b) and c
   * @param k columns of op(a), rows of op(b)
   */
  void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n, long k, double alpha,
      double beta);

  /** {@code y = x Wᵀ + bias}: x [rows, in], weight [out, in] as stored, bias [out] or null, y [rows, out]. */
  void linear(Tensor x, Tensor weight, Tensor bias, Tensor y);

  // ---- normalisation ----

  /** {@code y = (x − mean) · rstd · weight + bias} per row; mean and rstd [rows] are outputs. Variance is biased (1/D). */
  void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd);

  /** Backward of {@link #layerNorm}; dx is written, or added to if {@code addDx}; dWeight and dBias accumulate. All three may be null. */
  void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight,
      Tensor dBias);

  /** {@code y = x · rstd · weight}, {@code rstd = 1/√(mean(x²) + ε)} per row; rstd [rows] is an output. */
  void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd);

  /** Backward of {@link #rmsNorm}; dx is written, or added to if {@code addDx}; dWeight accumulates. Both may be null. */
  void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight);

  /** {@code y = x / max(‖x‖₂, 1e-12)} per row; norm [rows] is an output. */
  void l2Normalize(Tensor x, Tensor y, Tensor norm);

  /** Backward of {@link #l2Normalize}: {@code dx = (dy − y (y·dy)) / norm}. */
  void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx);

  /** Softmax over the last axis, computed after subtracting the row's maximum. */
  void softmax(Tensor x, Tensor y);

  /** {@code dx = y (dy − Σ dy·y)} per row. */
  void softmaxBackward(Tensor dy, Tensor y, Tensor dx);

  // ---- attention ----

  /**
   * Scaled dot-product attention with grouped queries: query head h uses key head {@code h / (H/Hk)}.
   *
   * @param q [B, Tq, H, d]
   * @param k [B, Tk, Hk, d]
   * @param v [B, Tk, Hk, d]
   * @param mask who sees whom
   * @param scale factor of the scores
   * @param out [B, Tq, H, d]
   * @param logSumExp [B, H, Tq]: log of the softmax denominator of each row, {@code +∞} for rows that see nothing
   */
  void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp);

  /** Backward of {@link #attention}; recomputes the probabilities from logSumExp. */
  void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask, double scale,
      Tensor dq, Tensor dk, Tensor dv);

  /**
   * Rotary position embedding in Hugging Face's half-split layout: with {@code (a, b) = (x[i], x[i + d/2])},
   * {@code y = (a cos − b sin, b cos + a sin)}. The inverse rotation is the backward pass.
   *
   * @param x [B, T, H, d]
   * @param cos [B or 1, T, d/2]
   * @param sin as cos
   */
  void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y);

  // ---- rows by index ----

  /** {@code y[r] = table[ids[r]]}: table [N, D], ids I32 with R elements, y [R, D]. */
  void gatherRows(Tensor table, Tensor ids, Tensor y);

  /** {@code dTable[ids[r]] += dy[r]}. */
  void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable);

  // ---- vision ----

  /** Cuts [N, C, S1, S2] into patches: y [N, (S1/p)(S2/p), C·p·p], patches row-major, each as the weight of a convolution lies. */
  void unfoldPatches(Tensor pixels, int patch, Tensor y);

  /** The inverse of {@link #unfoldPatches}, which is also its backward pass. */
  void foldPatches(Tensor patches, int patch, Tensor pixels);

  /**
   * The windows of a convolution, side by side: x [N, H, W, C], y [N, H', W', h w C], each row a window's pixels in order, 0 where
   * it reaches out of the image. This one is made of {@link #copyRows}; a backend may have its own.
   */
  default void unfoldWindows(Tensor x, Windows w, Tensor y) {
    if (w.padding() > 0) fill(y, 0);
    WindowCopies.run(this, x, y, w, false);
  }

  /** The backward pass of {@link #unfoldWindows}: sums what every window says about a pixel. */
  default void foldWindows(Tensor dy, Windows w, Tensor dx) {
    fill(dx, 0);
    WindowCopies.run(this, dx, dy, w, true);
  }

  /**
   * The largest value of each window and channel: x [N, H, W, C], y [N, H', W', C]. Pixels outside the image take no part. This one
   * computes on the host; a backend may have its own.
   *
   * @param argmax I32 as y: which pixel of its image it was, {@code row * W + column}, the first of equals
   */
  default void maxPool(Tensor x, Windows w, Tensor y, Tensor argmax) {
    HostPooling.max(x, w, y, argmax);
  }

  /** Backward of {@link #maxPool}: each gradient goes to the pixel that was the largest. dx [N, H, W, C] is overwritten. */
  default void maxPoolBackward(Tensor dy, Tensor argmax, Tensor dx) {
    HostPooling.maxBackward(dy, argmax, dx);
  }

  /** {@code y[r] = cat(base[r], interleaved)} with {@code y[r, D + c·F + f] = features[f][r, c]}: y [rows, D(1 + F)]. */
  void interleave(Tensor base, Tensor[] features, Tensor y);

  /** Backward of {@link #interleave}; dBase and entries of dFeatures may be null. */
  void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures);

  // ---- losses ----

  /**
   * Cross-entropy of each row: {@code losses[r] = w[r] (logSumExp(logits[r]) − logits[r, label])}; 0 where the label is ignored.
   *
   * @param logits [rows, V]
   * @param labels I32 [rows]
   * @param weights [rows] or null for 1
   * @param losses [rows]
   * @param logSumExp [rows], saved for backward
   */
  void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp);

  /** {@code dLogits[r] = dLosses[r] · w[r] · (softmax(logits[r]) − onehot(label))}; 0 where the label is ignored. dLogits may be logits. */
  void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp, Tensor dLogits);

  // ---- optimiser ----

  /** Updates a parameter and its moments in place. */
  void adamW(Tensor parameter, Tensor grad, Tensor firstMoment, Tensor secondMoment, AdamWStep step);

  /** {@code Σ x²}, accumulated in double; waits for the device. */
  double sumOfSquares(Tensor x);
}
