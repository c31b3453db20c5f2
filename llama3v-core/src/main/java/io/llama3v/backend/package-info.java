/**
 * Where numbers live and who computes with them: the {@link io.llama3v.backend.Backend} SPI, the {@link
 * io.llama3v.backend.Kernels} each backend implements, and the choice among the backends that this machine can run.
 */
package io.llama3v.backend;
