/** Scores: retrieval, the metrics of the six benchmarks, captions, exact match, confidence intervals, and the table they end in. */
package io.llama3v.train.eval;
