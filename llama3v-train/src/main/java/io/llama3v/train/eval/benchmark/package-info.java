/** Benchmarks out of converted files: a model is asked in the benchmark's wording, and its answers are scored by the benchmark's metric. */
package io.llama3v.train.eval.benchmark;
