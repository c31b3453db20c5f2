package io.llama3v.backend;

/**
 * One AdamW update (Loshchilov and Hutter: Decoupled Weight Decay Regularization, 2019), as torch.optim.AdamW computes it:
 *
 * <pre>
 * p ← p (1 − lr·decay)
 * m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 * p ← p − lr/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
 * </pre>
 *
 * @param learningRate lr of this step
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon ε
 * @param decay decoupled weight decay
 * @param step t, counted from 1
 * @param gradScale factor applied to the gradient first (clipping, normalisation)
 */
public record AdamWStep(double learningRate, double beta1, double beta2, double epsilon, double decay, long step, double gradScale) {}
