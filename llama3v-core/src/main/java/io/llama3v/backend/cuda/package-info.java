/**
 * The backend for NVIDIA GPUs of compute capability 7.5 and newer: kernels of our own, compiled at run time for the GPU that is there
 * ({@code .cu} resources beside this package), cuBLASLt for matrix products, pooled device memory. Families of kernels are one class
 * each, as in {@code io.llama3v.backend.simd}; all talk to the GPU through {@link io.llama3v.backend.cuda.Device} alone, so that tests
 * can run everything but the driver on a machine without one.
 */
package io.llama3v.backend.cuda;
