/** Sweeps: one training with many settings, each trial in a folder of its own, ranked on a score. */
package io.llama3v.train.sweep;
