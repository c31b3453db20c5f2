package io.llama3v.backend.cuda;

import io.llama3v.tensor.DType;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Matrix products by cuBLASLt, accumulated in F32, the bias added in the epilogue. For each shape the library's first choice of
 * algorithm is asked for once and kept: measuring candidates would let two runs choose differently, and then differ in their last bits.
 * GELU is not fused: the library has the tanh approximation, and the models are trained with the exact function.
 */
final class NvidiaBlas implements AutoCloseable {
  /** What the library recommends for Hopper; enough for every algorithm of older ones. */
  private static final long WORKSPACE = 32L << 20;

  private record Key(long m, long n, long k, long batch, boolean transposeA, boolean transposeB, DType type, DType dType, boolean bias,
      boolean tf32, long alignment) {}

  private static final class Plan {
    final cublasLtMatmulDescOpaque_t product = new cublasLtMatmulDescOpaque_t();
    final cublasLtMatrixLayoutOpaque_t a = new cublasLtMatrixLayoutOpaque_t();
    final cublasLtMatrixLayoutOpaque_t b = new cublasLtMatrixLayoutOpaque_t();
    final cublasLtMatrixLayoutOpaque_t d = new cublasLtMatrixLayoutOpaque_t();
    final cublasLtMatmulHeuristicResult_t choice = new cublasLtMatmulHeuristicResult_t();
  }

  private final cublasLtContext context = new cublasLtContext();
  private final CUstream_st stream;
  private final Map<Key, Plan> plans = new HashMap<>();
  private final Driver.Address a = new Driver.Address();
  private final Driver.Address b = new Driver.Address();
  private final Driver.Address d = new Driver.Address();
  private final Driver.Address workspace = new Driver.Address();
  private final FloatPointer alpha = new FloatPointer(1L);
  private final FloatPointer beta = new FloatPointer(1L);
  private final LongPointer bias = new LongPointer(1L);

  /**
   * Opens the library.
   *
   * @param workspaceAddress {@link #workspaceBytes} of device memory, which the caller gives back after {@link #close}
   */
  NvidiaBlas(CUstream_st stream, long workspaceAddress) {
    this.stream = stream;
    this.workspace.at(workspaceAddress);
    check("cublasLtCreate", cublas.cublasLtCreate(context));
  }

  static long workspaceBytes() {
    return WORKSPACE;
  }

  static String version() {
    long v = cublas.cublasLtGetVersion();
    return "cuBLASLt " + v / 10_000 + "." + v / 100 % 100 + "." + v % 100;
  }

  void multiply(MatrixProduct p) {
    Key key = new Key(p.m(), p.n(), p.k(), p.batch(), p.a().transposed(), p.b().transposed(), p.a().type(), p.dType(), p.bias() != 0,
        p.tf32(), alignment(p.a().address()) << 32 | alignment(p.b().address()) << 16 | alignment(p.d()));
    Plan plan = plans.get(key);
    if (plan == null) plans.put(key, plan = plan(p));
    if (p.bias() != 0) {
      set(plan.product, cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias.put(0, p.bias()), 8);
    }
    alpha.put(0, (float) p.alpha());
    beta.put(0, (float) p.beta());
    a.at(p.a().address());
    b.at(p.b().address());
    d.at(p.d());
    check("cublasLtMatmul", cublas.cublasLtMatmul(context, plan.product, alpha, a, plan.a, b, plan.b, beta, d, plan.d, d, plan.d,
        plan.choice.algo(), workspace, WORKSPACE, stream));
  }

  /** Largest power of two up to 256 that divides an address: algorithms may count on it. */
  private static long alignment(long address) {
    return Math.min(256, Long.lowestOneBit(address));
  }

