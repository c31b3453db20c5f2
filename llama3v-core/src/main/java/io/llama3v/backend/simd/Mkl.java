package io.llama3v.backend.simd;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Intel's Math Kernel Library, where {@code org.bytedeco:mkl} and its natives are on the class path. Called through method handles, so
 * that this library neither compiles against it nor brings it along; beside a product the detour costs nothing.
 */
final class Mkl extends Blas {
  private static final String BINDINGS = "org.bytedeco.mkl.global.mkl_rt";
  private static final Pattern VERSION = Pattern.compile("Version (\\d+\\.\\d+)");

  private final MethodHandle sgemm;
  private final String name;

  private Mkl(Class<?> bindings) throws Throwable {
    MethodHandles.Lookup lookup = MethodHandles.publicLookup();
    // Not the sequential layer, which the artifacts leave out and whose absence ends the process.
    lookup.findStatic(bindings, "MKL_Set_Num_Threads", MethodType.methodType(void.class, int.class)).invoke(1);
    byte[] text = new byte[200];
    lookup.findStatic(bindings, "MKL_Get_Version_String", MethodType.methodType(void.class, byte[].class, int.class))
        .invoke(text, text.length);
    Matcher version = VERSION.matcher(new String(text, StandardCharsets.US_ASCII));
    name = version.find() ? "MKL " + version.group(1) : "MKL";
    sgemm = lookup.findStatic(bindings, "cblas_sgemm", MethodType.methodType(void.class, int.class, int.class, int.class, int.class,
        int.class, int.class, float.class, FloatPointer.class, int.class, FloatPointer.class, int.class, float.class, FloatPointer.class,
        int.class));
  }

  /**
   * Loads it; nothing if it is not on the class path.
   *
   * @throws IllegalStateException if it is there and cannot be used: natives of another platform, or another version's bindings
   */
  static Optional<Blas> load() {
    try {
      return Optional.of(new Mkl(Class.forName(BINDINGS)));
    } catch (ClassNotFoundException absent) {
      return Optional.empty();
    } catch (Throwable broken) {
      throw new IllegalStateException("org.bytedeco:mkl is on the class path and does not load (" + broken + "): add its natives for this"
          + " platform, both the classifier of the platform and the one that ends in -redist, or start with -D" + BlasChoice.PROPERTY
          + "=openblas", broken);
    }
  }

  @Override
  String name() {
    return name;
  }

  @Override
  void sgemm(int transposeA, int transposeB, int m, int n, int k, float alpha, FloatPointer a, int lda, FloatPointer b, int ldb,
      float beta, FloatPointer c, int ldc) {
    try {
      sgemm.invokeExact(ROW_MAJOR, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
