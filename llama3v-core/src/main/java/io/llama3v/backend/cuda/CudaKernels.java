package io.llama3v.backend.cuda;

import io.llama3v.backend.AdamWStep;
import io.llama3v.backend.AttentionMask;
import io.llama3v.backend.BinaryOp;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.UnaryOp;
import io.llama3v.tensor.Tensor;

/** Sends each call to its family. There is no other implementation to fall back to: what a family refuses fails. */
final class CudaKernels implements Kernels {
  private final MemoryKernels memory;
  private final ElementKernels elements;
  private final SumKernels sums;
  private final ProductKernels products;
  private final NormKernels norms;
  private final AttentionKernels attention;
  private final RowKernels rows;
  private final VisionKernels vision;
  private final OptimizerKernels optimizer;

  CudaKernels(Gpu gpu, Precision precision) {
    memory = new MemoryKernels(gpu);
    elements = new ElementKernels(gpu);
    sums = new SumKernels(gpu, elements);
    products = new ProductKernels(gpu, precision == Precision.TF32, memory, elements);
    norms = new NormKernels(gpu, sums);
    attention = new AttentionKernels(gpu);
    rows = new RowKernels(gpu);
    vision = new VisionKernels(gpu);
    optimizer = new OptimizerKernels(gpu);
  }

  @Override
  public void fill(Tensor y, double value) {
    memory.fill(y, value);
  }

  @Override
  public void copy(Tensor x, Tensor y) {
    memory.copy(x, y);
  }

  @Override
  public void copyRows(Tensor x, long xOffset, long xStride, Tensor y, long yOffset, long yStride, long rows, long width, boolean add) {
    memory.copyRows(x, xOffset, xStride, y, yOffset, yStride, rows, width, add);
  }

  @Override
  public void permute(Tensor x, int[] axes, Tensor y) {
    memory.permute(x, axes, y);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor y) {
    elements.unary(op, x, y);
  }

  @Override
  public void unaryBackward(UnaryOp op, Tensor x, Tensor y, Tensor dy, Tensor dx) {
    elements.unaryBackward(op, x, y, dy, dx);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor y) {
    elements.binary(op, a, b, y);
  }

  @Override
  public void sumInto(Tensor x, Tensor y) {
    sums.sumInto(x, y);
  }

  @Override
  public void scale(Tensor x, double a, Tensor y) {
    elements.scale(x, a, y);
  }

  @Override
  public void axpy(double a, Tensor x, Tensor y) {
    elements.axpy(a, x, y);
  }

  @Override
  public void lerp(Tensor x, double t, Tensor y) {
    elements.lerp(x, t, y);
  }

  @Override
  public void siluGate(Tensor gate, Tensor up, Tensor y) {
    elements.siluGate(gate, up, y);
  }

  @Override
  public void siluGateBackward(Tensor dy, Tensor gate, Tensor up, Tensor dGateIn, Tensor dUp) {
    elements.siluGateBackward(dy, gate, up, dGateIn, dUp);
  }

  @Override
  public void gatedAdd(Tensor x, Tensor h, Tensor gate, Tensor y) {
    elements.gatedAdd(x, h, gate, y);
  }

  @Override
  public void gatedAddBackward(Tensor dy, Tensor h, Tensor gate, Tensor dh, Tensor dGate) {
    elements.gatedAddBackward(dy, h, gate, dh, dGate);
  }

  @Override
  public void matmul(Tensor a, boolean transposeA, Tensor b, boolean transposeB, Tensor c, long batch, long m, long n, long k,
      double alpha, double beta) {
    products.matmul(a, transposeA, b, transposeB, c, batch, m, n, k, alpha, beta);
  }

  @Override
  public void linear(Tensor x, Tensor weight, Tensor bias, Tensor y) {
    products.linear(x, weight, bias, y);
  }

  @Override
  public void layerNorm(Tensor x, Tensor weight, Tensor bias, double epsilon, Tensor y, Tensor mean, Tensor rstd) {
    norms.layerNorm(x, weight, bias, epsilon, y, mean, rstd);
  }

