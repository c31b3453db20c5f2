/** How a run shows itself: {@code metrics.jsonl}, the progress line, TensorBoard events, and the HTML report. */
package io.llama3v.train.report;
