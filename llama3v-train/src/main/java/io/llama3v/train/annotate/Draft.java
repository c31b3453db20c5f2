package io.llama3v.train.annotate;

/**
 * An answer that a model made.
 *
 * @param text what it answered
 * @param model folder of its weights
 * @param temperature it was sampled at; 0 for the most likely tokens
 * @param seed it was sampled with
 * @param seconds it took
 */
public record Draft(String text, String model, double temperature, long seed, double seconds) {}