  private Plan plan(MatrixProduct p) {
    Plan plan = new Plan();
    int compute = p.a().type() == DType.F32 && p.tf32() ? cublas.CUBLAS_COMPUTE_32F_FAST_TF32 : cublas.CUBLAS_COMPUTE_32F;
    check("cublasLtMatmulDescInit", cublas.cublasLtMatmulDescInit(plan.product, compute, cudart.CUDA_R_32F));
    setInt(plan.product, cublas.CUBLASLT_MATMUL_DESC_TRANSA, p.a().transposed() ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N);
    setInt(plan.product, cublas.CUBLASLT_MATMUL_DESC_TRANSB, p.b().transposed() ? cublas.CUBLAS_OP_T : cublas.CUBLAS_OP_N);
    if (p.bias() != 0) {
      setInt(plan.product, cublas.CUBLASLT_MATMUL_DESC_EPILOGUE, cublas.CUBLASLT_EPILOGUE_BIAS);
      set(plan.product, cublas.CUBLASLT_MATMUL_DESC_BIAS_POINTER, bias.put(0, p.bias()), 8);
    }
    layout(plan.a, p.a().type(), p.a().rows(), p.a().columns(), p.batch());
    layout(plan.b, p.b().type(), p.b().rows(), p.b().columns(), p.batch());
    layout(plan.d, p.dType(), p.m(), p.n(), p.batch());
    choose(p, plan);
    return plan;
  }

  private void choose(MatrixProduct p, Plan plan) {
    try (cublasLtMatmulPreferenceOpaque_t preference = new cublasLtMatmulPreferenceOpaque_t(); LongPointer bytes = new LongPointer(1L);
        IntPointer alignment = new IntPointer(1L); IntPointer found = new IntPointer(1L)) {
      check("cublasLtMatmulPreferenceInit", cublas.cublasLtMatmulPreferenceInit(preference));
      prefer(preference, cublas.CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, bytes.put(0, WORKSPACE), 8);
      prefer(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment.put(0, (int) alignment(p.a().address())), 4);
      prefer(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment.put(0, (int) alignment(p.b().address())), 4);
      prefer(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment.put(0, (int) alignment(p.d())), 4);
      prefer(preference, cublas.CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment.put(0, (int) alignment(p.d())), 4);
      int status = cublas.cublasLtMatmulAlgoGetHeuristic(context, plan.product, plan.a, plan.b, plan.d, plan.d, preference, 1, plan.choice,
          found);
      if (status != cublas.CUBLAS_STATUS_SUCCESS || found.get(0) == 0) {
        throw new CudaException("cuBLASLt has no algorithm for " + p + " (status " + status + ")");
      }
    }
  }

  private static void layout(cublasLtMatrixLayoutOpaque_t layout, DType type, long rows, long columns, long batch) {
    check("cublasLtMatrixLayoutInit",
        cublas.cublasLtMatrixLayoutInit(layout, type == DType.BF16 ? cudart.CUDA_R_16BF : cudart.CUDA_R_32F, rows, columns, rows));
    if (batch == 1) return;
    try (IntPointer count = new IntPointer(1L); LongPointer stride = new LongPointer(1L)) {
      check("batch count", cublas.cublasLtMatrixLayoutSetAttribute(layout, cublas.CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT,
          count.put(0, Math.toIntExact(batch)), 4));
      check("batch stride", cublas.cublasLtMatrixLayoutSetAttribute(layout, cublas.CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET,
          stride.put(0, rows * columns), 8));
    }
  }

  private static void setInt(cublasLtMatmulDescOpaque_t product, int attribute, int value) {
    try (IntPointer pointer = new IntPointer(1L)) {
      set(product, attribute, pointer.put(0, value), 4);
    }
  }

  private static void set(cublasLtMatmulDescOpaque_t product, int attribute, Pointer value, long bytes) {
    check("cublasLtMatmulDescSetAttribute", cublas.cublasLtMatmulDescSetAttribute(product, attribute, value, bytes));
  }

  private static void prefer(cublasLtMatmulPreferenceOpaque_t preference, int attribute, Pointer value, long bytes) {
    check("cublasLtMatmulPreferenceSetAttribute", cublas.cublasLtMatmulPreferenceSetAttribute(preference, attribute, value, bytes));
  }

  private static void check(String call, int status) {
    if (status != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new CudaException(call + ": " + cublas.cublasLtGetStatusString(status).getString());
    }
  }

  @Override
  public void close() {
    cublas.cublasLtDestroy(context);
  }
}