  @Override
  public void layerNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dx, boolean addDx,
      Tensor dWeight, Tensor dBias) {
    norms.layerNormBackward(dy, x, weight, mean, rstd, dx, addDx, dWeight, dBias);
  }

  @Override
  public void rmsNorm(Tensor x, Tensor weight, double epsilon, Tensor y, Tensor rstd) {
    norms.rmsNorm(x, weight, epsilon, y, rstd);
  }

  @Override
  public void rmsNormBackward(Tensor dy, Tensor x, Tensor weight, Tensor rstd, Tensor dx, boolean addDx, Tensor dWeight) {
    norms.rmsNormBackward(dy, x, weight, rstd, dx, addDx, dWeight);
  }

  @Override
  public void l2Normalize(Tensor x, Tensor y, Tensor norm) {
    norms.l2Normalize(x, y, norm);
  }

  @Override
  public void l2NormalizeBackward(Tensor dy, Tensor y, Tensor norm, Tensor dx) {
    norms.l2NormalizeBackward(dy, y, norm, dx);
  }

  @Override
  public void softmax(Tensor x, Tensor y) {
    norms.softmax(x, y);
  }

  @Override
  public void softmaxBackward(Tensor dy, Tensor y, Tensor dx) {
    norms.softmaxBackward(dy, y, dx);
  }

  @Override
  public void attention(Tensor q, Tensor k, Tensor v, AttentionMask mask, double scale, Tensor out, Tensor logSumExp) {
    attention.attention(q, k, v, mask, scale, out, logSumExp);
  }

  @Override
  public void attentionBackward(Tensor dOut, Tensor q, Tensor k, Tensor v, Tensor out, Tensor logSumExp, AttentionMask mask,
      double scale, Tensor dq, Tensor dk, Tensor dv) {
    attention.attentionBackward(dOut, q, k, v, out, logSumExp, mask, scale, dq, dk, dv);
  }

  @Override
  public void rotary(Tensor x, Tensor cos, Tensor sin, boolean inverse, Tensor y) {
    rows.rotary(x, cos, sin, inverse, y);
  }

  @Override
  public void gatherRows(Tensor table, Tensor ids, Tensor y) {
    rows.gatherRows(table, ids, y);
  }

  @Override
  public void scatterAddRows(Tensor dy, Tensor ids, Tensor dTable) {
    rows.scatterAddRows(dy, ids, dTable);
  }

  @Override
  public void unfoldPatches(Tensor pixels, int patch, Tensor y) {
    vision.unfoldPatches(pixels, patch, y);
  }

  @Override
  public void foldPatches(Tensor patches, int patch, Tensor pixels) {
    vision.foldPatches(patches, patch, pixels);
  }

  @Override
  public void interleave(Tensor base, Tensor[] features, Tensor y) {
    vision.interleave(base, features, y);
  }

  @Override
  public void interleaveBackward(Tensor dy, Tensor dBase, Tensor[] dFeatures) {
    vision.interleaveBackward(dy, dBase, dFeatures);
  }

  @Override
  public void crossEntropy(Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor losses, Tensor logSumExp) {
    rows.crossEntropy(logits, labels, weights, ignore, losses, logSumExp);
  }

  @Override
  public void crossEntropyBackward(Tensor dLosses, Tensor logits, Tensor labels, Tensor weights, int ignore, Tensor logSumExp,
      Tensor dLogits) {
    rows.crossEntropyBackward(dLosses, logits, labels, weights, ignore, logSumExp, dLogits);
  }

  @Override
  public void adamW(Tensor parameter, Tensor grad, Tensor firstMoment, Tensor secondMoment, AdamWStep step) {
    optimizer.adamW(parameter, grad, firstMoment, secondMoment, step);
  }

  @Override
  public double sumOfSquares(Tensor x) {
    return sums.sumOfSquares(x);
  }
}
