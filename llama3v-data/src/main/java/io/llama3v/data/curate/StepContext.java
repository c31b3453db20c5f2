package io.llama3v.data.curate;

import java.util.function.Supplier;

/**
 * What steps are made with.
 *
 * @param seed   of every draw
 * @param models opens models; asked only by steps that need one
 */
public record StepContext(long seed, Supplier<ModelProvider> models) {}
