package io.llama3v.llama;

/**
 * Llama 3.1's change to the rotary frequencies for long contexts.
 *
 * @param factor by how much low frequencies are divided
 * @param lowFreqFactor wavelengths above {@code originalContext / lowFreqFactor} are divided in full
 * @param highFreqFactor wavelengths below {@code originalContext / highFreqFactor} stay
 * @param originalContext context length of the first pre-training
 */
public record RopeScaling(double factor, double lowFreqFactor, double highFreqFactor, int originalContext) {}
