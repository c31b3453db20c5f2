package io.llama3v.backend;

import java.util.EnumMap;
import java.util.Map;

/** A device has too little memory for a request. Says what was asked for, by whom, what the memory holds, and what to change. */
public final class DeviceMemoryException extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final long requested;
  private final MemoryUse use;
  private final transient Map<MemoryUse, Long> held;
  private final String advice;
  private final String device;

  /**
   * Describes the request.
   *
   * @param requested bytes asked for
   * @param use what for
   * @param held bytes held by live tensors, by use
   * @param device name and state of the device, for the message
   * @param advice what the user can change
   */
  public DeviceMemoryException(long requested, MemoryUse use, Map<MemoryUse, Long> held, String device, String advice) {
    this(text(null, requested, use, held, device, advice), null, requested, use, held, device, advice);
  }

  private DeviceMemoryException(String message, Throwable cause, long requested, MemoryUse use, Map<MemoryUse, Long> held,
      String device, String advice) {
    super(message, cause);
    this.requested = requested;
    this.use = use;
    this.held = new EnumMap<>(held);
    this.device = device;
    this.advice = advice;
  }

  /** The same, naming the tensor that was to be made. */
  public DeviceMemoryException of(String tensor) {
    return new DeviceMemoryException(text(tensor, requested, use, held, device, advice), this, requested, use, held, device, advice);
  }

  /** Bytes that were asked for. */
  public long requested() {
    return requested;
  }

  /** What they were asked for. */
  public MemoryUse use() {
    return use;
  }

  /** Bytes held by live tensors when the request failed, by use. */
  public Map<MemoryUse, Long> held() {
    return new EnumMap<>(held);
  }

  private static String text(String tensor, long requested, MemoryUse use, Map<MemoryUse, Long> held, String device, String advice) {
    StringBuilder out = new StringBuilder("out of device memory: ").append(size(requested)).append(" for ");
    out.append(tensor == null ? use.toString() : tensor + " (" + use + ")").append(" do not fit on ").append(device).append(". In use:");
    String separator = " ";
    for (Map.Entry<MemoryUse, Long> part : held.entrySet()) {
      if (part.getValue() == 0) continue;
      out.append(separator).append(part.getKey()).append(' ').append(size(part.getValue()));
      separator = ", ";
    }
    return out.append(separator.equals(" ") ? " nothing" : "").append(". ").append(advice).toString();
  }

  /** Bytes in the unit that suits their size. */
  public static String size(long bytes) {
    if (bytes < 1 << 20) return String.format(java.util.Locale.ROOT, "%.1f KB", bytes / 1024.0);
    if (bytes < 1 << 30) return String.format(java.util.Locale.ROOT, "%.1f MB", bytes / 1048576.0);
    return String.format(java.util.Locale.ROOT, "%.2f GB", bytes / 1073741824.0);
  }
}
