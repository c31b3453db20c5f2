package io.llama3v.backend.simd;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.UnaryOp;
import io.llama3v.backend.Windows;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;

/**
 * Sends each call to a fast kernel, or to the reference where there is none: in double precision, and for rare cases. Fast
 * kernels compute in single precision.
 */
final class CpuKernels implements Kernels {
  private final Kernels reference;
  private final ProductKernels products;
  private final ElementKernels elements;
  private final NormKernels norms;
  private final AttentionKernels attention;
  private final RowKernels rows;
  private final VisionKernels vision;
  private final WindowKernels windows;
  private final OptimizerKernels optimizer;

  CpuKernels(Kernels reference, Parallel team, Blas blas, HostPool pool) {
    this.reference = reference;
    products = new ProductKernels(team, blas);
    elements = new ElementKernels(team);
    norms = new NormKernels(team);
    attention = new AttentionKernels(team, blas, pool);
    rows = new RowKernels(team);
    vision = new VisionKernels(team);
    windows = new WindowKernels(team);
    optimizer = new OptimizerKernels(team);
  }

  private static boolean fast(Tensor t) {
    return t.type() == DType.F32;
  }

  @Override
  public void fill(Tensor y, double value) {
    if (fast(y)) elements.fill(y, (float) value);
    else reference.fill(y, value);
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    if (fast(x) && fast(y)) elements.copy(x, y);
    else reference.copy(x, y);
  }

