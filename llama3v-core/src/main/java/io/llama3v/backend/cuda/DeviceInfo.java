package io.llama3v.backend.cuda;

/**
 * A GPU, as its driver describes it.
 *
 * @param name marketing name
 * @param major compute capability, before the point
 * @param minor compute capability, after the point
 * @param multiprocessors streaming multiprocessors
 * @param memory bytes of device memory
 * @param sharedPerBlock largest shared memory of a block, in bytes
 * @param libraries versions of driver, run-time compiler and cuBLAS, for the log
 */
public record DeviceInfo(String name, int major, int minor, int multiprocessors, long memory, int sharedPerBlock, String libraries) {
  /** Architecture as the compiler names it: {@code sm_90}. */
  public String architecture() {
    return "sm_" + major + minor;
  }

  /** True from compute capability 8.0 on: bf16 on tensor cores, asynchronous copies into shared memory. */
  public boolean hasBf16() {
    return major >= 8;
  }
}
