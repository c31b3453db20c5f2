package io.llama3v.backend.cuda;

import java.util.Optional;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.javacpp.Loader;

/** Finds out, step by step, whether a GPU can be used, and says in words what is missing. */
final class NvidiaCheck {
  /** The toolkit's libraries, by their major version, that the bindings are made for. */
  private static final String LIBRARIES = "Install CUDA 13, or put libcudart.so.13, libnvrtc.so.13, libcublas.so.13 and libcublasLt.so.13"
      + " on LD_LIBRARY_PATH (the Python packages nvidia-cuda-runtime, nvidia-cuda-nvrtc and nvidia-cublas bring them)";
  /** The libraries of CUDA 13 begin with Turing. */
  private static final int LEAST_CAPABILITY = 75;
  private static final int LEAST_DRIVER = 13_000;

  private NvidiaCheck() {}

  static Optional<String> problem(int ordinal) {
    try {
      Loader.load(cudart.class);
    } catch (LinkageError | RuntimeException e) {
      return Optional.of(explain(e));
    }
    int status = cudart.cuInit(0);
    if (status != cudart.CUDA_SUCCESS) return Optional.of("the NVIDIA driver does not start: " + Driver.describe(status));
    int[] value = new int[1];
    Driver.check("cuDeviceGetCount", cudart.cuDeviceGetCount(value));
    if (value[0] == 0) return Optional.of("the NVIDIA driver is there and sees no GPU (is CUDA_VISIBLE_DEVICES empty?)");
    if (ordinal < 0 || ordinal >= value[0]) {
      return Optional.of("GPU " + ordinal + " was asked for, and there are " + value[0] + ", counted from 0");
    }
    Driver.check("cuDriverGetVersion", cudart.cuDriverGetVersion(value));
    if (value[0] < LEAST_DRIVER) {
      return Optional.of("the NVIDIA driver is for CUDA " + value[0] / 1000 + "." + value[0] % 1000 / 10
          + " and older; CUDA 13 needs driver 580 or newer");
    }
    int capability = capability(ordinal);
    if (capability < LEAST_CAPABILITY) {
      return Optional.of("the GPU has compute capability " + capability / 10 + "." + capability % 10 + "; CUDA 13 begins at 7.5 (Turing)."
          + " The reference backend runs on older ones: build with 'mvn -Pnd4j-cuda package'");
    }
    try {
      Loader.load(nvrtc.class);
      Loader.load(cublas.class);
    } catch (LinkageError | RuntimeException e) {
      return Optional.of(explain(e));
    }
    return Optional.empty();
  }

  private static int capability(int ordinal) {
    int[] device = new int[1];
    Driver.check("cuDeviceGet", cudart.cuDeviceGet(device, ordinal));
    int[] major = new int[1];
    int[] minor = new int[1];
    Driver.check("cuDeviceGetAttribute",
        cudart.cuDeviceGetAttribute(major, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device[0]));
    Driver.check("cuDeviceGetAttribute",
        cudart.cuDeviceGetAttribute(minor, cudart.CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device[0]));
    return 10 * major[0] + minor[0];
  }

  /** What a library that does not load means to the user. */
  static String explain(Throwable failure) {
    StringBuilder all = new StringBuilder();
    Throwable last = failure;
    for (Throwable t = failure; t != null && t != t.getCause(); t = t.getCause()) {
      all.append(t.getMessage()).append('\n');
      last = t;
    }
    String text = all.toString();
    if (text.contains("libcuda.so") || text.contains("nvcuda")) {
      return "there is no NVIDIA driver on this machine (libcuda.so.1 is missing)";
    }
    if (text.contains("libcudart") || text.contains("libnvrtc") || text.contains("libcublas")) {
      return "a library of CUDA 13 is missing (" + last.getMessage() + "). " + LIBRARIES;
    }
    if (text.contains("no jnicud") || text.contains("no jnicub") || text.contains("no jninvrtc")) {
      return "the bindings' native part for this platform is not on the class path; build with 'mvn -Pcuda package'";
    }
    return "the CUDA bindings do not load: " + last;
  }
}
