/**
 * The CPU backend: matrix products by a BLAS called directly on pooled memory, everything else by kernels on the Vector API
 * spread over a fixed set of threads. Double precision and rarely used kernels go to the ND4J reference.
 */
package io.llama3v.backend.simd;
