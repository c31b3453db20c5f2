package io.llama3v.backend.cuda;

/** The driver, the run-time compiler or cuBLAS refused a call. */
public final class CudaException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Says which call failed, and how. */
  public CudaException(String message) {
    super(message);
  }

  /** As {@link #CudaException(String)}, with what made it fail. */
  public CudaException(String message, Throwable cause) {
    super(message, cause);
  }
}
