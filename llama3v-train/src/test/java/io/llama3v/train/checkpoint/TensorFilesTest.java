package io.llama3v.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.llama3v.backend.Backend;
import io.llama3v.backend.Kernels;
import io.llama3v.backend.meta.MetaBackend;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Storage;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.Ema;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Weights in BF16, as a GPU keeps a frozen language model: read as F32 they would be others, and twice as long as their memory. */
class TensorFilesTest {
  /** Notes in which type its memory is read and written. */
  private static final class Watched extends Backend {
    private final MetaBackend meta = new MetaBackend(DType.BF16);
    private final List<DType> seen = new ArrayList<>();

    @Override
    public String name() {
      return "watched";
    }

    @Override
    public String describe() {
      return "watched";
    }

    @Override
    public Kernels kernels() {
      return meta.kernels();
    }

    @Override
    public Storage allocate(long bytes) {
      return meta.allocate(bytes);
    }

    @Override
    public DType computeType() {
      return DType.BF16;
    }

    @Override
    public boolean supports(DType type) {
      return true;
    }

    @Override
    public void upload(FloatBuffer values, Tensor target) {
      seen.add(target.type());
    }

    @Override
    public void upload(IntBuffer values, Tensor target) {}

    @Override
    public void download(Tensor source, FloatBuffer target) {
      seen.add(source.type());
    }

    @Override
    public void download(Tensor source, IntBuffer target) {}

    @Override
    public long liveBytes() {
      return meta.liveBytes();
    }

    @Override
    public long peakBytes() {
      return meta.peakBytes();
    }

    @Override
    public void trim() {}

    @Override
    public void close() {
      meta.close();
    }
  }

  @Test
  void tensorsAreMovedInTheirOwnType() {
    try (Watched backend = new Watched(); Parameter frozen = new Parameter("w", Init.ONES, 4, 3).allocate(backend, DType.BF16)) {
      frozen.setTrainable(false);
      FrozenWeights.of(Map.of("w", frozen), null);
      TensorFiles.upload(FloatBuffer.allocate(12), frozen, 0);
      assertEquals(List.of(DType.BF16, DType.BF16), backend.seen);
      TensorFiles.download(frozen.promote(), 0, FloatBuffer.allocate(12));
      assertEquals(DType.F32, backend.seen.get(2));
    }
  }

  @Test
  void anAverageIsKeptInF32WhetherTheOptimiserIsThereOrNot() {
    try (Watched backend = new Watched(); Parameter trained = new Parameter("w", Init.ONES, 4, 3).allocate(backend, DType.BF16);
        Ema reference = new Ema(Map.of("w", trained), 0.9)) {
      assertEquals(DType.F32, reference.averages().get("w").type());
      assertEquals(DType.F32, trained.type(), "exchanged with the average, it must be of its type");
    }
  }
}
