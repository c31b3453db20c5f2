/** Benchmarks: fixed workloads, the ceilings of the machine, and how far a step is from the floor that they set. */
package io.llama3v.train.bench;
