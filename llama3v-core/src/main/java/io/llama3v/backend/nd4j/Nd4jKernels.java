package io.llama3v.backend.nd4j;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tensor;

/**
 * {@link Kernels} in plain ND4J array operations, for every floating type. Works on the tensors of any backend whose {@link
 * Tensor#array()} shares the tensor's memory. Stateless. Sums are taken in double; row indices and labels are checked.
 */
public final class Nd4jKernels implements Kernels {
  @Override
  public void fill(Tensor y, double value) {
    Memory.fill(y, value);
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    Memory.copy(x, y);
  }

  @Override
  public void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width,
      boolean add) {
    Memory.copyRows(x, xOffset, xStride, y, yOffset, yStride, rows, width, add);
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor y) {
    Memory.permute(x, axes, y);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor y) {
    Elementwise.unary(op, x, y);
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    Elementwise.unaryBackward(op, x, y, dy, dx);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    Elementwise.binary(op, a, b, y);
  }

  @Override
  public void sumInto(Tensor x, Tensor y) {
    Elementwise.sumInto(x, y);
  }

  @Override
  public void scale(Tensor x, double a, Tensor y) {
    Elementwise.scale(x, a, y);
  }

  @Override
  public void axpy(double a, Tensor x, Tensor y) {
    Elementwise.axpy(a, x, y);
  }

  @Override
  public void lerp(Tensor x, double t, Tensor y) {
    Elementwise.lerp(x, t, y);
  }

  @Override
  public void siluGate(Tensor gate, Tensor up, Tensor y) {
    Elementwise.siluGate(gate, up, y);
  }

  @Override
  public void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp) {
    Elementwise.siluGateBackward(dy, gate, up, dGateIn, dUp);
  }

  @Override
  public void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y) {
    Elementwise.gatedAdd(x, h, gate, y);
  }

  @Override
  public void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate) {
    Elementwise.gatedAddBackward(dy, h, gate, dh, dGate);
  }

  @Override
  public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n,
      long k, double alpha, double beta) {
    Products.matmul(a, transposeA, b, transposeB, c, batch, m, n, k, alpha, beta);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    Products.linear(x, weight, bias, y);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) {
    Normalization.layerNorm(x, weight, bias, epsilon, y, mean, rstd);
  }

  @Override
  public void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight,
      Tensor dBias) {
    Normalization.layerNormBackward(dy, x, weight, mean, rstd, dx, addDx, dWeight, dBias);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) {
    Normalization.rmsNorm(x, weight, epsilon, y, rstd);
  }

  @Override
  public void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    Normalization.rmsNormBackward(dy, x, weight, rstd, dx, addDx, dWeight);
  }

  @Override
  public void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    Normalization.l2Normalize(x, y, norm);
  }

  @Override
  public void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    Normalization.l2NormalizeBackward(dy, y, norm, dx);
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    Normalization.softmax(x, y);
  }

  @Override
  public void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    Normalization.softmaxBackward(dy, y, dx);
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    Attention.forward(q, k, v, mask, scale, out, logSumExp);
  }

  @Override
  public void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask,
      double scale, Tensor dq, Tensor dk, Tensor dv) {
    Attention.backward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
  }

  @Override
  public void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    Rotation.rotary(x, cos, sin, inverse, y);
  }

  @Override
  public void gatherRows(Tensor table, Tensor ids, Tensor y) {
    Rows.gather(table, ids, y);
  }

  @Override
  public void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable) {
    Rows.scatterAdd(dy, ids, dTable);
  }

  @Override
  public void unfoldPatches(Tensor pixels, int patch, Tensor y) {
    Vision.unfold(pixels, patch, y);
  }

  @Override
  public void foldPatches(Tensor patches, int patch, Tensor pixels) {
    Vision.fold(patches, patch, pixels);
  }

  @Override
  public void interleave(Tensor base, Tensor[] features, Tensor y) {
    Vision.interleave(base, features, y);
  }

  @Override
  public void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures) {
    Vision.interleaveBackward(dy, dBase, dFeatures);
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    Losses.crossEntropy(logits, labels, weights, ignore, losses, logSumExp);
  }

  @Override
  public void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore,
      Tensor logSumExp, Tensor dLogits) {
    Losses.crossEntropyBackward(dLosses, logits, labels, weights, ignore, logSumExp, dLogits);
  }

  @Override
  public void adamW(Tensor parameter, Tensor grad, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    Optimizer.adamW(parameter, grad, firstMoment, secondMoment, step);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return Optimizer.sumOfSquares(x);
  }
}