  @Override
  public void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long count, long width, boolean add) {
    if (fast(x)) rows.copyRows(x, xOffset, xStride, y, yOffset, yStride, count, width, add);
    else reference.copyRows(x, xOffset, xStride, y, yOffset, yStride, count, width, add);
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor y) {
    if (fast(x) && x.elements() < Integer.MAX_VALUE / 4) rows.permute(x, axes, y);
    else reference.permute(x, axes, y);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor y) {
    if (fast(x)) elements.unary(op, x, y);
    else reference.unary(op, x, y);
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    if (fast(dy)) elements.unaryBackward(op, x, y, dy, dx);
    else reference.unaryBackward(op, x, y, dy, dx);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    if (y.elements() == 0) return;
    if (!fast(y) || !elements.binary(op, a, b, y)) reference.binary(op, a, b, y);
  }

  @Override
  public void sumInto(Tensor x, Tensor y) {
    if (x.elements() == 0) return;
    if (fast(y)) elements.sumInto(x, y);
    else reference.sumInto(x, y);
  }

  @Override
  public void scale(Tensor x, double a, Tensor y) {
    if (fast(x)) elements.scale(x, (float) a, y);
    else reference.scale(x, a, y);
  }

  @Override
  public void axpy(double a, Tensor x, Tensor y) {
    if (fast(x)) elements.axpy((float) a, x, y);
    else reference.axpy(a, x, y);
  }

  @Override
  public void lerp(Tensor x, double t, Tensor y) {
    if (fast(x)) elements.lerp(x, (float) t, y);
    else reference.lerp(x, t, y);
  }

  @Override
  public void siluGate(Tensor gate, Tensor up, Tensor y) {
    if (fast(y)) elements.siluGate(gate, up, y);
    else reference.siluGate(gate, up, y);
  }

  @Override
  public void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp) {
    if (fast(dy)) elements.siluGateBackward(dy, gate, up, dGateIn, dUp);
    else reference.siluGateBackward(dy, gate, up, dGateIn, dUp);
  }

  private static float value(Tensor gate) {
    return Vec.get(HostStorage.buffer(gate), 0);
  }

  @Override
  public void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y) {
    if (fast(y)) elements.gatedAdd(x, h, (float) Math.tanh(value(gate)), y);
    else reference.gatedAdd(x, h, gate, y);
  }

  @Override
  public void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate) {
    if (!fast(dy)) {
      reference.gatedAddBackward(dy, h, gate, dh, dGate);
      return;
    }
    double tanh = Math.tanh(value(gate));
    if (dh != null) elements.scale(dy, (float) tanh, dh);
    if (dGate != null) {
      Vec.put(HostStorage.buffer(dGate), 0, (float) (value(dGate) + (1 - tanh * tanh) * elements.dot(dy, h)));
    }
  }

  @Override
  public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n, long k,
      double alpha, double beta) {
    if (fast(c)) products.matmul(a, transposeA, b, transposeB, c, batch, m, n, k, alpha, beta);
    else reference.matmul(a, transposeA, b, transposeB, c, batch, m, n, k, alpha, beta);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    if (fast(y)) products.linear(x, weight, bias, y);
    else reference.linear(x, weight, bias, y);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) {
    if (fast(y)) norms.layerNorm(x, weight, bias, (float) epsilon, y, mean, rstd);
    else reference.layerNorm(x, weight, bias, epsilon, y, mean, rstd);
  }

  @Override
  public void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight, Tensor dBias) {
    if (fast(dy)) norms.layerNormBackward(dy, x, weight, mean, rstd, dx, addDx, dWeight, dBias);
    else reference.layerNormBackward(dy, x, weight, mean, rstd, dx, addDx, dWeight, dBias);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) {
    if (fast(y)) norms.rmsNorm(x, weight, (float) epsilon, y, rstd);
    else reference.rmsNorm(x, weight, epsilon, y, rstd);
  }

  @Override
  public void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    if (fast(dy)) norms.rmsNormBackward(dy, x, weight, rstd, dx, addDx, dWeight);
    else reference.rmsNormBackward(dy, x, weight, rstd, dx, addDx, dWeight);
  }

  @Override
  public void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    if (fast(y)) norms.l2Normalize(x, y, norm);
    else reference.l2Normalize(x, y, norm);
  }

  @Override
  public void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    if (fast(dy)) norms.l2NormalizeBackward(dy, y, norm, dx);
    else reference.l2NormalizeBackward(dy, y, norm, dx);
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    if (fast(y)) rows.softmax(x, y);
    else reference.softmax(x, y);
  }

  @Override
  public void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    if (fast(dy)) rows.softmaxBackward(dy, y, dx);
    else reference.softmaxBackward(dy, y, dx);
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    if (q.elements() == 0) return;
    if (fast(q)) attention.attention(q, k, v, mask, scale, out, logSumExp);
    else reference.attention(q, k, v, mask, scale, out, logSumExp);
  }

  @Override
  public void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask,
      double scale, Tensor dq, Tensor dk, Tensor dv) {
    if (q.elements() == 0) {
      if (dk != null) fill(dk, 0);
      if (dv != null) fill(dv, 0);
      return;
    }
    if (fast(q)) attention.attentionBackward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
    else reference.attentionBackward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
  }

  @Override
  public void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    if (fast(x)) rows.rotary(x, cos, sin, inverse, y);
    else reference.rotary(x, cos, sin, inverse, y);
  }

  @Override
  public void gatherRows(Tensor table, Tensor ids, Tensor y) {
    if (fast(table)) rows.gatherRows(table, ids, y);
    else reference.gatherRows(table, ids, y);
  }

  @Override
  public void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable) {
    if (fast(dy)) rows.scatterAddRows(dy, ids, dTable);
    else reference.scatterAddRows(dy, ids, dTable);
  }

  @Override
  public void unfoldPatches(Tensor pixels, int patch, Tensor y) {
    if (fast(pixels)) vision.patches(pixels, patch, y, true);
    else reference.unfoldPatches(pixels, patch, y);
  }

  @Override
  public void foldPatches(Tensor patches, int patch, Tensor pixels) {
    if (fast(pixels)) vision.patches(pixels, patch, patches, false);
    else reference.foldPatches(patches, patch, pixels);
  }

  @Override
  public void unfoldWindows(Tensor x, Windows w, Tensor y) {
    if (fast(x) && fits(x)) windows.unfold(x, w, y);
    else reference.unfoldWindows(x, w, y);
  }

  @Override
  public void foldWindows(Tensor dy, Windows w, Tensor dx) {
    if (fast(dx) && fits(dx)) windows.fold(dy, w, dx);
    else reference.foldWindows(dy, w, dx);
  }

  @Override
  public void maxPool(Tensor x, Windows w, Tensor y, Tensor argmax) {
    if (fast(x) && fits(x)) windows.maxPool(x, w, y, argmax);
    else reference.maxPool(x, w, y, argmax);
  }

  @Override
  public void maxPoolBackward(Tensor dy, Tensor argmax, Tensor dx) {
    if (fast(dx) && fits(dx)) windows.maxPoolBackward(dy, argmax, dx);
    else reference.maxPoolBackward(dy, argmax, dx);
  }

  /** Whether an image and a row of its windows can be addressed with ints. */
  private static boolean fits(Tensor images) {
    return images.elements() / Math.max(1, images.size(0)) < 1 << 25;
  }

  @Override
  public void interleave(Tensor base, Tensor[] features, Tensor y) {
    if (fast(y)) vision.interleave(y, base, features, true);
    else reference.interleave(base, features, y);
  }

  @Override
  public void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures) {
    if (fast(dy)) vision.interleave(dy, dBase, dFeatures, false);
    else reference.interleaveBackward(dy, dBase, dFeatures);
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    if (fast(logits)) rows.crossEntropy(logits, labels, weights, ignore, losses, logSumExp);
    else reference.crossEntropy(logits, labels, weights, ignore, losses, logSumExp);
  }

  @Override
  public void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp,
      Tensor dLogits) {
    if (fast(logits)) rows.crossEntropyBackward(dLosses, logits, labels, weights, ignore, logSumExp, dLogits);
    else reference.crossEntropyBackward(dLosses, logits, labels, weights, ignore, logSumExp, dLogits);
  }

  @Override
  public void adamW(Tensor parameter, Tensor grad, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    if (fast(parameter)) optimizer.adamW(parameter, grad, firstMoment, secondMoment, step);
    else reference.adamW(parameter, grad, firstMoment, secondMoment, step);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return fast(x) ? elements.dot(x, x) : reference.sumOfSquares(x);
  }
}
