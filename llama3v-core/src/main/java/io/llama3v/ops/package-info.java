/**
 * Differentiable operations, one a file: shapes, formula and source in the Javadoc, forward and backward side by side. Each
 * checks its operands, has the backend's {@link io.llama3v.backend.Kernels} fill the output, and notes its backward half on
 * the open {@link io.llama3v.tensor.Tape}.
 */
package io.llama3v.ops;
