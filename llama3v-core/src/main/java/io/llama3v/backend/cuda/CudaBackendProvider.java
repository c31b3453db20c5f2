package io.llama3v.backend.cuda;

import io.llama3v.backend.Backend;
import io.llama3v.backend.BackendProvider;
import java.util.Optional;

/** Offers the cuda backend where bindings, driver, libraries and a GPU that they know are there. */
public final class CudaBackendProvider implements BackendProvider {
  /** System property for the number of the GPU, from 0. */
  public static final String DEVICE = "llama3v.cuda.device";
  /** System property for what models compute in: a name of {@link Precision}. */
  public static final String PRECISION = "llama3v.precision";

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public int priority() {
    return 90;
  }

  @Override
  public Optional<String> unavailable() {
    try {
      // Named only here: without the bindings no class of this package that refers to them must be touched.
      Class<?> bindings = Class.forName("org.bytedeco.cuda.global.cudart", false, CudaBackendProvider.class.getClassLoader());
      String version = bindings.getPackage().getImplementationVersion();
      if (version != null && !version.startsWith("13.")) {
        return Optional.of("the class path has CUDA bindings " + version + ", as the profile nd4j-cuda brings them; the cuda backend needs"
            + " those of CUDA 13: build with -Pcuda alone");
      }
    } catch (ClassNotFoundException absent) {
      return Optional.of("the CUDA bindings are not on the class path; build with 'mvn -Pcuda package', or start llama3v with"
          + " LLAMA3V_CUDA=1");
    }
    return NvidiaCheck.problem(ordinal());
  }

  private static int ordinal() {
    return Integer.getInteger(DEVICE, 0);
  }

  @Override
  public Backend open() {
    return open(Precision.named(System.getProperty(PRECISION, Precision.FP32.toString())));
  }

  /** Opens it in a precision, whatever the system property says. */
  public static Backend open(Precision precision) {
    NvidiaDevice device = new NvidiaDevice(ordinal());
    try {
      return new CudaBackend(device, precision);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
  }
}
