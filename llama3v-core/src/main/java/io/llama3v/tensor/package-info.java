/**
 * What a number is and how gradients flow: {@link io.llama3v.tensor.Tensor}, {@link io.llama3v.tensor.Parameter}, the
 * {@link io.llama3v.tensor.Tape} that records operations, and the {@link io.llama3v.tensor.Scope} that owns memory.
 */
package io.llama3v.tensor;
