package io.llama3v.train.eval.benchmark;

import io.llama3v.data.convert.Truth;

/**
 * A question of a benchmark and what a model said.
 *
 * @param source   the set
 * @param truth    the question and what is accepted
 * @param response the model's answer
 */
public record Answered(String source, Truth truth, String response) {}
