package io.llama3v.train.estimate;

/**
 * Memory of a step by kind, in bytes. Gradients come to be while activations go, so that the peak lies below the sum of all kinds.
 *
 * @param weights of the model, frozen ones included
 * @param copies of weights in BF16 beside those in F32; 0 where models compute in F32
 * @param moments of AdamW
 * @param average of the weights, or the reference of direct preference optimisation
 * @param gradients of all trained weights
 * @param activations what is in use at the peak besides: what forward has kept for backward, and what is being worked on
 * @param peak most that is in use at any moment
 */
public record MemoryEstimate(long weights, long copies, long moments, long average, long gradients, long activations, long peak) {}
