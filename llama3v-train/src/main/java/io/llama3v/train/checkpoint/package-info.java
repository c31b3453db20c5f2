/** Checkpoints within a stage: saved whole or not at all, verified when read, and resumed bit for bit. */
package io.llama3v.train.checkpoint;
