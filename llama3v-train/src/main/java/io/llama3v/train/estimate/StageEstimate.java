package io.llama3v.train.estimate;

import java.util.List;

/**
 * What a training stage costs.
 *
 * @param stage its name
 * @param steps optimiser steps of one run
 * @param repeats runs: the trials of fine-tuning, else 1
 * @param samples samples of a step
 * @param microBatches forward passes that a step's samples are cut into
 * @param parts weights of the model
 * @param memory as configured
 * @param keepingAll with every activation kept
 * @param recomputingAll with all blocks run again in backward that can be
 * @param operations multiplications and additions of the matrix products of a step, as configured
 * @param operationsKeepingAll the same with every activation kept: what the mathematics needs
 */
public record StageEstimate(String stage, long steps, int repeats, int samples, int microBatches, List<ModelParts.Part> parts,
    MemoryEstimate memory, MemoryEstimate keepingAll, MemoryEstimate recomputingAll, double operations, double operationsKeepingAll) {
  /** Operations of all steps of all runs. */
  public double allOperations() {
    return operations * steps * repeats;
  }
}
