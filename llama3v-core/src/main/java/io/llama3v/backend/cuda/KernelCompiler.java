package io.llama3v.backend.cuda;

/** Turns kernel sources into machine code of one architecture. */
public interface KernelCompiler {
  /** Name and version, which become part of the cache's keys. */
  String version();

  /**
   * Compiles.
   *
   * @param architecture such as {@code sm_90}
   * @return a cubin
   * @throws CudaException with the compiler's messages
   */
  byte[] compile(KernelSource source, String architecture);
}
